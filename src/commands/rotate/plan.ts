import { findSecret, type ReadSecret } from '../../aws/secrets/find-in-regions.ts';
import { describeSecret, type SecretState } from '../../aws/secrets/index.ts';
import { hasAwsCode, isAccessDenied } from '../../failure.ts';
import type { CheckedKey, KeyMaterial, KeyRules } from '../../key/index.ts';
import { completeRequest, type SetupRequest } from '../../options/setup-request.ts';
import type { Change, SecretOutcome } from '../../plan-types.ts';
import { DECRYPT_ACTION } from '../../policy/index.ts';
import { conflictFailure } from '../../steps/conflict.ts';
import { arnConflicts, skippedRegionWarnings } from '../../steps/named-secret.ts';
import { inStep } from '../../steps/observe.ts';
import type { SecretPlan } from '../../steps/store-secret/decision-types.ts';
import { storeSecret } from '../../steps/store-secret/index.ts';
import type { StepContext, StepInput, StepOutput } from '../../steps/types.ts';
import { changeWarnings, obstacles, primaries, rollbackWarnings } from './conflicts.ts';
import { rotateMessages as messages } from './messages.ts';
import { chooseRollback, type History, readHistories, rollBack, unfinishedKey } from './rollback.ts';

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
 * @throws Failure with the conflicts if they can't be written
 */
export async function findToRotate(
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
    ...obstacles(name, regions, locations),
    ...arnConflicts(arns, locations, await aws.identity()),
  ];
  if (conflicts.length > 0) throw conflictFailure(conflicts);
  return { secrets: primaries(locations.found), warnings: skippedRegionWarnings(locations) };
}

/** Returns true if the value's KMS key can't be used: the caller isn't allowed to, or the key is disabled or deleted. */
function isUndecryptable(error: unknown): boolean {
  return (
    (isAccessDenied(error) && error.awsAction === DECRYPT_ACTION) || hasAwsCode(error, 'DecryptionFailure')
  );
}

/**
 * Plans a new key for the secrets. If the new key is generated and a rotation stopped halfway within the last hour, the key of
 * that rotation is used instead.
 * @param histories the result of `historiesFor`
 */
export async function planNewKey(
  context: StepContext,
  { name, secrets, rules }: ReplacementRequest,
  checked: CheckedKey,
  histories: History[],
): Promise<Rotation> {
  const unfinished = checked.generated
    ? unfinishedKey(histories, rules, context.aws.clients.now())
    : undefined;
  const key = unfinished ?? checked.key;
  const { generated } = checked;
  const replacement = await planReplacement(context, { name, secrets, rules }, { key, generated });
  const { plan } = replacement;
  if (plan.conflicts.length > 0) {
    // The choices are options of `setup`, which `rotate` doesn't have.
    throw conflictFailure(plan.conflicts.map((conflict) => ({ ...conflict, choices: [] })));
  }
  return {
    changes: plan.changes,
    warnings: [
      ...(unfinished ? [messages.finishes] : []),
      ...changeWarnings(secrets, key, rules),
      ...plan.warnings,
    ],
    expected: plan.expected.secrets ?? [],
    replaced: secrets.filter(({ arn }) =>
      plan.expected.secrets?.some((each) => each.arn === arn && each.action === 'updated'),
    ),
    newKey: key,
    keyToStore: key,
    rules,
    generated,
    apply: async (applyContext) => (await applyReplacement(applyContext, replacement)).secrets ?? [],
  };
}

/**
 * Plans a rollback to the key before the last rotation. Pure.
 * @param roleName the role that has to read it, for the command that stores a different key
 * @throws Failure with a conflict if there is no such key
 */
export function planRollback(histories: History[], rules: KeyRules, roleName: string | undefined): Rotation {
  const secrets = histories.map(({ secret }) => secret);
  const rollback = chooseRollback(histories, rules.keyType, roleName);
  if ('conflict' in rollback) throw conflictFailure([rollback.conflict]);
  return {
    changes: rollback.moves.map(({ secret: { name, region }, from, to }) => ({
      action: from === to ? 'keep' : 'update',
      resource: 'secret',
      name,
      region,
      reason: from === to ? messages.backAlready : messages.back,
    })),
    warnings: rollbackWarnings(secrets, rollback.key, rules),
    expected: rollback.moves.map(({ secret: { region, name, arn }, from, to }) => ({
      region,
      name,
      arn,
      versionId: to,
      action: from === to ? 'kept' : 'updated',
    })),
    replaced: rollback.moves.filter(({ from, to }) => from !== to).map(({ secret }) => secret),
    newKey: rollback.key,
    rules,
    generated: false,
    apply: ({ aws, record }) => rollBack(aws, rollback, (secret) => record({ secrets: [secret] })),
  };
}

/** Returns a plan that leaves the secrets as they are. */
export function planUnchanged(secrets: SecretState[], rules: KeyRules, reason: string): Rotation {
  const expected = secrets.map(
    ({ region, name, arn, versionId }): SecretOutcome => ({
      region,
      name,
      arn,
      versionId: versionId ?? null,
      action: 'kept',
    }),
  );
  return {
    changes: secrets.map(({ name, region }) => ({
      action: 'keep',
      resource: 'secret',
      name,
      region,
      reason,
    })),
    warnings: [],
    expected,
    replaced: [],
    rules,
    generated: false,
    apply: async () => expected,
  };
}

/** A new value for existing secrets: what the first step of `setup` does with `--existing-key replace`. */
interface Replacement {
  input: StepInput<SetupRequest>;
  plan: SecretPlan;
}

/** The secrets that get a new key, and the rules for the key. */
interface ReplacementRequest {
  name: string;
  /** The secrets with that name, one in each Region. */
  secrets: SecretState[];
  rules: KeyRules;
}

/**
 * Returns the histories of the secrets if their new key is generated, to find the generated key of an unfinished rotation.
 * Returns nothing for a key that the user gives, because the current values show whether a secret has it.
 */
export async function historiesFor(
  { generated }: CheckedKey,
  { aws }: StepContext,
  secrets: SecretState[],
): Promise<History[]> {
  return generated ? readHistories(aws, secrets) : [];
}

/** Plans the replacement as the first step of `setup`, with the secrets that were read. */
async function planReplacement(
  context: StepContext,
  { name, secrets, rules }: ReplacementRequest,
  checked: CheckedKey,
): Promise<Replacement> {
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
  return {
    input,
    plan: storeSecret.plan(input, { targets: secrets.map((secret) => ({ region: secret.region, secret })) }),
  };
}

/** Stores the new value in all Regions. */
function applyReplacement(context: StepContext, { input, plan }: Replacement): Promise<StepOutput> {
  return inStep(storeSecret.name, () => storeSecret.apply(context, input, plan));
}
