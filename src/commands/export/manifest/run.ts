import { policyReader } from '../../../aws/iam/policies.ts';
import { atMost } from '../../../aws/requests/concurrency.ts';
import { isOverflow } from '../../../aws/tags.ts';
import { printJson } from '../../../cli/json.ts';
import type { CommonOptions } from '../../../cli/options.ts';
import { type CommandRun, runCommand } from '../../../cli/run-command.ts';
import { BATCH_RUN } from '../../../defaults.ts';
import { EXIT, type ExitCode, isAccessDenied } from '../../../failure.ts';
import { collect } from '../../../inventory/collect.ts';
import { lookThrough } from '../../../inventory/index.ts';
import type { Looking } from '../../../inventory/notes.ts';
import type { Status, StatusAnswers } from '../../../inventory/types.ts';
import { continuedName } from '../../../steps/read-policy/chain.ts';
import { setupMessages } from '../../../ui/messages.ts';
import { deliver, type OutputFile } from '../output-file.ts';
import { manifestOf, manifestText } from './document.ts';
import { exportedOf, type NumberedPolicies } from './entries.ts';
import { exportManifestMessages as messages } from './messages.ts';

/** What is not in the manifest, as far as the terminal shows it; the file has all of it. */
const MOST_NOTES = 20;

/** Runs `export manifest` and returns the exit code. Failures are printed before. */
export function runExportManifest(
  answers: StatusAnswers,
  file: OutputFile,
  common: CommonOptions,
): Promise<number> {
  return runCommand(common, answers.regions, (run) => performExportManifest(run, answers, file));
}

/** Looks through the account, as `status` does, and prints the manifest for what is there. */
export async function performExportManifest(
  run: CommandRun,
  { regions }: StatusAnswers,
  file: OutputFile,
): Promise<ExitCode> {
  const { output, common } = run;
  // A manifest says what the policies say. Whether a KMS key or a resource policy is in the way, setup finds out.
  const collecting = (looking: Looking) => collect({ ...looking, rolesOnly: true });
  const { seen, status } = await lookThrough(run, regions, collecting);
  const { keys, notes } = exportedOf(seen, status, await numberedPolicies(run, status));
  const manifest = manifestOf(keys);
  const { account } = status;
  if (!common.json || file.output !== undefined)
    await deliver(output, manifestText(manifest, account, notes), file);
  if (common.json) printJson(output, { account, manifest, notes });
  for (const note of notes.slice(0, MOST_NOTES)) output.insist(`${setupMessages.warning}: ${note}`);
  if (notes.length > MOST_NOTES) output.insist(messages.moreNotes(notes.length - MOST_NOTES));
  output.say(messages.count(keys.length));
  return EXIT.done;
}

/** Returns what the tags of the roles' numbered policies say, as far as they may be read. */
async function numberedPolicies({ aws }: CommandRun, { roles }: Status): Promise<NumberedPolicies> {
  const reader = policyReader(aws);
  const found: NumberedPolicies = { overflows: new Set(), unknown: new Set() };
  const numbered = roles
    .flatMap(({ policies }) => policies)
    .flatMap(({ name, arn }) => (arn !== null && continuedName(name) !== undefined ? [{ name, arn }] : []));
  const byArn = new Map(numbered.map((policy) => [policy.arn, policy]));
  await atMost(BATCH_RUN.keysAtOnce, [...byArn.values()], async ({ name, arn }) => {
    try {
      if (isOverflow((await reader.describe(arn))?.Tags)) found.overflows.add(arn);
    } catch (error) {
      if (!isAccessDenied(error)) throw error;
      found.unknown.add(name);
    }
  });
  return found;
}
