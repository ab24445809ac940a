import { policyArn } from '../../../aws/arn.ts';
import type { RoleState } from '../../../aws/iam/roles.ts';
import { kmsKeyRef } from '../../../aws/kms/index.ts';
import { readRequests } from '../../../checks/access/read-requests.ts';
import type { Seen } from '../../../inventory/collect.ts';
import { statusMessages } from '../../../inventory/messages.ts';
import type { SecretSnapshot } from '../../../inventory/secrets.ts';
import type { Status, StatusPolicy, StatusRole, StatusSecret } from '../../../inventory/types.ts';
import { looksLikeKey } from '../../../key-detection.ts';
import { policyName, roleName, secretName } from '../../../options/rules.ts';
import { grantsAccess, tryParsePolicy } from '../../../policy/index.ts';
import { continuedName } from '../../../steps/read-policy/chain.ts';
import type { ExportedKey, RoleMembers } from './document.ts';
import { keysOf, namerOf, type Reading, roleMembers } from './keys.ts';
import { exportManifestMessages as messages } from './messages.ts';

/** The content of the manifest: the keys, and notes about what a manifest can't express. */
export interface Exported {
  keys: ExportedKey[];
  notes: string[];
}

/** The input and the results so far. */
interface Gathering {
  seen: Seen;
  status: Status;
  /** By ARN. */
  secrets: Map<string, { secret: SecretSnapshot; judged: StatusSecret }>;
  /** By Region and name, because a manifest has each secret once. */
  readings: Map<string, Reading>;
  notes: string[];
  /** See `NumberedPolicies`. */
  overflows: ReadonlySet<string>;
}

/** What is known of policies with a name like `NAME-2`. */
export interface NumberedPolicies {
  /** ARNs of those that this program created to continue others, according to their tags. */
  overflows: Set<string>;
  /** Names of those whose tags could not be read. */
  unknown: Set<string>;
}

/**
 * Creates the entries for everything that `setup` would keep as is. What it would change, and what a manifest can't express,
 * becomes a note. Pure.
 */
export function exportedOf(seen: Seen, status: Status, { overflows, unknown }: NumberedPolicies): Exported {
  const notes = [...unknown].map(messages.unknownTags);
  const secrets = new Map(
    status.secrets.flatMap((judged, index) => {
      const secret = seen.secrets[index];
      return secret ? [[judged.arn, { secret, judged }] as const] : [];
    }),
  );
  const gathering: Gathering = { seen, status, secrets, readings: new Map(), notes, overflows };
  // A secret belongs to the role that names it, rather than to one that may read all secrets.
  for (const by of ['name', 'wildcard'] as const) {
    for (const [at, role] of status.roles.entries()) {
      const found = seen.roles[at]?.found;
      if (isUsable(role, found, notes)) addRole(gathering, role, { found, by });
    }
  }
  const { keys, notes: more } = keysOf([...gathering.readings.values()]);
  const all = [...notes, ...more, ...leftovers(status)];
  return { keys, notes: [...new Set(all.map(withoutKeys))] };
}

/** The file must contain nothing that looks like a key, not even in a name. */
function withoutKeys(note: string): string {
  return looksLikeKey(note) ? messages.unnamed : note;
}

function isUsable(role: StatusRole, found: RoleState | undefined, notes: string[]): found is RoleState {
  const trusted = role.checks.some(({ id, verdict }) => id === 'role-trust' && verdict === 'ok');
  const wrong = [
    ...(found ? [] : [messages.roleUnseen(role.name)]),
    ...(trusted ? [] : [messages.roleTrust(role.name)]),
    ...(roleName(role.name, '') === undefined ? [] : [messages.roleName(role.name)]),
  ];
  notes.push(...wrong);
  if (found && wrong.length === 0 && found.path !== '/') notes.push(messages.rolePath(role.name, found.path));
  return wrong.length === 0;
}

/** A role, and which of its readable secrets to process: those that its policies name, or the others. */
interface Observed {
  found: RoleState;
  by: 'name' | 'wildcard';
}

function addRole(gathering: Gathering, role: StatusRole, look: Observed): void {
  const { seen, notes } = gathering;
  const isUsed = ({ name, arn }: StatusPolicy) =>
    arn === policyArn(seen.identity, name) && policyName(name, '') === undefined;
  const { members, notes: leftOut } = roleMembers(look.found, seen.identity);
  notes.push(...leftOut);
  for (const policy of role.policies) {
    const { name, missing, unseen, scopes } = policy;
    notes.push(...missing.map((each) => messages.missing(name, each)));
    notes.push(...unseen.map((each) => messages.unseen(name, each)));
    notes.push(...scopes.flatMap((scope) => untaggedUnder(seen, name, scope)));
    if (policy.arn === null) notes.push(messages.inline(role.name, name));
    else if (isUsed(policy))
      addPolicy(gathering, role, policy, { ...look, members, inChain: chainName(policy, gathering) });
    else notes.push(messages.foreignPolicy(role.name, name));
  }
}

/** Returns a policy's name in a manifest: `NAME` for a policy that this program created to continue `NAME`. */
function chainName({ name, arn }: StatusPolicy, { overflows }: Gathering): string {
  const continued = arn !== null && overflows.has(arn) ? continuedName(name) : undefined;
  return continued ?? name;
}

function addPolicy(
  { seen, secrets, readings, notes }: Gathering,
  role: StatusRole,
  policy: StatusPolicy,
  { found, by, members, inChain }: Observed & { members: RoleMembers; inChain: string },
): void {
  const document = found.policies.find(({ arn }) => arn === policy.arn)?.document ?? '';
  const isNamed = namerOf(document);
  const arns = policy.secrets.filter((arn) => isNamed(arn) === (by === 'name'));
  for (const { secret, judged } of arns.flatMap((arn) => secrets.get(arn) ?? [])) {
    const place = `${secret.region} ${secret.name}`;
    const known = readings.get(place);
    // With another policy of the same role, the entry would be the same, and a wildcard matches every secret.
    if (known && (known.role.roleName === role.name || by === 'wildcard')) continue;
    const problem = known
      ? messages.otherRole(titleOf(judged), role.name)
      : (problemOf(judged, role) ?? partOf(secret, document, policy.name, { found, seen }));
    if (problem) notes.push(problem);
    else readings.set(place, { role: members, policyName: inChain, document, secret });
  }
}

/** Returns notes about secrets that a role may read although nothing indicates that this is intended. */
function untaggedUnder({ passedOver }: Seen, policy: string, scope: string): string[] {
  const count = passedOver?.get(scope) ?? 0;
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
function partOf(
  secret: SecretSnapshot,
  text: string,
  policy: string,
  { found, seen }: { found: RoleState; seen: Seen },
): string | undefined {
  const { arn, region, kmsKeyId } = secret;
  const document = tryParsePolicy(text);
  const kmsKey = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, seen.identity);
  const asked = { arn, region, kmsKey };
  const requests = readRequests(asked, seen.identity, found.arn);
  const allows = document && requests.every((request) => grantsAccess(document, request));
  return allows ? undefined : messages.partial(policy, titleOf(secret));
}

/** Returns notes about resources without a role, and about what could not be read. */
function leftovers({ secrets, policies, notes }: Status): string[] {
  return [
    ...secrets
      .filter(({ roles }) => roles.length === 0)
      .map((secret) => messages.looseSecret(titleOf(secret))),
    ...policies.map(({ name }) => messages.loosePolicy(name)),
    ...notes.map(({ subjects, detail }) => messages.notSeen(statusMessages.note(subjects, detail))),
  ];
}
