import { findSecret } from '../aws/everywhere.ts';
import type { FoundSecret } from '../aws/secrets.ts';
import type { CheckedKey, KeyMaterial, KeyRules } from '../key/index.ts';
import type { Change, Conflict, SecretOutcome } from '../report/types.ts';
import { rotateWords as words } from '../report/words/rotate.ts';
import { conflictFailure } from '../steps/conflict.ts';
import { otherThanGiven, whereWarnings } from '../steps/named-secret.ts';
import type { StepContext } from '../steps/types.ts';
import { halfDoneKey } from './half-done.ts';
import { applyReplacement, planReplacement } from './new-key.ts';
import { changeWarnings, obstacles, primaries, rollbackWarnings } from './obstacles.ts';
import { planRollback, readHistories, rollBack } from './rollback.ts';

/** Which secret gets another key. */
export interface RotationTarget {
  name: string;
  /** The Regions that were named; none means every Region it lives in. */
  regions: string[];
  /** The ARNs that were given, which must be those of the secrets found. */
  arns: string[];
}

/** What will be done, and how to do it. */
export interface Rotation {
  changes: Change[];
  warnings: string[];
  /** The secrets as they will be. */
  expected: SecretOutcome[];
  /** The key that the secrets will hold; absent when it goes back to another version. */
  key?: KeyMaterial;
  /** What the key that comes is. */
  rules: KeyRules;
  /** Set when the key that comes is one that this program makes. */
  generated: boolean;
  apply(context: StepContext): Promise<SecretOutcome[]>;
}

/**
 * Finds the secrets that shall get another value.
 * @throws Failure with the conflicts when they cannot be written
 */
export async function findToRotate(
  { aws }: StepContext,
  { name, regions, arns }: RotationTarget,
): Promise<{ secrets: FoundSecret[]; warnings: string[] }> {
  const where = await findSecret(aws, name, regions);
  const conflicts = [...obstacles(name, regions, where), ...otherThanGiven(arns, where)];
  if (conflicts.length > 0) throw conflictFailure(conflicts);
  return { secrets: primaries(where.found), warnings: whereWarnings(where, regions) };
}

/** Plans a new key for the secrets. A generated one yields to that of a rotation which stopped half-way. */
export async function planNewKey(
  context: StepContext,
  name: string,
  secrets: FoundSecret[],
  rules: KeyRules,
  checked: CheckedKey,
): Promise<Rotation> {
  const unfinished = checked.generated ? await halfDoneKey(context.aws, secrets, rules) : undefined;
  const key = unfinished ?? checked.key;
  const regions = secrets.map(({ region }) => region);
  const { generated } = checked;
  const replacement = await planReplacement(context, { name, regions, rules }, { key, generated });
  const { plan } = replacement;
  const conflicts = [...plan.conflicts, ...goneMeanwhile(plan.changes)];
  if (conflicts.length > 0) throw conflictFailure(conflicts);
  return {
    changes: plan.changes,
    warnings: [
      ...(unfinished ? [words.finishes] : []),
      ...changeWarnings(secrets, key, rules),
      ...plan.warnings,
    ],
    expected: plan.expected.secrets ?? [],
    key,
    rules,
    generated,
    apply: async (context) => (await applyReplacement(context, replacement)).secrets ?? [],
  };
}

/** A secret that was there a moment ago, and that storing the key would make again. */
function goneMeanwhile(changes: Change[]): Conflict[] {
  return changes
    .filter(({ action }) => action === 'create')
    .map(({ name, region = '' }) => ({
      found: words.absent(name, region),
      details: [words.absentHint],
      choices: [],
    }));
}

/** Plans to make the key before the last rotation the current one again. */
export async function planGoingBack(
  context: StepContext,
  secrets: FoundSecret[],
  rules: KeyRules,
): Promise<Rotation> {
  const rollback = planRollback(await readHistories(context.aws, secrets), rules.keyType);
  if ('conflict' in rollback) throw conflictFailure([rollback.conflict]);
  return {
    changes: rollback.back.map(({ secret: { name, region }, from, to }) => ({
      action: from === to ? 'keep' : 'update',
      resource: 'secret',
      name,
      region,
      reason: from === to ? words.backAlready : words.back,
    })),
    warnings: rollbackWarnings(secrets, rollback.key, rules),
    expected: rollback.back.map(({ secret: { region, name, arn }, from, to }) => ({
      region,
      name,
      arn,
      versionId: to,
      action: from === to ? 'kept' : 'updated',
    })),
    rules,
    generated: false,
    apply: ({ aws, record }) => rollBack(aws, rollback, (secret) => record({ secrets: [secret] })),
  };
}
