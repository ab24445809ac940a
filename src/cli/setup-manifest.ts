import { EXIT, type ExitCode, type Failure } from '../failure.ts';
import { loadKeys, type Manifest, readManifest } from '../manifest/index.ts';
import type { Proof } from '../proof/prove.ts';
import { showFleet, tellFailed } from '../report/fleet.ts';
import { setupJson } from '../report/json.ts';
import type { FailedKey } from '../report/types.ts';
import { fleetWords as words } from '../report/words/fleet.ts';
import { setupWords } from '../report/words/setup.ts';
import { asPlanned, isOpen, nameOfKey, type SetupResult, whatStops } from '../steps/index.ts';
import { completeRequest, regionsOf } from '../steps/request.ts';
import type { SetupRequest } from '../steps/types.ts';
import { type CommandRun, runCommand } from './command-run.ts';
import type { CommonOptions } from './options.ts';
import { encryptionSettings, outcomesOf } from './setup-document.ts';
import { applyKeys, planKeys } from './setup-keys.ts';
import { proveKeys } from './setup-proof.ts';
import { showAccount, tellChanges } from './step-context.ts';
import { missingFailure } from './usage.ts';

/** How a manifest is carried out. */
export interface ManifestHow {
  dryRun: boolean;
}

/** Runs `setup --manifest` and answers the exit code. Mistakes in the file are thrown, all others are told by then. */
export async function runManifest(
  { path, dryRun }: ManifestHow & { path: string },
  common: CommonOptions,
): Promise<number> {
  const manifest = await readManifest(path);
  const [first] = manifest.keys.flatMap(({ answers }) => regionsOf(answers));
  return runCommand(common, first, (run) => performManifest(run, manifest, { dryRun }));
}

/** Read, plan, confirm, apply, prove: as `setup` does, for all keys of a manifest. */
export async function performManifest(
  run: CommandRun,
  manifest: Manifest,
  { dryRun }: ManifestHow,
): Promise<ExitCode> {
  const { common, interactive, outcomes } = run;
  outcomes.ofManifest = true;
  const confirmed = common.yes || common.sandbox || dryRun || interactive;
  if (!confirmed) throw missingFailure([setupWords.missingItems.yes]);
  const requests = await requestsOf(run, manifest);
  const planned = await planKeys(run, requests);
  const { plan } = planned;
  await showAccount(run);
  const open = plan.keys.some(isOpen);
  const changes = open && tellChanges(run, plan, { dryRun, nothingToDo: words.nothingToDo });
  if (dryRun) return finish(run, requests, asPlanned(plan));
  const leftOut = failedOf(requests, plan.keys.map(whatStops));
  // When nothing is to be done, the end says the same.
  if (changes && leftOut.length > 0)
    tellFailed(run.output, leftOut, words.leftOut(leftOut.length, requests.length));
  if (changes && interactive) await (await import('../wizard/confirm.ts')).confirm(run, plan);
  const result = await applyKeys(run, planned);
  return finish(run, requests, result, await proveKeys(run, requests, result));
}

async function requestsOf({ output, keyInput }: CommandRun, manifest: Manifest): Promise<SetupRequest[]> {
  const { keys, warnings } = await loadKeys(manifest, keyInput);
  for (const warning of warnings) output.insist(`${setupWords.warning}: ${warning}`);
  return manifest.keys.map(({ answers }, at) => completeRequest(answers, keys[at]));
}

function failedOf(requests: SetupRequest[], failures: (Failure | undefined)[]): FailedKey[] {
  return requests.flatMap((request, at) => {
    const failure = failures[at];
    return failure ? [{ name: nameOfKey(request), failure }] : [];
  });
}

/** @param proofs absent in a dry run */
async function finish(
  run: CommandRun,
  requests: SetupRequest[],
  result: SetupResult,
  proofs?: Proof[],
): Promise<ExitCode> {
  const { aws, output } = run;
  const outcomes = { ...outcomesOf(result), ofManifest: true };
  const failed = failedOf(
    requests,
    result.keys.map(({ failure }) => failure),
  );
  const dryRun = proofs === undefined;
  if (output.options.json) {
    const encryption = await encryptionSettings(requests, result, dryRun);
    const checks = proofs?.flatMap((proof) => proof.checks) ?? [];
    const { account, partition } = await aws.identity();
    output.result(setupJson({ account, partition, outcomes, encryption, checks, dryRun, failed }));
  } else if (!dryRun && failed.length < requests.length) {
    showFleet(output, outcomes, { keys: requests.length - failed.length, sandbox: run.common.sandbox });
  }
  if (failed.length > 0) tellEnd(run, failed, requests.length);
  return exitCodeOf(
    failed.map(({ failure }) => failure),
    run,
  );
}

function tellEnd({ output, outcomes }: CommandRun, failed: FailedKey[], all: number): void {
  tellFailed(output, failed, words.failed(failed.length, all));
  const changed = [...outcomes.secrets, ...outcomes.policies, ...outcomes.roles].some(isChanged);
  output.insist(changed ? words.goOn : words.noneDone);
}

function isChanged({ action }: { action: string }): boolean {
  return action !== 'kept';
}

/** As for one key, where nothing was changed and all failed alike: a conflict, or a missing permission. */
function exitCodeOf(failures: Failure[], { outcomes }: CommandRun): ExitCode {
  const [first] = failures;
  if (!first) return EXIT.done;
  const changed = [...outcomes.secrets, ...outcomes.policies, ...outcomes.roles].some(isChanged);
  const alike = failures.every(({ exitCode }) => exitCode === first.exitCode);
  return alike && !changed ? first.exitCode : EXIT.failed;
}
