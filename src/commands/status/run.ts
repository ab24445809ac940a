import { regionsIn } from '../../cli/batch/manifest-secrets.ts';
import { runWithManifest } from '../../cli/batch/run-batch.ts';
import { printJson } from '../../cli/json.ts';
import { placesOfArns } from '../../cli/key-options.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { type CommandRun, runCommand } from '../../cli/run-command.ts';
import { DEFAULTS } from '../../defaults.ts';
import { EXIT, type ExitCode } from '../../failure.ts';
import { collect, collectNamed, type NamedResources } from '../../inventory/collect.ts';
import { scanAccount } from '../../inventory/index.ts';
import type { Status, StatusAnswers } from '../../inventory/types.ts';
import type { Manifest } from '../../manifest/fields.ts';
import { statusText } from './report.ts';

/** Runs `status` and returns the exit code. Prints failures. */
export function runStatus(answers: StatusAnswers, common: CommonOptions): Promise<number> {
  return runCommand(common, answers.regions, (run) => performStatus(run, answers));
}

/**
 * Reads, checks and prints. Failed checks don't make the command fail, because they are information for the reader. The command
 * fails only if the account can't be read.
 */
export async function performStatus(run: CommandRun, { regions }: StatusAnswers): Promise<ExitCode> {
  const { status } = await scanAccount(run, regions, collect);
  return printStatus(run, status);
}

function printStatus({ output }: CommandRun, status: Status, manifestPath?: string): ExitCode {
  if (output.options.json) printJson(output, status);
  else output.result(statusText(status, output, manifestPath));
  return EXIT.done;
}

/**
 * Runs `status --manifest` and returns the exit code. Prints failures.
 * @throws Failure if the manifest has mistakes
 */
export function runStatusManifest(path: string, common: CommonOptions): Promise<number> {
  return runWithManifest(path, common, performStatusManifest);
}

/** Prints the status of the roles, policies and secrets that a manifest names, and those that the account lacks. */
export async function performStatusManifest(run: CommandRun, manifest: Manifest): Promise<ExitCode> {
  const names = namesIn(manifest);
  const { status } = await scanAccount(run, regionsIn(manifest), (context) => collectNamed(context, names));
  return printStatus(run, status, manifest.commandPath);
}

/** Returns the names of the roles and policies, and the secrets, in a manifest. */
function namesIn({ keys }: Manifest): NamedResources {
  const answers = keys.map((key) => key.answers);
  return {
    roles: [...new Set(answers.map(({ roleName }) => roleName ?? DEFAULTS.roleName))],
    policies: [...new Set(answers.map(({ policyName }) => policyName ?? DEFAULTS.policyName))],
    secrets: answers.flatMap(({ secretName: name = '', secretArns, regions }) =>
      secretArns.length > 0
        ? placesOfArns(secretArns)
        : [...new Set(regions)].map((region) => ({ region, id: name })),
    ),
  };
}
