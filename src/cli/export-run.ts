import { planExport } from '../export/plan.ts';
import type { ExportPlan } from '../export/types.ts';
import { EXIT } from '../failure.ts';
import { permissionsWords as words } from '../report/words/permissions.ts';
import type { SetupAnswers } from '../steps/request.ts';
import { type CommandRun, runCommand } from './command-run.ts';
import { configuredRegions } from './configured-region.ts';
import type { ExportSubject } from './export-answers.ts';
import type { CommonOptions } from './options.ts';
import { missingPlace, withExamples } from './setup-inputs.ts';
import { missingFailure } from './usage.ts';

/** Runs one of the `export` commands and answers the exit code. AWS is not asked anything. */
export function runExport(
  subject: ExportSubject,
  common: CommonOptions,
  perform: (run: CommandRun, plan: ExportPlan) => Promise<void>,
): Promise<number> {
  const regions = 'answers' in subject ? subject.answers.regions : [];
  return runCommand(common, regions, async (run) => {
    if ('answers' in subject) await perform(run, planExport([await completeAnswers(run, subject.answers)]));
    else await exportManifestKeys(subject.manifest, (answers) => perform(run, planExport(answers)));
    return EXIT.done;
  });
}

async function exportManifestKeys(
  path: string,
  perform: (answers: SetupAnswers[]) => Promise<void>,
): Promise<void> {
  const { asManifest, readManifest } = await import('../manifest/index.ts');
  const { keys } = await readManifest(path);
  await asManifest(() => perform(keys.map(({ answers }) => answers)));
}

/** Takes the Region that is configured where none is given, and names all that is missing in one failure. */
async function completeAnswers(run: CommandRun, given: SetupAnswers): Promise<SetupAnswers> {
  const asks = given.regions.length === 0 && given.secretArns.length === 0;
  const found = asks ? { ...given, regions: configuredRegions(run) } : given;
  const answers = run.common.sandbox ? withExamples(found) : found;
  const missing = missingPlace(answers);
  if (missing.length > 0) throw missingFailure(missing, words.missingHint);
  return answers;
}
