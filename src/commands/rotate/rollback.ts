import type { SecretState } from '../../aws/secrets/index.ts';
import { makeCurrent, readStagedVersion, type StagedVersion } from '../../aws/secrets/versions.ts';
import type { Aws } from '../../aws/session.ts';
import { EXIT, Failure } from '../../failure.ts';
import { checkStoredKey, type KeyMaterial, type KeyRules, type KeyType } from '../../key/index.ts';
import { BATCH_RUN } from '../../limits.ts';
import type { Conflict, SecretOutcome } from '../../plan-types.ts';
import { conflictWithoutChoices } from '../../steps/conflict.ts';
import type { StepContext } from '../../steps/types.ts';
import { rotateMessages as messages } from './messages.ts';

/** A secret with its current and its previous version. */
export interface History {
  secret: SecretState;
  current: StagedVersion;
  previous?: StagedVersion;
}

/** A move of a secret's label `AWSCURRENT` between two versions. */
interface VersionMove {
  secret: SecretState;
  /** The ID of the current version. */
  from: string;
  /** The ID of the version to make current: the same as `from` if the secret stays as it is. */
  to: string;
}

/** The key to roll back to, and the move for each secret; or why there is no key that all Regions could roll back to. */
export type Rollback = { key: KeyMaterial; moves: VersionMove[] } | { conflict: Conflict };

/**
 * Reads the previous versions of secrets whose current values were just read: for a rollback, or to find the generated key of an
 * unfinished rotation. Returns none if the user gives the new key, because the current values then show which secrets have it. A
 * secret without a value has no history.
 * @param newKey absent for a rollback
 */
export async function readHistories(
  { aws }: StepContext,
  secrets: SecretState[],
  newKey?: { generated: boolean },
): Promise<History[]> {
  if (newKey && !newKey.generated) return [];
  const histories = await Promise.all(
    secrets.map(async (secret) => {
      const current = currentOf(secret);
      const hasPrevious = current !== undefined && secret.previousVersionId !== undefined;
      const previous = hasPrevious ? await readStagedVersion(aws, secret, 'AWSPREVIOUS') : undefined;
      return current && { secret, current, previous };
    }),
  );
  return histories.filter((history) => history !== undefined);
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
 * Chooses the key to roll back to: the one that every Region has as its current or previous version, and the older one if there
 * are two. So a second rollback finishes one that stopped halfway. After a rotation that stopped halfway, only the Regions with
 * the new key are rolled back; Regions that still have the old key, or have it again, stay as they are. Pure.
 */
export function chooseRollback(
  histories: History[],
  keyType: KeyType,
  roleName: string | undefined,
): Rollback {
  const [first, ...others] = histories;
  if (!first) return { conflict: conflictWithoutChoices(messages.noHistory, messages.noHistoryHint) };
  const [oldestShared] = versionsOf(first)
    .filter(({ key }) => others.every((history) => hasKey(history, key, keyType)))
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  const targetKey = oldestShared?.key;
  const possibleMoves = histories.map((history) => moveTo(history, targetKey, keyType));
  const moves = possibleMoves.filter((move) => move !== undefined);
  const isRolledBack = histories.some(
    ({ current, previous }) => previous && current.createdAt < previous.createdAt,
  );
  const changesNothing = moves.every(({ from, to }) => from === to);
  if (!targetKey || (changesNothing && !isRolledBack) || moves.length < possibleMoves.length) {
    const regions = histories.map(({ secret }) => secret.region);
    const { name } = first.secret;
    const hint = messages.noCommonKeyHint({ name, regions, keyType, roleName });
    return { conflict: conflictWithoutChoices(messages.noCommonKey(name, regions), hint) };
  }
  return { key: targetKey, moves };
}

/** The previous version comes first, so that it counts as the older one if both have the same date. */
function versionsOf({ current, previous }: History): StagedVersion[] {
  return previous ? [previous, current] : [current];
}

function hasKey(history: History, key: KeyMaterial | undefined, keyType: KeyType): boolean {
  return versionsOf(history).some((version) => areSameKey(version.key, key, keyType));
}

function areSameKey(a: KeyMaterial | undefined, b: KeyMaterial | undefined, keyType: KeyType): boolean {
  return a !== undefined && b !== undefined && a.equals(b, keyType);
}

/** Returns the move to the version with the key; undefined if neither version has that key. */
function moveTo(
  { secret, current, previous }: History,
  key: KeyMaterial | undefined,
  keyType: KeyType,
): VersionMove | undefined {
  const target = [current, previous].find((version) => areSameKey(version?.key, key, keyType));
  return target && { secret, from: current.versionId, to: target.versionId };
}

/** Returns the outcome of a move. */
export function outcomeOf({ secret: { region, name, arn }, from, to }: VersionMove): SecretOutcome {
  return { region, name, arn, versionId: to, action: from === to ? 'kept' : 'updated' };
}

/**
 * Rolls back in all Regions, one after the other, in the order in which a new key is stored. A concurrent rotation is then
 * detected in the first Region, before anything has changed.
 * @param record called with each secret as soon as it is done
 * @throws Failure with a conflict if someone else made another version current in the meantime
 */
export async function rollBack(
  aws: Aws,
  { moves }: Extract<Rollback, { moves: unknown }>,
  record: (outcome: SecretOutcome) => void,
): Promise<SecretOutcome[]> {
  const outcomes: SecretOutcome[] = [];
  const movesInOrder = [...moves].sort((a, b) => a.secret.region.localeCompare(b.secret.region));
  for (const move of movesInOrder) {
    const { secret, from, to } = move;
    if (from !== to && !(await makeCurrent(aws, secret, { from, to }))) {
      // An earlier attempt of the same request may have made the version current although its response was lost.
      await demandCurrent(aws, secret, to);
    }
    const outcome = outcomeOf(move);
    record(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

/** @throws Failure with a conflict if the version is not the current one */
async function demandCurrent(aws: Aws, secret: SecretState, versionId: string): Promise<void> {
  const current = await readStagedVersion(aws, secret, 'AWSCURRENT');
  if (current?.versionId === versionId) return;
  throw new Failure(messages.changedMeanwhile(secret.name, secret.region), {
    code: 'conflict',
    exitCode: EXIT.conflict,
    hint: messages.changedMeanwhileHint(secret.region),
  });
}

/**
 * Returns the key of a rotation that stopped halfway; undefined if there is none. Some Regions have that key, with the old key as
 * their previous version. In the others, the old key is still current. This is the only way to find a generated key again.
 *
 * Excluded are keys that break these rules, keys stored before the key that they replace (someone rolled back), and keys older
 * than a rotation takes (someone changed the key in only one Region, perhaps because it had leaked). Pure.
 * @param now the time of AWS's clock, which dates the versions, in milliseconds
 */
export function unfinishedKey(histories: History[], rules: KeyRules, now: number): KeyMaterial | undefined {
  const { keyType } = rules;
  const keys = histories.flatMap(({ current }) => current.key ?? []);
  const currentKeys = distinct(keys, keyType);
  if (currentKeys.length !== 2) return undefined;
  /** Returns true if a Region fits a rotation to `newKey`: it has lately replaced the old key, or has never had `newKey`. */
  const fitsRotation = ({ current, previous }: History, newKey: KeyMaterial): boolean => {
    if (!areSameKey(current.key, newKey, keyType)) return !areSameKey(previous?.key, newKey, keyType);
    const isNewer = previous !== undefined && current.createdAt > previous.createdAt;
    const isRecent = now - current.createdAt.getTime() < BATCH_RUN.oneRotationMs;
    const oldKey = currentKeys.find((key) => key !== newKey);
    return isNewer && isRecent && areSameKey(previous?.key, oldKey, keyType);
  };
  return currentKeys.find(
    (key) =>
      checkStoredKey(key, rules).length === 0 && histories.every((history) => fitsRotation(history, key)),
  );
}

function distinct(keys: KeyMaterial[], keyType: KeyType): KeyMaterial[] {
  return keys.filter((key, index) => keys.findIndex((other) => other.equals(key, keyType)) === index);
}
