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

/** Moves a secret's label `AWSCURRENT` between two versions, by version ID. Both are the same if the secret stays as it is. */
interface VersionMove {
  secret: SecretState;
  from: string;
  to: string;
}

/** The key to roll back to, and the move for each secret; or why there is no key that all Regions could roll back to. */
export type Rollback = { key: KeyMaterial; moves: VersionMove[] } | { conflict: Conflict };

/** Reads the previous versions of secrets whose current values were just read. A secret without a value has no history. */
export async function readHistories(aws: Aws, secrets: SecretState[]): Promise<History[]> {
  const histories = await Promise.all(
    secrets.map(async (secret) => {
      const current = currentOf(secret);
      const hasPrevious = current !== undefined && secret.previousVersionId !== undefined;
      const previous = hasPrevious ? await readStage(aws, secret, 'AWSPREVIOUS') : undefined;
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
  if (!first) return { conflict: blockedBy(messages.noHistory, messages.noHistoryHint) };
  const sharedVersions = versionsOf(first).filter(({ key }) =>
    others.every((history) => holds(history, key, keyType)),
  );
  const targetKey = [...sharedVersions].sort(byAge)[0]?.key;
  const possibleMoves = histories.map((history) => moveTo(history, targetKey, keyType));
  const moves = possibleMoves.filter((move) => move !== undefined);
  const isRolledBack = histories.some(
    ({ current, previous }) => previous && current.createdAt < previous.createdAt,
  );
  const changesNothing = moves.every(({ from, to }) => from === to);
  if (!targetKey || (changesNothing && !isRolledBack) || moves.length < possibleMoves.length)
    return { conflict: noCommonKey(histories, keyType, roleName) };
  return { key: targetKey, moves };
}

function noCommonKey(histories: History[], keyType: KeyType, roleName: string | undefined): Conflict {
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

/** Returns the move to the version with the key; undefined if neither version has it. */
function moveTo(
  { secret, current, previous }: History,
  key: KeyMaterial | undefined,
  keyType: KeyType,
): VersionMove | undefined {
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
  { moves }: Extract<Rollback, { moves: unknown }>,
  record: (outcome: SecretOutcome) => void,
): Promise<SecretOutcome[]> {
  const outcomes: SecretOutcome[] = [];
  const movesInOrder = [...moves].sort((a, b) => a.secret.region.localeCompare(b.secret.region));
  for (const { secret, from, to } of movesInOrder) {
    if (from !== to && !(await makeCurrent(aws, secret, { from, to }))) {
      // The first attempt of this very request may have made it current although its response was lost.
      await demandCurrent(aws, secret, to);
    }
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

/** @throws Failure with a conflict if the version is not the current one */
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
 * @param now the time of AWS's clock, which dates the versions, in milliseconds
 */
export function unfinishedKey(histories: History[], rules: KeyRules, now: number): KeyMaterial | undefined {
  const { keyType } = rules;
  const currentKeys = distinct(
    histories.flatMap(({ current }) => current.key ?? []),
    keyType,
  );
  if (currentKeys.length !== 2) return undefined;
  /** Returns true if a Region fits a rotation to `newKey`: it has either replaced the old key with it lately, or never had it. */
  const fitsRotation = ({ current, previous }: History, newKey: KeyMaterial): boolean => {
    if (!isSame(current.key, newKey, keyType)) return !isSame(previous?.key, newKey, keyType);
    const isNewer = previous !== undefined && current.createdAt > previous.createdAt;
    const isRecent = now - current.createdAt.getTime() < BATCH_RUN.oneRotationMs;
    const oldKey = currentKeys.find((key) => key !== newKey);
    return isNewer && isRecent && isSame(previous?.key, oldKey, keyType);
  };
  return currentKeys.find(
    (key) =>
      checkStoredKey(key, rules).length === 0 && histories.every((history) => fitsRotation(history, key)),
  );
}

function distinct(keys: KeyMaterial[], keyType: KeyType): KeyMaterial[] {
  return keys.filter((key, index) => keys.findIndex((other) => other.sameKey(key, keyType)) === index);
}
