import {
  inStack,
  isOwn,
  type PolicyShot,
  type RoleShot,
  type SecretShot,
  type Snapshot,
} from '../world/snapshot.ts';
import {
  type Asked,
  entriesOf,
  isEntryFor,
  isNumbered,
  isSameRole,
  type PlayedRun,
  secretOfEntry,
} from './asked.ts';
import type { Violation } from './violation.ts';

/**
 * Returns changes that no command asked for. Everything that existed before must be unchanged, except for what commands named.
 * What was deleted on request no longer counts as existing before, even if another resource has its name now.
 */
export function changedUnasked(
  asked: Asked,
  before: Snapshot,
  now: Snapshot,
): { violations: Violation[]; before: Snapshot } {
  const [policies, roles] = [new Map(before.policies), new Map(before.roles)];
  const violations: Violation[] = [];
  for (const [arn, was] of before.policies) {
    const is = now.policies.get(arn);
    if (is?.id === was.id) violations.push(...policyChanges(asked, was, is));
    else if (mayGo(asked, was)) policies.delete(arn);
    else violations.push(violation(`policy ${was.name} is gone`, was, undefined));
  }
  // A policy that was created again under the same name is another policy.
  const isThereStill = (arn: string) => {
    const is = now.policies.get(arn);
    return is !== undefined && is.id === policies.get(arn)?.id;
  };
  for (const [key, was] of before.roles) {
    const is = now.roles.get(key);
    if (is?.id === was.id) violations.push(...roleChanges(asked, was, is, isThereStill));
    else if (roleMayGo(asked, was, now)) roles.delete(key);
    else violations.push(violation(`role ${was.name} is gone`, was, undefined));
  }
  for (const was of before.secrets.values())
    violations.push(...secretChanges(asked, was, now.secrets.get(was.arn)));
  return { violations, before: { policies, roles, secrets: before.secrets } };
}

function violation(what: string, was: unknown, is: unknown): Violation {
  return {
    invariant: 'the rest is as it was',
    what,
    details: [`before: ${shown(was)}`, `now: ${shown(is)}`],
  };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_key, each: unknown) =>
    each instanceof Map ? Object.fromEntries(each) : each,
  );
  return text ?? 'nothing';
}

/** Returns true if two members of snapshots are equal: texts, flags, and lists and maps of them. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every(([key, value]) => isSame(value, b.get(key)));
  const [first, second] = [Object.entries(a), Object.entries(b)];
  return first.length === second.length && first.every(([key, value]) => isSame(value, Reflect.get(b, key)));
}

function differences<T extends object>(
  name: string,
  was: T,
  now: T,
  members: readonly (keyof T)[],
): Violation[] {
  return members.flatMap((member) =>
    isSame(was[member], now[member])
      ? []
      : [violation(`${name}: ${String(member)}`, was[member], now[member])],
  );
}

function policyChanges(asked: Asked, was: PolicyShot, now: PolicyShot): Violation[] {
  const name = `policy ${was.name}`;
  const named = was.path === '/' && asked.namesPolicy(was.name);
  const settings = differences(name, was, now, ['description', 'tags']);
  if (settings.length > 0) return settings;
  const byHand = asked.byHand.some(({ policy }) => policy === was.name);
  if (!named || inStack(was) || !isReadPolicy(was.document)) {
    return byHand ? [] : differences(name, was, now, ['versions', 'defaultVersion']);
  }
  return lostEntries(asked, was, now);
}

/** Returns true for a document in the form of this program: one statement that allows reading. */
function isReadPolicy(document: string): boolean {
  const { Statement } = JSON.parse(document) as { Statement: object | object[] };
  const [first, ...others] = [Statement].flat() as { Effect?: string; Action?: string | string[] }[];
  const actions = [first?.Action ?? []].flat();
  return (
    others.length === 0 &&
    first?.Effect === 'Allow' &&
    actions.every((action) => action.startsWith('secretsmanager:'))
  );
}

function lostEntries(asked: Asked, was: PolicyShot, now: PolicyShot): Violation[] {
  const entries = entriesOf(now.document);
  const lost = entriesOf(was.document).filter((entry) => !entries.includes(entry) && !mayLose(asked, entry));
  return lost.length === 0
    ? []
    : [violation(`policy ${was.name} lost ${lost.join(', ')}`, was.document, now.document)];
}

function mayLose(asked: Asked, entry: string): boolean {
  const secret = secretOfEntry(entry);
  return secret !== undefined && asked.isTornDown(secret.region, secret.name);
}

/** Returns true if a teardown that names a policy may delete it, because it allows nothing else. */
function mayGo(asked: Asked, was: PolicyShot): boolean {
  const naming = asked.teardowns.filter(({ policy }) => isNumbered(was.name, policy));
  const isOurs = isOwn(was) || naming.some(({ includeUntagged }) => includeUntagged);
  return (
    naming.length > 0 &&
    isOurs &&
    !inStack(was) &&
    was.path === '/' &&
    entriesOf(was.document).every((entry) => mayLose(asked, entry))
  );
}

/** Returns true if a teardown that names a role may delete it, because nothing of what it had is left. */
function roleMayGo(asked: Asked, was: RoleShot, shot: Snapshot): boolean {
  const naming = asked.teardowns.filter(({ role }) => isSameRole(role, was.name));
  const isOurs = isOwn(was) || naming.some(({ includeUntagged }) => includeUntagged);
  const keeps = was.inline.length > 0 || was.attached.some((arn) => shot.policies.has(arn));
  return naming.length > 0 && isOurs && !inStack(was) && !keeps;
}

function roleChanges(
  asked: Asked,
  was: RoleShot,
  now: RoleShot,
  isThereStill: (arn: string) => boolean,
): Violation[] {
  const name = `role ${was.name}`;
  const updates = asked.setups.some((key) => isSameRole(key.role, was.name) && key.updateTrust);
  const lostStatements = updates ? lostFrom(was.trust, now.trust) : [];
  const wasKilled = (arn: string) =>
    asked.excused.some(({ policyArn, role }) => policyArn === arn && isSameRole(role, was.name));
  const lost = was.attached.filter(
    (arn) => !now.attached.includes(arn) && isThereStill(arn) && !wasKilled(arn),
  );
  const isNew = now.attached.filter((arn) => !was.attached.includes(arn));
  const mayGet = (arn: string) =>
    (arn.includes('::aws:') && asked.attachedByOthers.has(was.name.toLowerCase())) ||
    asked.setups.some(
      ({ role, policy }) => isSameRole(role, was.name) && isNumbered(arn.replace(/^.*\//, ''), policy),
    );
  const unasked = isNew.filter((arn) => !mayGet(arn));
  return [
    ...differences(name, was, now, ['inline', 'boundary', 'description', 'tags']),
    ...(updates ? [] : differences(name, was, now, ['trust'])),
    ...(lostStatements.length > 0
      ? [violation(`${name} lost a statement of its trust policy`, was.trust, now.trust)]
      : []),
    ...(lost.length > 0 ? [violation(`${name} lost ${lost.join(', ')}`, was.attached, now.attached)] : []),
    ...(unasked.length > 0
      ? [violation(`${name} got ${unasked.join(', ')}`, was.attached, now.attached)]
      : []),
  ];
}

function lostFrom(was: string, now: string): string[] {
  const statements = (text: string) =>
    [(JSON.parse(text) as { Statement: object | object[] }).Statement]
      .flat()
      .map((each) => JSON.stringify(each));
  const kept = statements(now);
  return statements(was).filter((statement) => !kept.includes(statement));
}

function secretChanges(asked: Asked, was: SecretShot, now: SecretShot | undefined): Violation[] {
  const name = `secret ${was.name} (${was.region})`;
  if (!now) return [violation(`${name} is gone`, was, undefined)];
  if (now === was) return [];
  const settings = differences(name, was, now, ['description', 'kmsKeyId', 'policy', 'tags']);
  const key = `${was.region} ${was.name}`;
  const teardowns = asked.teardowns.filter(
    (each) => asked.isTornDown(was.region, was.name) && each.secret !== '',
  );
  const isOurs = isOwn(was) || teardowns.some(({ includeUntagged }) => includeUntagged);
  const mayDelete = teardowns.length > 0 && isOurs && !inStack(was);
  const mayRestore = asked.setups.some(({ restore }) => restore);
  const deletion =
    now.deleted === was.deleted || (now.deleted ? mayDelete : mayRestore)
      ? []
      : [
          violation(
            `${name} is ${now.deleted ? 'scheduled for deletion' : 'restored'}`,
            was.deleted,
            now.deleted,
          ),
        ];
  const lost = [...was.versions].filter(([id, { value }]) => now.versions.get(id)?.value !== value);
  const values = asked.replaced.has(key)
    ? lost.length > 0
      ? [violation(`${name} lost a version`, was.versions, now.versions)]
      : []
    : differences(name, was, now, ['versions']);
  return [...settings, ...deletion, ...values];
}

/** Returns what the program made and is left after the teardown of everything, and what differs from the beginning. */
export function leftAfterTeardown(asked: Asked, before: Snapshot, now: Snapshot): Violation[] {
  const left = (what: string, details: string[] = []): Violation => ({
    invariant: 'teardown leaves the account as it was',
    what,
    details,
  });
  const isByHand = (name: string) => asked.byHand.some(({ policy }) => policy === name);
  // A secret without the tool tag stays, and so do its entries in policies.
  const staying = [...now.secrets.values()].filter(
    (secret) => !secret.deleted && (!isOwn(secret) || inStack(secret)),
  );
  // A policy of a role that no command has named is in use.
  const isUsed = (arn: string) =>
    [...now.roles.values()].some(({ name, attached }) => attached.includes(arn) && !asked.namesRole(name));
  const mayStay = ({ name, arn, document }: PolicyShot) =>
    isByHand(name) ||
    isUsed(arn) ||
    asked.isShared(name) ||
    asked.isWide(name) ||
    entriesOf(document).some((entry) => staying.some((secret) => isEntryFor(entry, secret)));
  const policies = [...now.policies.values()].filter(({ arn, id }) => before.policies.get(arn)?.id !== id);
  const stays = new Set([
    ...policies.filter(mayStay).map(({ arn }) => arn),
    ...before.policies.keys(),
    ...[...now.policies.keys()].filter((arn) => arn.includes('::aws:')),
  ]);
  const roles = [...now.roles].filter(([key, { id }]) => before.roles.get(key)?.id !== id);
  const secrets = [...now.secrets.values()].filter(
    ({ arn, deleted }) => !before.secrets.has(arn) && !deleted,
  );
  const narrowed = [...before.policies.values()].flatMap((was) => {
    const is = now.policies.get(was.arn);
    // A policy without the tool tag is left alone, unless `--include-untagged` is given.
    if (!is || !isOwn(was) || mayStay(is)) return [];
    const had = entriesOf(was.document);
    const has = entriesOf(is.document);
    const more = has.filter((entry) => !had.includes(entry) && !mayBeNeeded(entry, has));
    return more.length === 0 ? [] : [left(`policy ${was.name} still has ${more.join(', ')}`, [is.document])];
  });
  return [
    ...policies
      .filter(({ arn }) => !stays.has(arn))
      .map(({ name, document }) => left(`policy ${name} is still there`, [document])),
    ...roles
      .filter(([, { attached }]) => !attached.some((arn) => stays.has(arn)))
      .map(([, { name, attached }]) =>
        left(`role ${name} is still there`, [`has ${attached.join(', ') || 'no policy'}`]),
      ),
    ...secrets.map(({ name, region }) => left(`secret ${name} (${region}) is still there`)),
    ...narrowed,
  ];
}

/**
 * Returns true if another secret of the policy may need a KMS key. A teardown does not look up the keys of the other secrets
 * (docs/teardown.md), so it removes the permission with the last secret of the Region.
 */
function mayBeNeeded(entry: string, entries: readonly string[]): boolean {
  const [, , service, region] = entry.split(':');
  const mayBeThere = (other: string) =>
    other === '*' || other.startsWith(`arn:aws:secretsmanager:${region}:`);
  return service === 'kms' && entries.some(mayBeThere);
}

/** Returns the runs whose output has the value of a secret or a key of the story. */
export function keysShown(
  played: readonly PlayedRun[],
  shot: Snapshot,
  keys: readonly string[],
): Violation[] {
  const values = new Set(keys);
  for (const { versions } of shot.secrets.values())
    for (const { value } of versions.values()) values.add(value);
  return played.flatMap(({ run }) =>
    [...values]
      .filter((value) => value.length >= 10 && run.log.includes(value))
      .map(() => ({ invariant: 'no text has a key' as const, what: run.name, details: [] })),
  );
}
