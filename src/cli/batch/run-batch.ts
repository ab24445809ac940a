import { setFlagsFromString } from 'node:v8';
import { EXIT, type ExitCode, type Failure, Interrupted, isAccessDenied } from '../../failure.ts';
import { takeKeyVariables } from '../../key/index.ts';
import type { Manifest } from '../../manifest/fields.ts';
import { asManifest, inManifest, type ManifestInput, readManifest } from '../../manifest/index.ts';
import { manifestMessages } from '../../manifest/messages.ts';
import type { FailedKey, Outcomes } from '../../plan-types.ts';
import { type BatchEnding, batchMessages as messages } from '../../ui/batch-messages.ts';
import { setupMessages } from '../../ui/messages.ts';
import { createOutput, type Output } from '../../ui/output.ts';
import {
  allOutcomes,
  changesIn,
  missingFailure,
  outcomeLines,
  remainingLines,
  reportFailure,
  reportPermissionsCommand,
  watchInterrupts,
  withoutReported,
} from '../failure-output.ts';
import type { CommonOptions } from '../options.ts';
import { type CommandRun, runCommand } from '../run-command.ts';
import { regionsIn } from './manifest-secrets.ts';
import { printFailed } from './summary.ts';

/**
 * Runs a command for all keys of a manifest and returns the exit code. Prints failures of the command. First removes the variables
 * with keys from the environment, even if the command doesn't read the keys.
 * @throws Failure that lists the mistakes in the file
 */
export async function runWithManifest(
  path: string,
  common: CommonOptions,
  perform: (run: CommandRun, manifest: Manifest) => Promise<ExitCode>,
): Promise<number> {
  keepHeapSmall();
  const manifest = await readUntilInterrupted(path, createOutput(common));
  if (typeof manifest === 'number') return manifest;
  return runCommand(
    common,
    regionsIn(manifest),
    (run) => asManifest(() => perform(withKeyVariables(run, manifest), manifest)),
    manifest.account,
  );
}

/** Reads the manifest. If a signal arrives meanwhile, prints that and returns the exit code for the signal. */
async function readUntilInterrupted(path: string, output: Output): Promise<Manifest | number> {
  const report = (interrupted: Interrupted) => reportFailure(output, interrupted);
  const interrupts = watchInterrupts(output, () => undefined, report);
  try {
    return await readManifest(path, { interrupt: interrupts.signal, ...manifestReadOptions(output) });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    report(error);
    return interrupts.exitCode();
  } finally {
    interrupts.stop();
  }
}

/** Returns the run after moving the keys out of the environment, which every program for credentials lookup inherits. */
function withKeyVariables(run: CommandRun, { keys }: Manifest): CommandRun {
  const sources = keys.flatMap(({ answers }) => answers.keySource ?? []);
  return { ...run, keyInput: { ...run.keyInput, env: takeKeyVariables(sources, run.keyInput.env) } };
}

/** Returns options for reading a manifest: in a terminal, a notice that the program waits for the end of the manifest. */
export function manifestReadOptions(output: Output): ManifestInput {
  // Only a user at a terminal wonders why nothing happens.
  return process.stderr.isTTY ? { onWait: (name) => output.info(manifestMessages.waiting(name)) } : {};
}

/**
 * Marks the run as one over a manifest.
 * @throws Failure if the run can't prompt, and neither `--yes` nor `--dry-run` is given
 */
export function beginBatch({ common, interactive, outcomes }: CommandRun, dryRun: boolean): void {
  outcomes.isBatch = true;
  const confirmed = common.yes || common.sandbox || dryRun || interactive;
  if (!confirmed) throw missingFailure([setupMessages.missingItems.yes]);
}

/** Returns the keys that failed, with their names. In the failures, flags become fields of the manifest. */
export function failedAmong(names: string[], failures: (Failure | undefined)[]): FailedKey[] {
  return names.flatMap((name, index) => {
    const failure = failures[index];
    return failure ? [{ name, failure: inManifest(failure) }] : [];
  });
}

/** Prints which keys are skipped, before anything is done for the others. */
export function printSkipped(
  { output }: CommandRun,
  failed: FailedKey[],
  keyCount: number,
  end: BatchEnding,
): void {
  if (failed.length > 0) printFailed(output, failed, end.skippedTitle(failed.length, keyCount));
}

/** What `endOfBatch` reports. */
export interface BatchResult {
  failed: FailedKey[];
  /** The number of all keys. */
  keyCount: number;
  /** The outcomes that the summary has printed. Empty without a summary. */
  reported: Partial<Outcomes>;
  end: BatchEnding;
}

/** Prints which keys failed and what was done for them, and returns the exit code. */
export function endOfBatch(run: CommandRun, { failed, keyCount, reported, end }: BatchResult): ExitCode {
  const firstFailure = failed[0]?.failure;
  if (!firstFailure) return EXIT.done;
  const { output, outcomes } = run;
  const changed = allOutcomes(changesIn(outcomes)).length > 0;
  output.info();
  printFailed(output, failed, messages.failed(failed.length, keyCount));
  if (failed.some(({ failure }) => isAccessDenied(failure))) reportPermissionsCommand(output);
  for (const line of [...unreportedLines(outcomes, reported), ...remainingLines(outcomes)]) output.warn(line);
  const hasUnconfirmed = failed.some(({ failure }) => failure.unconfirmedAction);
  if (changed) output.warn(failed.length < keyCount ? end.howToContinue : end.howToContinueAfterAllFailed);
  else if (!hasUnconfirmed) output.warn(messages.noneDone);
  // If nothing was changed and all keys failed with the same exit code, the run has that exit code.
  const haveSameExitCode = failed.every(({ failure }) => failure.exitCode === firstFailure.exitCode);
  return failed.length === keyCount && haveSameExitCode && !changed && !hasUnconfirmed
    ? firstFailure.exitCode
    : EXIT.failed;
}

/** Returns the outcomes of the successful keys, and those that the run recorded for keys that failed later. */
export function withOutcomesOfFailed(outcomes: Outcomes, { outcomes: recorded }: CommandRun): Outcomes {
  const { secrets, policies, roles } = withoutReported(outcomes, recorded);
  return {
    ...outcomes,
    secrets: [...outcomes.secrets, ...secrets],
    policies: [...outcomes.policies, ...policies],
    roles: [...outcomes.roles, ...roles],
  };
}

/** Returns lines about the changes that the summary has not printed. */
function unreportedLines(outcomes: Outcomes, reported: Partial<Outcomes>): string[] {
  const unreported = withoutReported(reported, changesIn(outcomes));
  return allOutcomes(unreported).length > 0 ? [messages.unreported, ...outcomeLines(unreported)] : [];
}

/**
 * V8 flags that keep memory use about the same for 1,000 keys as for 10. Nearly all objects of a request are short-lived. But V8
 * lets the heap grow before it collects garbage, and compiles hot code, to be fast for hours. Here, AWS determines the run time,
 * and the build machine may be small.
 */
const V8_FLAGS = [
  // Collect garbage when the heap has grown by this percentage.
  '--heap-growing-percent=5',
  '--semi-space-growth-factor=1',
  '--optimize-for-size',
  // Disable the compilers, whose memory is not released. This costs a quarter more CPU time.
  '--no-opt',
  '--no-sparkplug',
];

/** Keeps the heap small from now on. Call it before there are many objects. */
function keepHeapSmall(): void {
  for (const flag of V8_FLAGS) setFlagsFromString(flag);
}
