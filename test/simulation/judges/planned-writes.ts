import { setupMessages as messages } from '../../../src/ui/messages.ts';
import type { Snapshot } from '../world/snapshot.ts';

/** A restored secret may need a new value too. */
const MOST_FOR_RESTORED = 2;

/** A change to a policy may delete a version, creates one, and makes it the default. */
const MOST_FOR_POLICY = 3;

/**
 * Returns the maximum number of writes of the printed plan. A line is one write, except for changes that need more, for an
 * attachment or a removal that names several policies, and for a policy that is deleted with its versions.
 */
export function plannedWrites(log: string, { policies }: Snapshot): number {
  let writes = 0;
  for (const line of log.split('\n')) {
    const [, mark, verb, resource, name = ''] = PLAN_LINE.exec(line) ?? [];
    if (mark === undefined || verb === undefined || verb === messages.verb.keep) continue;
    if (resource === messages.resource.secret)
      writes += verb === messages.verb.restore ? MOST_FOR_RESTORED : 1;
    else if (verb === messages.verb.attach || verb === messages.verb.detach)
      writes += 1 + (line.split(',').length - 1) + (/ and /.test(line) ? 1 : 0);
    else if (resource === messages.resource.policy && verb === messages.verb.update)
      writes += MOST_FOR_POLICY;
    else if (resource === messages.resource.policy && verb === messages.verb.delete)
      writes += [...policies.values()].find((policy) => policy.name === name)?.versions.size ?? 1;
    else writes += 1;
  }
  return writes;
}

const verbs = [...new Set(Object.values(messages.verb))].join('|');
const PLAN_LINE = new RegExp(`^  (\\S) (${verbs}) +(${Object.values(messages.resource).join('|')}) +(\\S+)`);
