import { setFlagsFromString } from 'node:v8';
import { EXIT, type ExitCode, type Failure, Interrupted } from '../../failure.ts';
import { takeVariables } from '../../key/index.ts';
import { asManifest, inManifest, type ManifestInput, readManifest } from '../../manifest/index.ts';
import { manifestMessages } from '../../manifest/messages.ts';
import type { Manifest } from '../../manifest/types.ts';
import type { FailedKey, Outcomes } from '../../plan-types.ts';
import { type BatchEnding, batchMessages as messages } from '../../ui/batch-messages.ts';
import { setupMessages } from '../../ui/messages.ts';
import { createOutput, type Output } from '../../ui/output.ts';
import { apartFrom, changesIn, leftToDo, listed, listOf } from '../failure.ts';
import { missingFailure, tell, watchInterrupts } from '../failure-output.ts';
import type { CommonOptions } from '../options.ts';
import { type CommandRun, runCommand } from '../run-command.ts';
import { regionsIn } from './manifest-secrets.ts';
import { printFailed } from './summary.ts';

/**
 * Runs a command for all keys of a manifest and returns the exit code. Mistakes in the file are thrown, all others are printed by
 * then. The variables that hold the keys are taken out of the environment first, whether or not the command reads them.
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

/** Returns the manifest, or the exit code of a signal that came before its end, which is printed then. */
async function readUntilInterrupted(path: string, output: Output): Promise<Manifest | number> {
  const report = (interrupted: Interrupted) => tell(output, interrupted);
  const interrupts = watchInterrupts(output, () => undefined, report);
  try {
    return await readManifest(path, { interrupt: interrupts.signal, ...waitingFor(output) });
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    report(error);
    return interrupts.exitCode();
  } finally {
    interrupts.stop();
  }
}

/** Returns the run with the keys taken out of the environment, which every program that looks for credentials inherits. */
function withKeyVariables(run: CommandRun, { keys }: Manifest): CommandRun {
  const sources = keys.flatMap(({ answers }) => answers.keySource ?? []);
  return { ...run, keyInput: { ...run.keyInput, env: takeVariables(sources, run.keyInput.env) } };
}

/** Returns a function that says in a terminal that the program waits for the end of a manifest. */
export function waitingFor(output: Output): ManifestInput {
  // Only in a terminal does someone wonder why nothing happens.
  return process.stderr.isTTY ? { onWait: (name) => output.say(manifestMessages.waiting(name)) } : {};
}

/** Where no questions can be asked, --yes or --dry-run must be given. */
export function beginBatch({ common, interactive, outcomes }: CommandRun, dryRun: boolean): void {
  outcomes.ofManifest = true;
  const confirmed = common.yes || common.sandbox || dryRun || interactive;
  if (!confirmed) throw missingFailure([setupMessages.missingItems.yes]);
}

/** The keys of many that failed, with their names. A flag that they speak of is a member of the file here. */
export function failedAmong(names: string[], failures: (Failure | undefined)[]): FailedKey[] {
  return names.flatMap((name, at) => {
    const failure = failures[at];
    return failure ? [{ name, failure: inManifest(failure) }] : [];
  });
}

/** Tells which keys nothing will be done for, before something is done for the others. */
export function printSkipped(
  { output }: CommandRun,
  failed: FailedKey[],
  all: number,
  end: BatchEnding,
): void {
  if (failed.length > 0) printFailed(output, failed, end.leftOut(failed.length, all));
}

/** How a run for the keys of a manifest ended. */
export interface BatchResult {
  failed: FailedKey[];
  /** How many keys there are. */
  all: number;
  /** What the summary has printed; undefined if there was none. */
  told: Partial<Outcomes>;
  end: BatchEnding;
}

/** Tells which keys failed, and what was done for them by then, and returns the exit code. */
export function endOfBatch(run: CommandRun, { failed, all, told, end }: BatchResult): ExitCode {
  const [first] = failed.map(({ failure }) => failure);
  if (!first) return EXIT.done;
  const { output, outcomes } = run;
  const changed = listed(changesIn(outcomes)).length > 0;
  printFailed(output, failed, messages.failed(failed.length, all));
  for (const line of [...doneByThen(outcomes, told), ...leftToDo(outcomes)]) output.insist(line);
  const doubtful = failed.some(({ failure }) => failure.inDoubt);
  if (changed) output.insist(failed.length < all ? end.goOn : end.goOnWithAll);
  else if (!doubtful) output.insist(messages.noneDone);
  // As for one key, where nothing was changed and all failed alike: a conflict, or a missing permission.
  const alike = failed.every(({ failure }) => failure.exitCode === first.exitCode);
  return failed.length === all && alike && !changed && !doubtful ? first.exitCode : EXIT.failed;
}

/** What exists after a run, what was done for keys that failed later on included. */
export function withDoneForFailed(outcomes: Outcomes, { outcomes: recorded }: CommandRun): Outcomes {
  const { secrets, policies, roles } = apartFrom(outcomes, recorded);
  return {
    ...outcomes,
    secrets: [...outcomes.secrets, ...secrets],
    policies: [...outcomes.policies, ...policies],
    roles: [...outcomes.roles, ...roles],
  };
}

/** What was changed and is not printed yet. */
function doneByThen(outcomes: Outcomes, told: Partial<Outcomes>): string[] {
  const untold = apartFrom(told, changesIn(outcomes));
  return listed(untold).length > 0 ? [messages.doneByThen, ...listOf(untold)] : [];
}

/**
 * Settings of V8 under which the process takes about the same memory for a thousand keys as for ten. Nearly all that a
 * request leaves behind is short-lived; but V8 lets the heap grow before it clears away, and compiles what runs often,
 * as for a program that is to be fast for hours. Here AWS decides how long it takes, and a build machine may be small.
 */
const FLAGS = [
  // Clears away when the heap has grown by so much since the last time.
  '--heap-growing-percent=5',
  '--semi-space-growth-factor=1',
  '--optimize-for-size',
  // Without the compilers, whose working memory is not given back; a run has a quarter more to compute.
  '--no-opt',
  '--no-sparkplug',
];

/** Keeps the heap small from here on. To be called before there are many objects. */
function keepHeapSmall(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
