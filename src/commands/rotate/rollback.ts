import type { SecretState } from '../../aws/secrets/index.ts';
import { makeCurrent, readStage, type StagedVersion } from '../../aws/secrets/versions.ts';
import type { Aws } from '../../aws/session.ts';
import { EXIT, Failure } from '../../failure.ts';
import { checkStoredKey, type KeyMaterial, type KeyRules, type KeyType } from '../../key/index.ts';
import { BATCH_RUN } from '../../limits.ts';
import type { Conflict, SecretOutcome } from '../../plan-types.ts';
import { blockedBy } from '../../steps/conflict.ts';
import { rotateMessages as messages } from './messages.ts';

/** A secret with its current and its previous version. */
export interface History {
  secret: SecretState;
  current: StagedVersion;
  previous?: StagedVersion;
}

/** For each secret, the version to make current; or why there is none that all Regions could go back to. */
export type Rollback =
  | { key: KeyMaterial; back: { secret: SecretState; from: string; to: string }[] }
  | { conflict: Conflict };

/** Reads the previous versions of secrets whose current values were just read. A secret without a value has no history. */
export async function readHistories(aws: Aws, secrets: SecretState[]): Promise<History[]> {
  const all = await Promise.all(
    secrets.map(async (secret) => {
      const current = currentOf(secret);
      const hasPrevious = current !== undefined && secret.previousId !== undefined;
      const previous = hasPrevious ? await readStage(aws, secret, 'AWSPREVIOUS') : undefined;
      return current && { secret, current, previous };
    }),
  );
  return all.filter((each) => each !== undefined);
}

function currentOf({ versionId, storedAt, content }: SecretState): StagedVersion | undefined {
  if (versionId === undefined || content.kind === 'none') return undefined;
  return {
    versionId,
    createdAt: storedAt ?? new Date(0),
    key: content.kind === 'text' ? content.key : undefined,
  };
}

/**
 * Chooses the rollback target: the key that every Region has as its current or previous version, and the older one if there are
 * two. So the next rollback finishes one that stopped halfway. A rotation that stopped halfway is undone where it was done, and
 * what was already rolled back stays. Pure.
 */
export function planRollback(histories: History[], keyType: KeyType, roleName: string | undefined): Rollback {
  const [first, ...others] = histories;
  if (!first) return { conflict: blockedBy(messages.noHistory, messages.noHistoryHint) };
  const shared = versionsOf(first).filter(({ key }) => others.every((each) => holds(each, key, keyType)));
  const target = [...shared].sort(byAge)[0]?.key;
  const back = histories.map((history) => moveTo(history, target, keyType));
  const moves = back.filter((move) => move !== undefined && move.from !== move.to);
  const undone = histories.some(
    ({ current, previous }) => previous && current.createdAt < previous.createdAt,
  );
  const stuck = !target || (moves.length === 0 && !undone);
  if (stuck || back.some((move) => move === undefined))
    return { conflict: nothingInCommon(histories, keyType, roleName) };
  return { key: target, back: back.filter((move) => move !== undefined) };
}

function nothingInCommon(histories: History[], keyType: KeyType, roleName: string | undefined): Conflict {
  const names = histories.map(({ secret }) => secret.name);
  const regions = histories.map(({ secret }) => secret.region);
  return blockedBy(
    messages.noCommonKey,
    messages.noCommonKeyHint({ name: names[0] ?? '', regions, keyType, roleName }),
  );
}

/** The previous version comes first, so that it counts as the older one if both have the same date. */
function versionsOf({ current, previous }: History): StagedVersion[] {
  return previous ? [previous, current] : [current];
}

function byAge(a: StagedVersion, b: StagedVersion): number {
  return a.createdAt.getTime() - b.createdAt.getTime();
}

function holds(history: History, key: KeyMaterial | undefined, keyType: KeyType): boolean {
  return versionsOf(history).some((version) => isSame(version.key, key, keyType));
}

function isSame(a: KeyMaterial | undefined, b: KeyMaterial | undefined, keyType: KeyType): boolean {
  return a !== undefined && b !== undefined && a.sameKey(b, keyType);
}

function moveTo(
  { secret, current, previous }: History,
  key: KeyMaterial | undefined,
  keyType: KeyType,
): { secret: SecretState; from: string; to: string } | undefined {
  const from = current.versionId;
  if (isSame(current.key, key, keyType)) return { secret, from, to: from };
  return previous && isSame(previous.key, key, keyType)
    ? { secret, from, to: previous.versionId }
    : undefined;
}

/**
 * Rolls back in all Regions, one after the other, in the order in which a new key is stored. A concurrent rotation is then
 * detected in the first Region, before anything has changed.
 * @param record called with each secret as soon as it is done
 * @throws Failure with a conflict if someone else made another version current in the meantime
 */
export async function rollBack(
  aws: Aws,
  { back }: Extract<Rollback, { back: unknown }>,
  record: (outcome: SecretOutcome) => void,
): Promise<SecretOutcome[]> {
  const outcomes: SecretOutcome[] = [];
  const inOrder = [...back].sort((a, b) => a.secret.region.localeCompare(b.secret.region));
  for (const { secret, from, to } of inOrder) {
    if (from !== to && !(await makeCurrent(aws, secret, { from, to }))) await demandCurrent(aws, secret, to);
    const { region, name, arn } = secret;
    const outcome: SecretOutcome = {
      region,
      name,
      arn,
      versionId: to,
      action: from === to ? 'kept' : 'updated',
    };
    record(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

/** An earlier attempt of the same request whose response was lost may have made it current. */
async function demandCurrent(aws: Aws, secret: SecretState, versionId: string): Promise<void> {
  const current = await readStage(aws, secret, 'AWSCURRENT');
  if (current?.versionId === versionId) return;
  throw new Failure(messages.changedMeanwhile(secret.name, secret.region), {
    code: 'conflict',
    exitCode: EXIT.conflict,
    hint: messages.changedMeanwhileHint(secret.region),
  });
}

/**
 * Returns the key of a rotation that stopped halfway. Some Regions have it, with the old key as their previous version. In the
 * others, the old key is still current. This is the only way to find a generated key again.
 *
 * Excluded are keys that break these rules, keys stored before the key that they replace (someone rolled back), and keys older
 * than a rotation takes (someone changed the key in only one Region, perhaps because it had leaked). Pure.
 * @param now by the clock that dates the versions, AWS's, in milliseconds
 */
export function halfDoneKey(histories: History[], rules: KeyRules, now: number): KeyMaterial | undefined {
  const { keyType } = rules;
  const keys = distinct(
    histories.flatMap(({ current }) => current.key ?? []),
    keyType,
  );
  if (keys.length !== 2) return undefined;
  const isSame = (a: KeyMaterial | undefined, b: KeyMaterial) => a?.sameKey(b, keyType) ?? false;
  const mayBeOfRotation = ({ current, previous }: History, key: KeyMaterial): boolean => {
    if (!isSame(current.key, key)) return !isSame(previous?.key, key);
    const after = previous && current.createdAt > previous.createdAt;
    const recent = now - current.createdAt.getTime() < BATCH_RUN.oneRotationMs;
    return Boolean(after) && recent && keys.some((other) => other !== key && isSame(previous?.key, other));
  };
  return keys.find(
    (key) =>
      checkStoredKey(key, rules).length === 0 && histories.every((history) => mayBeOfRotation(history, key)),
  );
}

function distinct(keys: KeyMaterial[], keyType: KeyType): KeyMaterial[] {
  return keys.filter((key, index) => keys.findIndex((other) => other.sameKey(key, keyType)) === index);
}
