import { verdictOf } from '../../checks/verify/report/report.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import {
  placesOf,
  regionsIn,
  rotatesOnlyWrong,
  secretsOf,
  verifiedEntry,
} from '../../cli/batch/manifest-secrets.ts';
import {
  beginBatch,
  endOfBatch,
  failedAmong,
  printSkipped,
  runWithManifest,
  withOutcomesOfFailed,
} from '../../cli/batch/run-batch.ts';
import { failedMembers, printJson, remainingMembers, secretMembers } from '../../cli/json.ts';
import { taggedType } from '../../cli/key-options.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { type ReplacedSecrets, type UsersOfKey, usersOfReplaced } from '../../cli/replaced-users.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { printChanges, showAccount, stepContext } from '../../cli/step-context.ts';
import { type Attempt, EXIT, type ExitCode } from '../../failure.ts';
import type { Manifest, ManifestKey } from '../../manifest/fields.ts';
import { loadKeys } from '../../manifest/index.ts';
import { keyRules, keyTypeIsUnknown } from '../../options/setup-request.ts';
import { keyConflictFailure } from '../../steps/conflict.ts';
import { disambiguated } from '../../steps/groups.ts';
import { batchEndings, batchMessages } from '../../ui/batch-messages.ts';
import { setupMessages } from '../../ui/messages.ts';
import { changesAnything, type ShownPlan } from '../../ui/plan.ts';
import { counter } from '../../ui/progress.ts';
import { applyRotations, checkRotations, type ManifestRotation, type RotatedKey } from './batch-apply.ts';
import { planRotations } from './batch-plan.ts';
import { rotateMessages as messages } from './messages.ts';
import type { Rotation } from './plan.ts';
import { commandsForManifest, type RotationSummary, showRotation } from './summary.ts';

/** The options of `rotate --manifest`, besides the manifest. */
export interface ManifestRotateOptions {
  /** True to roll back all keys. */
  rollback: boolean;
  dryRun: boolean;
}

/**
 * Runs `rotate --manifest` and returns the exit code. Prints failures.
 * @throws Failure if the manifest has mistakes
 */
export function runRotateManifest(
  path: string,
  options: ManifestRotateOptions,
  common: CommonOptions,
): Promise<number> {
  return runWithManifest(path, common, (run, manifest) => performRotateManifest(run, manifest, options));
}

/** Reads, plans, confirms, applies and checks, like `rotate`, for all keys of a manifest. */
export async function performRotateManifest(
  run: CommandRun,
  manifest: Manifest,
  { rollback, dryRun }: ManifestRotateOptions,
): Promise<ExitCode> {
  beginBatch(run, dryRun);
  const keys = await keysOf(run, manifest, rollback);
  const context = stepContext(run, { withPolicies: false });
  run.progress.start(messages.lookingForAll);
  const planned = await planRotations(context, keys, counter(run.progress, keys.length));
  run.progress.stop();
  const users = await usersOfReplaced(run, planned.rotations.map(replacedBy), { isRollback: rollback });
  const rotations = planned.rotations.map((rotation, index) => unlessBlocked(rotation, users.keys[index]));
  const manifestRotation = { keys, rotations, rollback, users: users.keys };
  const { changes, warnings } = planOf(manifestRotation, planned.warnings, manifest.keys.length);
  const userWarnings = users.keys.flatMap((key) => (key.conflicts.length > 0 ? [] : key.warnings));
  const plan = { changes, warnings: [...warnings, ...userWarnings, ...users.unseen] };
  await showAccount(run);
  const expected = asPlanned(manifestRotation);
  const failed = failedOf(manifestRotation, expected);
  const kind = rollback ? 'rollback' : 'rotate';
  const haveAllFailed = keys.length > 0 && failed.length === keys.length;
  const hasChanges =
    !haveAllFailed &&
    printChanges(run, plan, {
      dryRun,
      subject: setupMessages.manifestSubject(manifest.commandPath, keys.length, regionsIn(manifest)),
      nothingToDo: batchMessages.nothingToDo[kind](keys.length - failed.length, keys.length),
    });
  if (dryRun) return finish(run, manifestRotation, expected);
  if (hasChanges) printSkipped(run, failed, keys.length, batchEndings[kind]);
  if (hasChanges && run.interactive)
    await (await import('../../cli/questions/context.ts')).confirm(run, plan);
  const results = hasChanges ? await applyRotations(run, context, manifestRotation) : expected;
  return finish(run, manifestRotation, results, await checkRotations(run, manifestRotation, results));
}

/** Returns the secrets that get a new value, and their new key. */
function replacedBy(rotation: Attempt<Rotation>): ReplacedSecrets {
  if ('failure' in rotation) return { secrets: [], key: undefined };
  const { replaced, newKey } = rotation.value;
  return { secrets: replaced, key: newKey };
}

/** Returns the rotation, or a failure if users of its secrets can't use the new key. */
function unlessBlocked(rotation: Attempt<Rotation>, users: UsersOfKey | undefined): Attempt<Rotation> {
  const { conflicts = [] } = users ?? {};
  return conflicts.length > 0 ? { failure: keyConflictFailure(conflicts) } : rotation;
}

/** Returns the keys of the manifest, each with its secret. A rollback doesn't read the keys. */
async function keysOf(
  { aws, output, keyInput }: CommandRun,
  manifest: Manifest,
  rollback: boolean,
): Promise<ManifestRotation['keys']> {
  const entries = manifest.keys.filter(({ answers }) => answers.keySource !== undefined);
  const { keys, warnings } = rollback
    ? { keys: [], warnings: [] }
    : await loadKeys({ ...manifest, keys: entries }, keyInput, (entry) => taggedType(aws, placesOf(entry)));
  for (const warning of warnings) output.warn(`${setupMessages.warning}: ${warning}`);
  const verifyOptions = { path: manifest.commandPath, rotates: !rollback && rotatesOnlyWrong(manifest) };
  return entries.flatMap((entry, index) => {
    const checked = keys[index];
    const verified = verifiedEntry(entry, verifyOptions);
    return secretsOf(entry).map(({ name, regions, arns }) => ({
      target: { name, regions, arns },
      rules: keyRules(entry.answers),
      isTypeGuessed: isTypeGuessed(entry, rollback),
      manifest: verified,
      roleName: verified.roleName,
      checked,
    }));
  });
}

/** Returns true if nothing in the manifest gives the type of a key. For a rollback, the key source is irrelevant. */
function isTypeGuessed({ answers }: ManifestKey, rollback: boolean): boolean {
  const { keySource: _source, ...others } = answers;
  return keyTypeIsUnknown(rollback ? others : answers);
}

/**
 * Returns the changes and the warnings to print.
 * @param entryCount the number of the manifest's entries, including those that name no key
 */
function planOf(
  { keys, rotations, rollback }: ManifestRotation,
  batchWarnings: string[],
  entryCount: number,
): ShownPlan {
  const changes = rotations.flatMap((rotation) => ('value' in rotation ? rotation.value.changes : []));
  const names = disambiguated(keys.map(({ target }) => target));
  const keyWarnings = rotations.flatMap((rotation, index) => {
    const name = names[index] ?? '';
    const warnings = 'value' in rotation ? rotation.value.warnings : [];
    return warnings.map((warning) => batchMessages.ofOne(name, warning));
  });
  const withoutKey = entryCount - keys.length;
  return {
    changes,
    warnings: [
      ...(changesAnything(changes) ? [messages.breaks({ rollback })] : []),
      ...batchWarnings,
      ...(withoutKey > 0 ? [messages.noKeyNamed(withoutKey)] : []),
      ...keyWarnings,
    ],
  };
}

function asPlanned({ rotations }: ManifestRotation): RotatedKey[] {
  return rotations.map((rotation) => ('value' in rotation ? { value: rotation.value.expected } : rotation));
}

function failedOf({ keys }: ManifestRotation, results: RotatedKey[]) {
  const names = disambiguated(keys.map(({ target }) => target));
  const failures = results.map((result) => ('failure' in result ? result.failure : undefined));
  return failedAmong(names, failures);
}

/**
 * Prints the result and returns the exit code.
 * @param secretChecks the checks of `verify`; absent in a dry run
 */
async function finish(
  run: CommandRun,
  rotation: ManifestRotation & { users: UsersOfKey[] },
  results: RotatedKey[],
  secretChecks?: VerifyCheck[],
): Promise<ExitCode> {
  const outdated = results.flatMap((result, index) =>
    'value' in result ? (rotation.users[index]?.outdated ?? []) : [],
  );
  const checks = secretChecks && [...secretChecks, ...outdated];
  const { aws, output } = run;
  const failed = failedOf(rotation, results);
  const rotated = results.flatMap((result) => ('value' in result ? result.value : []));
  if (output.options.json) {
    const { account, partition } = await aws.identity();
    const { secrets } = withOutcomesOfFailed({ secrets: rotated, policies: [], roles: [] }, run);
    printJson(output, {
      dryRun: checks ? undefined : true,
      account,
      partition,
      secrets: secrets.map(secretMembers),
      verdict: checks && verdictOf(checks),
      checks,
      ...remainingMembers(run.outcomes),
      ...failedMembers(failed),
    });
  } else if (secretChecks && failed.length < results.length) {
    showResult(run, rotation, results, { checks: secretChecks, outdated });
  }
  const code = endOfBatch(run, {
    failed,
    keyCount: results.length,
    reported: { secrets: rotated },
    end: batchEndings[rotation.rollback ? 'rollback' : 'rotate'],
  });
  // Undecided checks are reported, but the new keys are in place.
  return code === EXIT.done && checks && verdictOf(checks) === 'failed' ? EXIT.failed : code;
}

/** Prints which keys of the manifest are new, and what to do next. */
function showResult(
  { output }: CommandRun,
  { keys, rollback }: ManifestRotation,
  results: RotatedKey[],
  { checks, outdated }: Pick<RotationSummary, 'checks' | 'outdated'>,
): void {
  const doneKeys = keys.filter((_, index) => 'value' in (results[index] ?? {}));
  showRotation(output, {
    keys: results.flatMap((result) => ('value' in result ? [result.value] : [])),
    rollback,
    isBatch: true,
    checks,
    outdated,
    roleNames: [...new Set(doneKeys.map(({ manifest }) => manifest.roleName))],
    commands: commandsForManifest(keys[0]?.manifest.path ?? ''),
  });
}
