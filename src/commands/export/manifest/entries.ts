import { policyArn } from '../../../aws/arn.ts';
import type { RoleState } from '../../../aws/iam/roles.ts';
import { kmsKeyRef } from '../../../aws/kms/index.ts';
import { requestsForReading } from '../../../checks/access/read-requests.ts';
import type { AccountSnapshot } from '../../../inventory/collect.ts';
import { statusMessages } from '../../../inventory/messages.ts';
import type { SecretSnapshot } from '../../../inventory/secrets.ts';
import type { Status, StatusPolicy, StatusRole, StatusSecret } from '../../../inventory/types.ts';
import { looksLikeKey } from '../../../key-detection.ts';
import { policyName, roleName, secretName } from '../../../options/rules.ts';
import { allowsAccess, tryParsePolicy } from '../../../policy/index.ts';
import { continuedName } from '../../../steps/read-policy/chain.ts';
import type { ExportedKey, RoleMembers } from './document.ts';
import { manifestKeysOf, nameMatcher, type ReadableSecret, roleMembers } from './keys.ts';
import { exportManifestMessages as messages } from './messages.ts';

/** The content of the manifest: the keys, and notes about what a manifest can't express. */
export interface ExportedContent {
  keys: ExportedKey[];
  notes: string[];
}

/** The snapshot and the status of the account, and what was collected from them so far. */
interface ExportState {
  snapshot: AccountSnapshot;
  status: Status;
  /** By ARN. */
  secrets: Map<string, { secret: SecretSnapshot; checkedSecret: StatusSecret }>;
  /** By Region and name, because a manifest has each secret once. */
  readableSecrets: Map<string, ReadableSecret>;
  notes: string[];
  /** See `NumberedPolicies`. */
  overflowArns: ReadonlySet<string>;
}

/** What the tags of policies with a name like `NAME-2` say. */
export interface NumberedPolicies {
  /** ARNs of those that this program created to continue others, according to their tags. */
  overflowArns: Set<string>;
  /** Names of those whose tags could not be read. */
  unreadableNames: Set<string>;
}

/**
 * Creates the entries for everything that `setup` would keep as is. What it would change, and what a manifest can't express,
 * becomes a note. Pure.
 */
export function exportedContent(
  snapshot: AccountSnapshot,
  status: Status,
  { overflowArns, unreadableNames }: NumberedPolicies,
): ExportedContent {
  const notes = [...unreadableNames].map(messages.unknownTags);
  const secrets = new Map(
    status.secrets.flatMap((checkedSecret, index) => {
      const secret = snapshot.secrets[index];
      return secret ? [[checkedSecret.arn, { secret, checkedSecret }] as const] : [];
    }),
  );
  const state: ExportState = { snapshot, status, secrets, readableSecrets: new Map(), notes, overflowArns };
  // Named secrets first: a secret belongs to the role that names it, rather than to one that may read all secrets.
  for (const by of ['name', 'wildcard'] as const) {
    for (const [index, role] of status.roles.entries()) {
      const roleState = snapshot.roles[index]?.found;
      if (isUsable(role, roleState, notes)) addRole(state, role, { roleState, by });
    }
  }
  const { keys, notes: keyNotes } = manifestKeysOf([...state.readableSecrets.values()]);
  const allNotes = [...notes, ...keyNotes, ...leftoverNotes(status)];
  return { keys, notes: [...new Set(allNotes.map(withoutKeys))] };
}

/** Returns a note, or a substitute if it looks like a key: the file must contain nothing that does, not even in a name. */
function withoutKeys(note: string): string {
  return looksLikeKey(note) ? messages.unnamed : note;
}

/** Returns true if a manifest can name the role. Adds notes about the role. */
function isUsable(
  role: StatusRole,
  roleState: RoleState | undefined,
  notes: string[],
): roleState is RoleState {
  const isTrusted = role.checks.some(({ id, verdict }) => id === 'role-trust' && verdict === 'ok');
  const problems = [
    ...(roleState ? [] : [messages.roleUnseen(role.name)]),
    ...(isTrusted ? [] : [messages.roleTrust(role.name)]),
    ...(roleName(role.name, '') === undefined ? [] : [messages.roleName(role.name)]),
  ];
  notes.push(...problems);
  if (roleState && problems.length === 0 && roleState.path !== '/')
    notes.push(messages.rolePath(role.name, roleState.path));
  return problems.length === 0;
}

/** A role, and which of its readable secrets to add: those that its policies name, or those that only a wildcard allows. */
interface RoleLookup {
  roleState: RoleState;
  by: 'name' | 'wildcard';
}

function addRole(state: ExportState, role: StatusRole, lookup: RoleLookup): void {
  const { snapshot, notes } = state;
  const isExportable = ({ name, arn }: StatusPolicy) =>
    arn === policyArn(snapshot.identity, name) && policyName(name, '') === undefined;
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
  { roleState, by, members, chainName }: RoleLookup & { members: RoleMembers; chainName: string },
): void {
  const document = roleState.policies.find(({ arn }) => arn === policy.arn)?.document ?? '';
  const isNamed = nameMatcher(document);
  const arns = policy.secrets.filter((arn) => isNamed(arn) === (by === 'name'));
  for (const { secret, checkedSecret } of arns.flatMap((arn) => secrets.get(arn) ?? [])) {
    const location = `${secret.region} ${secret.name}`;
    const earlier = readableSecrets.get(location);
    // A second policy of the same role would make the same entry. A wildcard matches every secret, so it is no second role.
    if (earlier && (earlier.role.roleName === role.name || by === 'wildcard')) continue;
    const problem = earlier
      ? messages.otherRole(titleOf(checkedSecret), role.name)
      : (problemOf(checkedSecret, role) ??
        partialProblem(secret, document, policy.name, { roleState, snapshot }));
    if (problem) notes.push(problem);
    else readableSecrets.set(location, { role: members, policyName: chainName, document, secret });
  }
}

/** Returns notes about secrets that a role may read although nothing indicates that this is intended. */
function untaggedNotes({ skippedCounts }: AccountSnapshot, policy: string, scope: string): string[] {
  const count = skippedCounts?.get(scope) ?? 0;
  return count === 0 ? [] : [messages.untagged(policy, scope, count)];
}

function titleOf({ name, region }: Pick<StatusSecret, 'name' | 'region'>): string {
  return messages.secret(name, region);
}

/** Returns why `setup` would not keep a secret as is. */
function problemOf(secret: StatusSecret, role: StatusRole): string | undefined {
  const failed = secret.checks.some(({ id, verdict }) => id !== 'secret-rotation' && verdict !== 'ok');
  if (failed || secretName(secret.name, '') !== undefined) return messages.unusable(titleOf(secret));
  const reads = role.checks.some(
    ({ id, subject, verdict }) => id === 'role-reads-secret' && subject === secret.arn && verdict === 'ok',
  );
  return reads ? undefined : messages.unreadable(titleOf(secret), role.name);
}

/** Returns a problem if the policy by itself doesn't allow all read requests, because `setup` would extend it. */
function partialProblem(
  secret: SecretSnapshot,
  text: string,
  policy: string,
  { roleState, snapshot }: { roleState: RoleState; snapshot: AccountSnapshot },
): string | undefined {
  const { arn, region, kmsKeyId } = secret;
  const document = tryParsePolicy(text);
  const kmsKey = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, snapshot.identity);
  const secretRef = { arn, region, kmsKey };
  const requests = requestsForReading(secretRef, snapshot.identity, roleState.arn);
  const allows = document && requests.every((request) => allowsAccess(document, request));
  return allows ? undefined : messages.partial(policy, titleOf(secret));
}

/** Returns notes about resources without a role, and about what could not be read. */
function leftoverNotes({ secrets, policies, notes }: Status): string[] {
  return [
    ...secrets
      .filter(({ roles }) => roles.length === 0)
      .map((secret) => messages.looseSecret(titleOf(secret))),
    ...policies.map(({ name }) => messages.loosePolicy(name)),
    ...notes.map(({ subjects, detail }) => messages.notSeen(statusMessages.note(subjects, detail))),
  ];
}
