import { policyArn } from '../../../aws/arn.ts';
import type { RoleState } from '../../../aws/iam/roles.ts';
import { kmsKeyRef } from '../../../aws/kms/index.ts';
import { requestsForReading } from '../../../checks/access/read-requests.ts';
import type { AccountSnapshot } from '../../../inventory/collect.ts';
import { statusMessages } from '../../../inventory/messages.ts';
import type { SecretSnapshot } from '../../../inventory/secrets.ts';
import type { Status, StatusPolicy, StatusRole, StatusSecret } from '../../../inventory/types.ts';
import { looksLikeKey } from '../../../key-detection.ts';
import { policyNameProblem, roleNameProblem, secretNameProblem } from '../../../options/rules.ts';
import { allowsAccess, tryParsePolicy } from '../../../policy/index.ts';
import { continuedName } from '../../../steps/read-policy/chain.ts';
import type { ExportedKey, RoleMembers } from './document.ts';
import { type ManifestSecret, manifestKeysOf, nameMatcher, roleMembers } from './keys.ts';
import { exportManifestMessages as messages } from './messages.ts';

/** What was found in the account, and what was collected from it so far. */
interface ExportState {
  snapshot: AccountSnapshot;
  /** By ARN. */
  secrets: Map<string, { secret: SecretSnapshot; checkedSecret: StatusSecret }>;
  /** By Region and name, because a manifest has each secret once. */
  readableSecrets: Map<string, ManifestSecret>;
  notes: string[];
  /** See `NumberedPolicies`. */
  overflowArns: ReadonlySet<string>;
}

/** What the tags of policies with a name like `NAME-2` say. */
export interface NumberedPolicies {
  /** The ARNs of policies that this program created to continue others. */
  overflowArns: Set<string>;
  /** The names of policies whose tags could not be read. */
  unreadableNames: Set<string>;
}

/**
 * Creates the entries for everything that `setup` would keep as is. What `setup` would change, and what a manifest can't express,
 * becomes a note. Pure.
 */
export function exportedContent(
  snapshot: AccountSnapshot,
  status: Status,
  { overflowArns, unreadableNames }: NumberedPolicies,
): { keys: ExportedKey[]; notes: string[] } {
  const notes = [...unreadableNames].map(messages.unknownTags);
  const secrets = new Map(
    status.secrets.flatMap((checkedSecret, index) => {
      const secret = snapshot.secrets[index];
      return secret ? [[checkedSecret.arn, { secret, checkedSecret }] as const] : [];
    }),
  );
  const state: ExportState = { snapshot, secrets, readableSecrets: new Map(), notes, overflowArns };
  // Named secrets first: a secret belongs to the role that names it, rather than to one that can read all secrets.
  for (const allowedBy of ['name', 'wildcard'] as const) {
    for (const [index, role] of status.roles.entries()) {
      const roleState = snapshot.roles[index]?.found;
      if (isUsable(role, roleState, notes)) addRole(state, role, { roleState, allowedBy });
    }
  }
  const { keys, notes: keyNotes } = manifestKeysOf([...state.readableSecrets.values()]);
  const allNotes = [...notes, ...keyNotes, ...leftoverNotes(status)];
  // The file must not contain anything that looks like a key, even as a name. Both rounds add the same notes about a role.
  const safeNotes = allNotes.map((note) => (looksLikeKey(note) ? messages.unnamed : note));
  return { keys, notes: [...new Set(safeNotes)] };
}

/** Returns true if a manifest can name the role, and adds notes about the role. */
function isUsable(
  role: StatusRole,
  roleState: RoleState | undefined,
  notes: string[],
): roleState is RoleState {
  const isTrusted = role.checks.some(({ id, verdict }) => id === 'role-trust' && verdict === 'ok');
  const problems = [
    ...(roleState ? [] : [messages.roleUnseen(role.name)]),
    ...(isTrusted ? [] : [messages.roleTrust(role.name)]),
    ...(roleNameProblem(role.name, '') === undefined ? [] : [messages.roleName(role.name)]),
  ];
  notes.push(...problems);
  if (roleState && problems.length === 0 && roleState.path !== '/')
    notes.push(messages.rolePath(role.name, roleState.path));
  return problems.length === 0;
}

/** What to add for a role. */
interface RoleLookup {
  roleState: RoleState;
  /** The secrets that the role's policies name, or those that only a wildcard allows. */
  allowedBy: 'name' | 'wildcard';
}

function addRole(state: ExportState, role: StatusRole, lookup: RoleLookup): void {
  const { snapshot, notes } = state;
  const isExportable = ({ name, arn }: StatusPolicy) =>
    arn === policyArn(snapshot.identity, name) && policyNameProblem(name, '') === undefined;
  const { members, notes: roleNotes } = roleMembers(lookup.roleState, snapshot.identity);
  notes.push(...roleNotes);
  for (const policy of role.policies) {
    const { name, missing, unseen, scopes } = policy;
    notes.push(...missing.map((arn) => messages.missing(name, arn)));
    notes.push(...unseen.map((arn) => messages.unseen(name, arn)));
    notes.push(...scopes.flatMap((scope) => untaggedNotes(snapshot, name, scope)));
    if (policy.arn === null) notes.push(messages.inline(role.name, name));
    else if (isExportable(policy))
      addPolicy(state, role, policy, { ...lookup, members, chainName: chainNameOf(policy, state) });
    else notes.push(messages.foreignPolicy(role.name, name));
  }
}

/** Returns a policy's name in a manifest: `NAME` for a policy that this program created to continue `NAME`. */
function chainNameOf({ name, arn }: StatusPolicy, { overflowArns }: ExportState): string {
  const continued = arn !== null && overflowArns.has(arn) ? continuedName(name) : undefined;
  return continued ?? name;
}

function addPolicy(
  { snapshot, secrets, readableSecrets, notes }: ExportState,
  role: StatusRole,
  policy: StatusPolicy,
  { roleState, allowedBy, members, chainName }: RoleLookup & { members: RoleMembers; chainName: string },
): void {
  const document = roleState.policies.find(({ arn }) => arn === policy.arn)?.document ?? '';
  const isNamed = nameMatcher(document);
  const arns = policy.secrets.filter((arn) => isNamed(arn) === (allowedBy === 'name'));
  for (const { secret, checkedSecret } of arns.flatMap((arn) => secrets.get(arn) ?? [])) {
    const location = `${secret.region} ${secret.name}`;
    const earlier = readableSecrets.get(location);
    // A second policy of the same role adds nothing. A role with a wildcard can read every secret, so it is no second role.
    if (earlier && (earlier.role.roleName === role.name || allowedBy === 'wildcard')) continue;
    const problem = earlier
      ? messages.otherRole(titleOf(checkedSecret), role.name)
      : (problemOf(checkedSecret, role) ??
        partialProblem(secret, document, policy.name, { roleState, snapshot }));
    if (problem) notes.push(problem);
    else readableSecrets.set(location, { role: members, policyName: chainName, document, secret });
  }
}

/** Returns a note about secrets without the tool tag that a policy allows. Nothing indicates that this is intended. */
function untaggedNotes({ skippedCounts }: AccountSnapshot, policy: string, scope: string): string[] {
  const count = skippedCounts?.get(scope) ?? 0;
  return count === 0 ? [] : [messages.untagged(policy, scope, count)];
}

function titleOf({ name, region }: StatusSecret | SecretSnapshot): string {
  return messages.secret(name, region);
}

/** Returns why `setup` would not keep a secret as is. */
function problemOf(secret: StatusSecret, role: StatusRole): string | undefined {
  const failed = secret.checks.some(({ id, verdict }) => id !== 'secret-rotation' && verdict !== 'ok');
  if (failed || secretNameProblem(secret.name, '') !== undefined) return messages.unusable(titleOf(secret));
  const reads = role.checks.some(
    ({ id, subject, verdict }) => id === 'role-reads-secret' && subject === secret.arn && verdict === 'ok',
  );
  return reads ? undefined : messages.unreadable(titleOf(secret), role.name);
}

/** Returns a problem if the policy by itself doesn't allow everything that reading the secret requires: `setup` would extend it. */
function partialProblem(
  secret: SecretSnapshot,
  documentText: string,
  policy: string,
  { roleState, snapshot }: { roleState: RoleState; snapshot: AccountSnapshot },
): string | undefined {
  const { arn, region, kmsKeyId } = secret;
  const document = tryParsePolicy(documentText);
  const kmsKey = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, snapshot.identity);
  const secretRef = { arn, region, kmsKey };
  const requests = requestsForReading(secretRef, snapshot.identity, roleState.arn);
  const allows = document && requests.every((request) => allowsAccess(document, request));
  return allows ? undefined : messages.partial(policy, titleOf(secret));
}

/** Returns notes about resources without a role, and about what could not be read. */
function leftoverNotes({ secrets, policies, notes }: Status): string[] {
  const secretsWithoutRole = secrets.filter(({ roles }) => roles.length === 0);
  return [
    ...secretsWithoutRole.map((secret) => messages.looseSecret(titleOf(secret))),
    ...policies.map(({ name }) => messages.loosePolicy(name)),
    ...notes.map(({ subjects, detail }) => messages.notSeen(statusMessages.note(subjects, detail))),
  ];
}
