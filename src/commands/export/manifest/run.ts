import { policyReader } from '../../../aws/iam/policies.ts';
import { atMost } from '../../../aws/requests/concurrency.ts';
import { isOverflow } from '../../../aws/tags.ts';
import { printJson } from '../../../cli/json.ts';
import type { CommonOptions } from '../../../cli/options.ts';
import { type CommandRun, runCommand } from '../../../cli/run-command.ts';
import { EXIT, type ExitCode, isAccessDenied } from '../../../failure.ts';
import { collect } from '../../../inventory/collect.ts';
import { scanAccount } from '../../../inventory/index.ts';
import type { ScanContext } from '../../../inventory/notes.ts';
import type { Status, StatusAnswers } from '../../../inventory/types.ts';
import { BATCH_RUN } from '../../../limits.ts';
import { continuedName } from '../../../steps/read-policy/chain.ts';
import { setupMessages } from '../../../ui/messages.ts';
import { type OutputFile, writeResult } from '../output-file.ts';
import { manifestOf, manifestText } from './document.ts';
import { exportedContent, type NumberedPolicies } from './entries.ts';
import { exportManifestMessages as messages } from './messages.ts';

/** The maximum number of notes in the terminal. The file has all of them. */
const MOST_NOTES = 20;

/** Runs `export manifest` and returns the exit code. Prints failures. */
export function runExportManifest(
  answers: StatusAnswers,
  file: OutputFile,
  common: CommonOptions,
): Promise<number> {
  return runCommand(common, answers.regions, (run) => performExportManifest(run, answers, file));
}

/** Reads the account as `status` does, and prints the manifest of what exists. */
export async function performExportManifest(
  run: CommandRun,
  { regions }: StatusAnswers,
  file: OutputFile,
): Promise<ExitCode> {
  const { output, common } = run;
  // Only roles and their policies matter for a manifest. `setup` detects problems with KMS keys or resource policies.
  const collectRoles = (context: ScanContext) => collect({ ...context, rolesOnly: true });
  const { snapshot, status } = await scanAccount(run, regions, collectRoles);
  const { keys, notes } = exportedContent(snapshot, status, await numberedPolicies(run, status));
  const manifest = manifestOf(keys);
  const { account } = status;
  if (!common.json || file.output !== undefined)
    await writeResult(output, manifestText(manifest, account, notes), file);
  if (common.json) printJson(output, { account, manifest, notes });
  for (const note of notes.slice(0, MOST_NOTES)) output.warn(`${setupMessages.warning}: ${note}`);
  if (notes.length > MOST_NOTES) output.warn(messages.moreNotes(notes.length - MOST_NOTES));
  output.info(messages.count(keys.length));
  return EXIT.done;
}

/** Reads the tags of the roles' numbered policies, such as `NAME-2`, as far as the caller can read them. */
async function numberedPolicies({ aws }: CommandRun, { roles }: Status): Promise<NumberedPolicies> {
  const reader = policyReader(aws);
  const result: NumberedPolicies = { overflowArns: new Set(), unreadableNames: new Set() };
  const namesByArn = new Map<string, string>();
  for (const { name, arn } of roles.flatMap(({ policies }) => policies))
    if (arn !== null && continuedName(name) !== undefined) namesByArn.set(arn, name);
  await atMost(BATCH_RUN.keysAtOnce, [...namesByArn], async ([arn, name]) => {
    try {
      if (isOverflow((await reader.getPolicy(arn))?.Tags)) result.overflowArns.add(arn);
    } catch (error) {
      if (!isAccessDenied(error)) throw error;
      result.unreadableNames.add(name);
    }
  });
  return result;
}
