import type { ReadBackResult } from '../../checks/setup/index.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import { regionsIn } from '../../cli/batch/manifest-secrets.ts';
import {
  beginBatch,
  endOfBatch,
  failedAmong,
  printSkipped,
  runWithManifest,
  withOutcomesOfFailed,
} from '../../cli/batch/run-batch.ts';
import { showBatch } from '../../cli/batch/summary.ts';
import { printJson, setupMembers } from '../../cli/json.ts';
import { type ShownSettings, showSettings } from '../../cli/next-commands.ts';
import type { CommonOptions } from '../../cli/options.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { printChanges, showAccount } from '../../cli/step-context.ts';
import type { ExitCode } from '../../failure.ts';
import type { Manifest } from '../../manifest/fields.ts';
import { loadKeys } from '../../manifest/index.ts';
import { completeRequest, type SetupRequest } from '../../options/setup-request.ts';
import { namesOfKeys } from '../../steps/groups.ts';
import { canProceed } from '../../steps/plan.ts';
import { blockerOf, expectedResults, type SetupResult } from '../../steps/results.ts';
import type { SecretRef } from '../../steps/types.ts';
import { batchEndings, batchMessages as messages } from '../../ui/batch-messages.ts';
import { setupMessages } from '../../ui/messages.ts';
import { applyKeys, encryptionSettings, outcomesOf, planKeys } from './keys.ts';
import { documentChecks, outdatedOf, readBackKeys, undecidedChecks } from './read-back.ts';

/** The options of `setup --manifest`, besides the manifest. */
export interface ManifestSetupOptions {
  dryRun: boolean;
  /** True to restore secrets that are scheduled for deletion, regardless of the file. */
  restore: boolean;
  /** The settings to print for each key, if any. */
  show?: ShownSettings;
}

/**
 * Runs `setup --manifest` and returns the exit code. Prints failures.
 * @throws Failure if the manifest has mistakes
 */
export function runSetupManifest(
  { path, ...options }: ManifestSetupOptions & { path: string },
  common: CommonOptions,
): Promise<number> {
  return runWithManifest(path, common, (run, manifest) => performSetupManifest(run, manifest, options));
}

/** Reads the current state, plans, confirms, applies and checks, for all keys of a manifest. */
export async function performSetupManifest(
  run: CommandRun,
  manifest: Manifest,
  { dryRun, restore, show }: ManifestSetupOptions,
): Promise<ExitCode> {
  beginBatch(run, dryRun);
  const planned = await planKeys(run, await requestsOf(run, manifest, restore));
  const { plan, requests } = planned;
  await showAccount(run);
  const proceedingKeys = plan.keys.filter(canProceed);
  const nothingToDo = messages.nothingToDo.setup(proceedingKeys.length, requests.length);
  // Except in a dry run, `nothingToDo` is printed after the checks, which decide whether a key is in place.
  const subject = setupMessages.manifestSubject(manifest.commandPath, requests.length, regionsIn(manifest));
  const printOptions = { dryRun, subject, nothingToDo: dryRun ? nothingToDo : undefined };
  const hasChanges =
    (proceedingKeys.length > 0 || requests.length === 0) && printChanges(run, plan, printOptions);
  if (dryRun) return finish(run, { requests, manifest }, expectedResults(plan));
  if (hasChanges) {
    // Without changes, the end of the run lists the blocked keys.
    const blocked = failedAmong(namesOfKeys(requests), plan.keys.map(blockerOf));
    printSkipped(run, blocked, requests.length, batchEndings.setup);
    if (run.interactive) await (await import('../../cli/questions/context.ts')).confirm(run, plan);
  }
  const result = await applyKeys(run, planned);
  const outdated = outdatedOf(planned.outdated, result);
  const readBackResults = await readBackKeys(run, requests, result, outdated);
  const usableCount = result.keys.filter(({ failure }) => !failure).length;
  if (!hasChanges && (usableCount > 0 || requests.length === 0))
    run.output.info(messages.nothingToDo.setup(usableCount, requests.length));
  // Reading back may have added failures.
  const currentOutdated = outdatedOf(planned.outdated, result);
  return finish(run, { requests, manifest, show }, result, { readBackResults, outdated: currentOutdated });
}

async function requestsOf(
  { output, keyInput }: CommandRun,
  manifest: Manifest,
  restore: boolean,
): Promise<SetupRequest[]> {
  const { keys, warnings } = await loadKeys(manifest, keyInput);
  for (const warning of warnings) output.warn(`${setupMessages.warning}: ${warning}`);
  return manifest.keys.map(({ answers }, index) =>
    completeRequest({ ...answers, restore: restore || answers.restore }, keys[index]),
  );
}

/** Returns the first secret in which this run stored a key that it generated. */
function generatedIn(requests: SetupRequest[], { keys }: SetupResult): SecretRef | undefined {
  const secrets = requests.flatMap(({ secret }, index) =>
    secret.kind === 'store' && secret.generated ? (keys[index]?.secrets ?? []) : [],
  );
  return secrets.find(({ action }) => action === 'created' || action === 'updated');
}

/** Returns the result without the keys that failed, and without the roles and policies that only these keys use. */
function usableIn(result: SetupResult): SetupResult {
  const { keys } = result;
  const roles = result.roles.filter((role) => role.keyIndexes.some((index) => !keys[index]?.failure));
  return {
    keys: keys.filter(({ failure }) => !failure),
    roles,
    policies: [...new Set(roles.flatMap(({ policies }) => policies))],
  };
}

/** The keys of a manifest, and what to print about them. */
interface BatchRequest extends Pick<ManifestSetupOptions, 'show'> {
  requests: SetupRequest[];
  manifest: Manifest;
}

/**
 * Prints the outcomes and the failed keys, and returns the exit code.
 * @param readBackResults absent in a dry run
 */
async function finish(
  run: CommandRun,
  { requests, manifest, show }: BatchRequest,
  result: SetupResult,
  { readBackResults, outdated = [] }: { readBackResults?: ReadBackResult[]; outdated?: VerifyCheck[] } = {},
): Promise<ExitCode> {
  const { aws, output } = run;
  const failures = result.keys.map(({ failure }) => failure);
  const failed = failedAmong(namesOfKeys(requests), failures);
  const dryRun = readBackResults === undefined;
  const showsSummary = !dryRun && failed.length < requests.length;
  const usableOutcomes = outcomesOf(usableIn(result));
  if (output.options.json) {
    const encryption = await encryptionSettings(requests, result, dryRun);
    const checks = documentChecks(readBackResults, outdated);
    const { account, partition } = await aws.identity();
    const outcomes = withOutcomesOfFailed({ ...outcomesOf(result), isBatch: true }, run);
    printJson(output, setupMembers({ account, partition, outcomes, encryption, checks, dryRun, failed }));
  } else if (showsSummary) {
    output.info();
    showBatch(output, usableOutcomes, {
      manifest: manifest.commandPath,
      keys: requests.length - failed.length,
      hasFailures: failed.length > 0,
      generated: generatedIn(requests, result),
      sandbox: run.common.sandbox,
      hasUndecidedChecks: undecidedChecks(readBackResults).length > 0,
      outdated,
    });
    const encryption = await encryptionSettings(requests, result, dryRun);
    await showSettings(output, encryption, { shown: show, asks: false });
  }
  const reported = showsSummary ? usableOutcomes : {};
  return endOfBatch(run, { failed, keyCount: requests.length, reported, end: batchEndings.setup });
}
