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
import type { ScanContext } from './notes.ts';

/** A role, as far as it could be read. Without read permission, only what the list of roles shows. */
export type RoleSnapshot = Pick<RoleState, 'name' | 'arn' | 'trust'> & { found?: RoleState };

/** IAM allows few requests a second, and a role takes about five. */
const ROLES_AT_ONCE = 2;

/**
 * Returns the roles that trust MediaConnect, and those that this program created.
 * @throws Failure if the caller isn't allowed to list roles, because then there is nothing to show
 */
export async function findRoles({ aws, notes, onProgress }: ScanContext): Promise<RoleSnapshot[]> {
  const candidates: ListedRole[] = [];
  let count = 0;
  for await (const { items, next } of rolePages(aws)) {
    candidates.push(...items.filter(isCandidate));
    count += items.length;
    if (next) onProgress(messages.lookingAtRoles(count));
  }
  if (candidates.length > 1) onProgress(messages.readingRoles(candidates.length));
  const reader = policyReader(aws);
  const snapshots = await atMost(ROLES_AT_ONCE, candidates, async ({ name, arn, trust }) => {
    const reading = readRole(aws, reader, name, { exists: true }).then((found) => ({ found }));
    const result = await notes.unlessDenied(name, reading);
    if (!result) return trustsMediaConnect(trust) ? [{ name, arn, trust }] : [];
    const { found } = result;
    // Deleted in the meantime, or a foreign role with a similar name.
    if (!found || !(found.hasToolTag || trustsMediaConnect(found.trust))) return [];
    return [{ name: found.name, arn: found.arn, trust: found.trust, found }];
  });
  return snapshots.flat();
}

/**
 * Returns the roles with these names, and the names without a role. A role that can't be read completely is returned as far as
 * possible.
 */
export async function rolesNamed(
  { aws, notes }: ScanContext,
  names: string[],
): Promise<{ roles: RoleSnapshot[]; missing: string[] }> {
  const reader = policyReader(aws);
  const answers = await atMost(ROLES_AT_ONCE, names, async (name) => {
    const reading = readRole(aws, reader, name).then((found) => ({ found }));
    const complete = await notes.unlessDenied(name, reading);
    const answer =
      complete ??
      (await notes.unlessDenied(
        name,
        describeRole(aws, name).then((found) => ({ found })),
      ));
    if (!answer) return { roles: [], missing: [] };
    if (!answer.found) return { roles: [], missing: [name] };
    const { name: foundName, arn, trust } = answer.found;
    return { roles: [{ name: foundName, arn, trust, found: complete?.found }], missing: [] };
  });
  return {
    roles: answers.flatMap(({ roles }) => roles),
    missing: answers.flatMap(({ missing }) => missing),
  };
}

/**
 * Returns a function that returns true for a policy that is attached to none of these roles. A role with unknown policies may
 * have any policy that is attached at all.
 */
export function unattachedAmong(roles: RoleSnapshot[]): (policy: ListedPolicy) => boolean {
  const attachedArns = new Set(roles.flatMap(({ found }) => found?.attachedArns ?? []));
  const hasUnreadRole = roles.some(({ found }) => !found);
  return ({ arn, attached }) => !(hasUnreadRole ? attached : attachedArns.has(arn));
}

/**
 * Returns true if a role is worth reading. The list of roles has no tags, so a role of this program whose trust policy was
 * changed is first recognized by name or description. AWS's service-linked role also trusts MediaConnect, but it can't be
 * changed and reads no keys.
 */
function isCandidate({ name, path, description, trust }: ListedRole): boolean {
  if (path.startsWith('/aws-service-role/')) return false;
  const isLikelyOurs = /mediaconnect/i.test(name) || description === DEFAULTS.roleDescription;
  return isLikelyOurs || trustsMediaConnect(trust);
}

/** Returns true if an Allow statement of a trust policy names MediaConnect, with any conditions. */
function trustsMediaConnect(trust: string): boolean {
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
