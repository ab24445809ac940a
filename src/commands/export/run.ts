import type { ExpectedAccount } from '../../aws/session.ts';
import { configuredRegions } from '../../cli/configured-region.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { type CommandRun, expectedAccount, runCommand } from '../../cli/run-command.ts';
import { missingPlace, withExamples } from '../../cli/setup-inputs.ts';
import { missingFailure } from '../../cli/usage.ts';
import { EXIT } from '../../failure.ts';
import type { SetupAnswers } from '../../options/setup-request.ts';
import { setupWords as words } from '../../ui/messages.ts';
import { accountOf } from './account.ts';
import type { ExportSubject } from './options.ts';
import { planExport } from './plan.ts';
import type { ExportPlan } from './types.ts';

/**
 * Runs one of the `export` commands and returns the exit code. AWS is not asked anything. `perform` gets the one account for which the
 * plan is right, if it is for one.
 */
export function runExport(
  subject: ExportSubject,
  common: CommonOptions,
  perform: (run: CommandRun, plan: ExportPlan, account: string | undefined) => Promise<void>,
): Promise<number> {
  const regions = 'answers' in subject ? subject.answers.regions : [];
  return runCommand(common, regions, async (run) => {
    const performFor = (answers: SetupAnswers[], ofManifest?: ExpectedAccount) => {
      const named = expectedAccount(common, ofManifest);
      const plan = planExport(answers);
      return perform(run, plan, accountOf(plan, named));
    };
    if ('answers' in subject) await performFor([await completeAnswers(run, subject.answers)]);
    else await exportManifestKeys(run, subject.manifest, performFor);
    return EXIT.done;
  });
}

async function exportManifestKeys(
  { interrupt, output }: CommandRun,
  path: string,
  perform: (answers: SetupAnswers[], account: ExpectedAccount | undefined) => Promise<void>,
): Promise<void> {
  const { waitingFor } = await import('../../cli/batch/run-batch.ts');
  const { asManifest, readManifest } = await import('../../manifest/index.ts');
  const { keys, account } = await readManifest(path, { interrupt, ...waitingFor(output) });
  const answers = keys.map((key) => key.answers);
  await asManifest(() => perform(answers, account));
}

/** Takes the Region that is configured where none is given, and names all that is missing in one failure. */
async function completeAnswers(run: CommandRun, given: SetupAnswers): Promise<SetupAnswers> {
  const asks = given.regions.length === 0 && given.secretArns.length === 0;
  const found = asks ? { ...given, regions: configuredRegions(run) } : given;
  const answers = run.common.sandbox ? withExamples(found) : found;
  const missing = missingPlace(answers);
  if (missing.length > 0) throw missingFailure(missing, words.missingFlagsHint);
  return answers;
}
