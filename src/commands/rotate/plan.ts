import { findSecret, type ReadSecret } from '../../aws/secrets/find-in-regions.ts';
import { describeSecret, type SecretState } from '../../aws/secrets/index.ts';
import { hasAwsCode, isAccessDenied } from '../../failure.ts';
import type { CheckedKey, KeyMaterial, KeyRules } from '../../key/index.ts';
import { completeRequest } from '../../options/setup-request.ts';
import type { Change, SecretOutcome } from '../../plan-types.ts';
import { DECRYPT_ACTION } from '../../policy/index.ts';
import { conflictFailure } from '../../steps/conflict.ts';
import { arnConflicts, skippedRegionWarnings } from '../../steps/named-secret.ts';
import { inStep } from '../../steps/observe.ts';
import { storeSecret } from '../../steps/store-secret/index.ts';
import type { StepContext } from '../../steps/types.ts';
import { changeWarnings, rollbackWarnings, rotationConflicts, withoutReplicas } from './conflicts.ts';
import { rotateMessages as messages } from './messages.ts';
import { chooseRollback, type History, outcomeOf, rollBack, unfinishedKey } from './rollback.ts';

/** A secret that gets a new key. */
export interface RotationTarget {
  name: string;
  /** The Regions that the user named. Empty for all Regions that have the secret. */
  regions: string[];
  /** The ARNs that the user gave, which must be those of the secrets found. */
  arns: string[];
}

/** The plan for the secrets of one key, and the function that applies it. */
export interface Rotation {
  changes: Change[];
  warnings: string[];
  /** The expected outcomes. */
  expected: SecretOutcome[];
  /** The secrets that get a new value. */
  replaced: SecretState[];
  /** The new key of the replaced secrets, stored or rolled back to. Absent if no secret is replaced. */
  newKey?: KeyMaterial;
  /** The key to store. Absent for a rollback, which stores nothing. */
  keyToStore?: KeyMaterial;
  /** The rules for the new key. */
  rules: KeyRules;
  /** True if this program generates the new key. */
  generated: boolean;
  apply(context: StepContext): Promise<SecretOutcome[]>;
}

/**
 * Finds the secrets that get a new value.
 * @param readsValues false if a value that can't be decrypted is replaced anyway. Its version may be encrypted with an earlier
 *   KMS key, and only a new version fixes that.
 * @throws Failure with the conflicts if the secrets can't be written
 */
export async function findSecretsToRotate(
  { aws, secrets }: StepContext,
  { name, regions, arns, readsValues = true }: RotationTarget & { readsValues?: boolean },
): Promise<{ secrets: SecretState[]; warnings: string[] }> {
  const read: ReadSecret = async (region, id) => {
    try {
      return await secrets.read(region, id);
    } catch (error) {
      if (readsValues || !isUndecryptable(error)) throw error;
      const secret = await describeSecret(aws, region, id);
      return secret && { ...secret, undecryptable: true };
    }
  };
  const locations = await findSecret(aws, name, regions, read);
  const conflicts = [
    ...rotationConflicts(name, regions, locations),
    ...arnConflicts(arns, locations, await aws.identity()),
  ];
  if (conflicts.length > 0) throw conflictFailure(conflicts);
  return { secrets: withoutReplicas(locations.found), warnings: skippedRegionWarnings(locations) };
}

/** Returns true if the value's KMS key can't be used: the caller isn't allowed to, or the key is disabled or deleted. */
function isUndecryptable(error: unknown): boolean {
  return (
    (isAccessDenied(error) && error.awsAction === DECRYPT_ACTION) || hasAwsCode(error, 'DecryptionFailure')
  );
}

/** The secrets that get a new key, and the rules for the key. */
interface ReplacementRequest {
  name: string;
  /** The secrets with that name, one in each Region. */
  secrets: SecretState[];
  rules: KeyRules;
}

/**
 * Plans a new key for the secrets. If the new key is generated and a rotation stopped halfway within the last hour, the key of
 * that rotation is used instead.
 * @param histories the result of `readHistories`
 */
export async function planNewKey(
  context: StepContext,
  request: ReplacementRequest,
  { key: newKey, generated }: CheckedKey,
  histories: History[],
): Promise<Rotation> {
  const { secrets, rules } = request;
  const unfinished = generated ? unfinishedKey(histories, rules, context.aws.clients.now()) : undefined;
  const key = unfinished ?? newKey;
  const { input, plan } = await planReplacement(context, request, { key, generated });
  if (plan.conflicts.length > 0) {
    // The choices are options of `setup`, which `rotate` doesn't have.
    throw conflictFailure(plan.conflicts.map((conflict) => ({ ...conflict, choices: [] })));
  }
  const { secrets: expected = [] } = plan.expected;
  return {
    changes: plan.changes.map((change) =>
      change.action === 'update' ? { ...change, reason: messages.replace } : change,
    ),
    warnings: [
      ...(unfinished ? [messages.finishes] : []),
      ...changeWarnings(secrets, key, rules),
      ...plan.warnings,
    ],
    expected,
    replaced: secrets.filter(({ arn }) =>
      expected.some((outcome) => outcome.arn === arn && outcome.action === 'updated'),
    ),
    newKey: key,
    keyToStore: key,
    rules,
    generated,
    apply: async (applyContext) => {
      const output = await inStep(storeSecret.name, () => storeSecret.apply(applyContext, input, plan));
      return output.secrets ?? [];
    },
  };
}

/** Plans the new value as the first step of `setup` does with `--existing-key replace`, for secrets that have been read. */
async function planReplacement(
  context: StepContext,
  { name, secrets, rules }: ReplacementRequest,
  checked: CheckedKey,
) {
  const answers = {
    secretName: name,
    secretArns: [],
    regions: secrets.map(({ region }) => region),
    ...rules,
    existing: false,
    sourceAccount: true,
    sourceArns: [],
    tags: [],
    existingKey: 'replace' as const,
    restore: false,
    updateTrust: false,
    dryRun: false,
  };
  const request = completeRequest(answers, checked);
  const identity = await inStep(storeSecret.name, () => context.aws.identity());
  const input = { request, identity, secrets: [], policies: [], hasEarlierChanges: false };
  const targets = secrets.map((secret) => ({ region: secret.region, secret }));
  return { input, plan: storeSecret.plan(input, { targets }) };
}

/**
 * Plans a rollback to the key before the last rotation. Pure.
 * @param roleName the role that has to read the key, for the command in the conflict
 * @throws Failure with a conflict if there is no such key
 */
export function planRollback(histories: History[], rules: KeyRules, roleName: string | undefined): Rotation {
  const secrets = histories.map(({ secret }) => secret);
  const rollback = chooseRollback(histories, rules.keyType, roleName);
  if ('conflict' in rollback) throw conflictFailure([rollback.conflict]);
  return {
    changes: rollback.moves.map(({ secret, from, to }) =>
      from === to
        ? changeOf(secret, 'keep', messages.backAlready)
        : changeOf(secret, 'update', messages.back),
    ),
    warnings: rollbackWarnings(secrets, rollback.key, rules),
    expected: rollback.moves.map(outcomeOf),
    replaced: rollback.moves.filter(({ from, to }) => from !== to).map(({ secret }) => secret),
    newKey: rollback.key,
    rules,
    generated: false,
    apply: ({ aws, record }) => rollBack(aws, rollback, (secret) => record({ secrets: [secret] })),
  };
}

/** Returns a plan that leaves the secrets as they are. */
export function planUnchanged(secrets: SecretState[], rules: KeyRules, reason: string): Rotation {
  const expected: SecretOutcome[] = secrets.map(({ region, name, arn, versionId = null }) => ({
    region,
    name,
    arn,
    versionId,
    action: 'kept',
  }));
  return {
    changes: secrets.map((secret) => changeOf(secret, 'keep', reason)),
    warnings: [],
    expected,
    replaced: [],
    rules,
    generated: false,
    apply: async () => expected,
  };
}

function changeOf({ name, region }: SecretState, action: Change['action'], reason: string): Change {
  return { action, resource: 'secret', name, region, reason };
}
