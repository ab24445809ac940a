import { policyReader } from '../aws/iam/policies.ts';
import {
  describeRole,
  type ListedPolicy,
  type ListedRole,
  type RoleState,
  readRole,
  rolePages,
} from '../aws/iam/roles.ts';
import { atMost } from '../aws/requests/concurrency.ts';
import { DEFAULTS } from '../defaults.ts';
import { MEDIACONNECT_SERVICE, tryParsePolicy } from '../policy/index.ts';
import { statusMessages as messages } from './messages.ts';
import type { Looking } from './notes.ts';

/** A role as far as it could be looked at: without the permission to read it, only what the list of roles shows. */
export type RoleSnapshot = Pick<RoleState, 'name' | 'arn' | 'trust'> & { found?: RoleState };

/** IAM allows few requests a second; a role takes about five. */
const ROLES_AT_ONCE = 2;

/**
 * The roles that let MediaConnect in, and those that this program made.
 * @throws Failure when the roles may not be listed: without them there is nothing to tell
 */
export async function findRoles({ aws, notes, onProgress }: Looking): Promise<RoleSnapshot[]> {
  const candidates: ListedRole[] = [];
  let count = 0;
  for await (const { items, next } of rolePages(aws)) {
    candidates.push(...items.filter(isCandidate));
    count += items.length;
    if (next) onProgress(messages.lookingAtRoles(count));
  }
  if (candidates.length > 1) onProgress(messages.readingRoles(candidates.length));
  const reader = policyReader(aws);
  const seen = await atMost(ROLES_AT_ONCE, candidates, async ({ name, arn, trust }) => {
    const reading = readRole(aws, reader, name, { known: true }).then((found) => ({ found }));
    const answer = await notes.unlessDenied(name, reading);
    if (!answer) return letsMediaConnectIn(trust) ? [{ name, arn, trust }] : [];
    const { found } = answer;
    // Deleted meanwhile, or another's whose name only looked like one of this program's.
    if (!found || !(found.own || letsMediaConnectIn(found.trust))) return [];
    return [{ name: found.name, arn: found.arn, trust: found.trust, found }];
  });
  return seen.flat();
}

/**
 * The roles of these names, and the names of which there is none. One that may not be read as a whole is answered as far as it
 * may.
 */
export async function rolesNamed(
  { aws, notes }: Looking,
  names: string[],
): Promise<{ roles: RoleSnapshot[]; missing: string[] }> {
  const reader = policyReader(aws);
  const answers = await atMost(ROLES_AT_ONCE, names, async (name) => {
    const reading = readRole(aws, reader, name).then((found) => ({ found }));
    const answer =
      (await notes.unlessDenied(name, reading)) ??
      (await notes.unlessDenied(
        name,
        describeRole(aws, name).then((described) => ({ described })),
      ));
    if (!answer) return { roles: [], missing: [] };
    const seen = 'found' in answer ? answer.found : answer.described;
    if (!seen) return { roles: [], missing: [name] };
    const { arn, trust } = seen;
    const whole = 'found' in answer && answer.found ? { found: answer.found } : {};
    return { roles: [{ name: seen.name, arn, trust, ...whole }], missing: [] };
  });
  return {
    roles: answers.flatMap(({ roles }) => roles),
    missing: answers.flatMap(({ missing }) => missing),
  };
}

/** Whether a policy is one that none of these roles has. A role whose policies are not known may have any that something has. */
export function looseAmong(roles: RoleSnapshot[]): (policy: ListedPolicy) => boolean {
  const had = new Set(roles.flatMap(({ found }) => found?.attached ?? []));
  const mayBeHad = roles.some(({ found }) => !found);
  return ({ arn, attached }) => !(mayBeHad ? attached : had.has(arn));
}

/**
 * Whether a role is worth a closer look. The list of roles has no tags, so one of this program's whose trust policy
 * someone has changed is recognized by its name or description first. AWS's own service-linked role lets MediaConnect in too,
 * but it can't be changed, and it reads no keys.
 */
function isCandidate({ name, path, description, trust }: ListedRole): boolean {
  if (path.startsWith('/aws-service-role/')) return false;
  const named = /mediaconnect/i.test(name) || description === DEFAULTS.roleDescription;
  return named || letsMediaConnectIn(trust);
}

/** Whether a statement of a trust policy is about MediaConnect, whatever its conditions. */
function letsMediaConnectIn(trust: string): boolean {
  if (!trust.includes(MEDIACONNECT_SERVICE)) return false;
  const statements = tryParsePolicy(trust)?.statements ?? [];
  return statements.some(
    ({ effect, principals }) =>
      effect === 'Allow' &&
      principals?.negated === false &&
      principals.entries.some(
        ({ type, values }) => type === 'Service' && values.includes(MEDIACONNECT_SERVICE),
      ),
  );
}
