import { type Asked, entriesOf, isNumbered, isSameRole, type PlayedRun, secretOfEntry } from './asked.ts';
import {
  inStack,
  isOwn,
  type PolicyShot,
  type RoleShot,
  type SecretShot,
  type Snapshot,
} from './snapshot.ts';
import type { Violation } from './violation.ts';

/** What was changed without that anybody asked for it: all that was there before is as it was, but for what was named. */
export function changedUnasked(asked: Asked, before: Snapshot, now: Snapshot): Violation[] {
  return [
    ...[...before.policies.values()].flatMap((policy) => policyChanges(asked, policy, now)),
    ...[...before.roles.values()].flatMap((role) => roleChanges(asked, role, now)),
    ...[...before.secrets.values()].flatMap((secret) =>
      secretChanges(asked, secret, now.secrets.get(secret.arn)),
    ),
  ];
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

function differences<T extends object>(
  name: string,
  was: T,
  now: T,
  members: readonly (keyof T)[],
): Violation[] {
  return members.flatMap((member) =>
    shown(was[member]) === shown(now[member])
      ? []
      : [violation(`${name}: ${String(member)}`, was[member], now[member])],
  );
}

function policyChanges(asked: Asked, was: PolicyShot, shot: Snapshot): Violation[] {
  const now = shot.policies.get(was.arn);
  const name = `policy ${was.name}`;
  const named = was.path === '/' && asked.namesPolicy(was.name);
  if (!now) return mayGo(asked, was) ? [] : [violation(`${name} is gone`, was, undefined)];
  const settings = differences(name, was, now, ['description', 'tags']);
  if (settings.length > 0 || now === was) return settings;
  const byHand = asked.byHand.some(({ policy }) => policy === was.name);
  if (!named || inStack(was) || !isReadPolicy(was.document)) {
    return byHand ? [] : differences(name, was, now, ['versions', 'defaultVersion']);
  }
  return lostEntries(asked, was, now);
}

/** The program's own form: one statement that allows reading. */
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
  const lost = entriesOf(was.document).filter(
    (entry) => !entries.includes(entry) && !mayLose(asked, was.arn, entry),
  );
  return lost.length === 0
    ? []
    : [violation(`policy ${was.name} lost ${lost.join(', ')}`, was.document, now.document)];
}

function mayLose(asked: Asked, policyArn: string, entry: string): boolean {
  const secret = secretOfEntry(entry);
  if (secret && asked.isTornDown(secret.region, secret.name)) return true;
  return asked.excused.some((each) => each.policyArn === policyArn && each.entries.has(entry));
}

/** A policy may be deleted by a teardown that names it, when it allows nothing else. */
function mayGo(asked: Asked, was: PolicyShot): boolean {
  const naming = asked.teardowns.filter(({ policy }) => isNumbered(was.name, policy));
  const isOurs = isOwn(was) || naming.some(({ includeUntagged }) => includeUntagged);
  return (
    naming.length > 0 &&
    isOurs &&
    !inStack(was) &&
    was.path === '/' &&
    entriesOf(was.document).every((entry) => mayLose(asked, was.arn, entry))
  );
}

function roleChanges(asked: Asked, was: RoleShot, shot: Snapshot): Violation[] {
  const now = shot.roles.get(was.name.toLowerCase());
  const name = `role ${was.name}`;
  const naming = asked.teardowns.filter(({ role }) => isSameRole(role, was.name));
  if (!now || now.arn !== was.arn) {
    const isOurs = isOwn(was) || naming.some(({ includeUntagged }) => includeUntagged);
    const stays = was.inline.length > 0 || was.attached.some((arn) => shot.policies.has(arn));
    const may = naming.length > 0 && isOurs && !inStack(was) && !stays;
    return may ? [] : [violation(`${name} is gone`, was, undefined)];
  }
  const updates = asked.setups.some((key) => isSameRole(key.role, was.name) && key.updateTrust);
  const lostStatements = updates ? lostFrom(was.trust, now.trust) : [];
  const lost = was.attached.filter((arn) => !now.attached.includes(arn) && shot.policies.has(arn));
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

/** What is left of what the program made, after all was taken down; and what is not as it was. */
export function leftAfterTeardown(asked: Asked, before: Snapshot, now: Snapshot): Violation[] {
  const left = (what: string, details: string[] = []): Violation => ({
    invariant: 'teardown leaves the account as it was',
    what,
    details,
  });
  const policies = [...now.policies.values()].filter(({ arn }) => !before.policies.has(arn));
  const roles = [...now.roles.values()].filter(({ name }) => !before.roles.has(name.toLowerCase()));
  const secrets = [...now.secrets.values()].filter(
    ({ arn, deleted }) => !before.secrets.has(arn) && !deleted,
  );
  const isByHand = (name: string) => asked.byHand.some(({ policy }) => policy === name);
  const stays = new Set(
    policies
      .filter(({ name }) => isByHand(name) || asked.isShared(name) || asked.isWide(name))
      .map(({ arn }) => arn),
  );
  const narrowed = [...before.policies.values()].flatMap((was) => {
    const is = now.policies.get(was.arn);
    if (!is || isByHand(was.name) || asked.isWide(was.name)) return [];
    const had = entriesOf(was.document);
    const more = entriesOf(is.document).filter((entry) => !had.includes(entry));
    return more.length === 0 ? [] : [left(`policy ${was.name} still has ${more.join(', ')}`)];
  });
  return [
    ...policies
      .filter(({ arn }) => !stays.has(arn))
      .map(({ name, document }) => left(`policy ${name} is still there`, [document])),
    ...roles
      .filter(({ attached }) => !attached.some((arn) => stays.has(arn) || /::aws:/.test(arn)))
      .map(({ name, attached }) =>
        left(`role ${name} is still there`, [`has ${attached.join(', ') || 'no policy'}`]),
      ),
    ...secrets.map(({ name, region }) => left(`secret ${name} (${region}) is still there`)),
    ...narrowed,
  ];
}

/** Texts that have the value of a secret in them, or a key of the story. */
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
