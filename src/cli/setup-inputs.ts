import { region } from '../aws/names.ts';
import { DEFAULTS } from '../defaults.ts';
import { loadKey } from '../key/index.ts';
import { inputWords } from '../report/words/input.ts';
import { setupWords as words } from '../report/words/setup.ts';
import { type CompleteAnswers, keyRules, type SetupAnswers } from '../steps/request.ts';
import type { CommandRun } from './command-run.ts';
import { missingFailure, usageFailure } from './usage.ts';

/** One run of `setup`. */
export interface SetupRun extends CommandRun {
  answers: SetupAnswers;
}

/** Without anyone to ask: takes what is configured, and names all that is missing in one failure. */
export async function completeAnswers(run: SetupRun): Promise<CompleteAnswers> {
  const { aws, common, output } = run;
  const asks = run.answers.regions.length === 0 && run.answers.secretArns.length === 0 && !common.sandbox;
  const configured = asks ? await aws.clients.configuredRegion() : undefined;
  const wrong = configured === undefined ? undefined : region(configured, inputWords.profileRegion);
  if (wrong) throw usageFailure([wrong]);
  const found = configured ? { ...run.answers, regions: [configured] } : run.answers;
  const answers = common.sandbox ? withExamples(found) : found;
  const missing = missingItems(answers, common.yes || common.sandbox);
  if (missing.length > 0) throw missingFailure(missing);
  const { keySource } = answers;
  if (!keySource) return { answers };
  const { warnings, ...checked } = await loadKey(keySource, keyRules(answers), run.keyInput);
  for (const warning of warnings) output.insist(`${words.warning}: ${warning}`);
  return { answers, checked };
}

/** In the sandbox the guide's own examples stand in for whatever was not given. */
function withExamples(answers: SetupAnswers): SetupAnswers {
  if (answers.secretArns.length > 0) return answers;
  const { secretName, region, algorithm } = DEFAULTS.example;
  return {
    ...answers,
    secretName: answers.secretName ?? secretName,
    regions: answers.regions.length > 0 ? answers.regions : [region],
    keySource: answers.keySource ?? { kind: 'generate', algorithm: answers.algorithm ?? algorithm },
  };
}

function missingItems(answers: SetupAnswers, confirmed: boolean): string[] {
  const { secret, region, key, yes } = words.missingItems;
  const stores = answers.secretArns.length === 0;
  return [
    ...(stores && answers.secretName === undefined ? [secret] : []),
    ...(stores && answers.regions.length === 0 ? [region] : []),
    ...(stores && !answers.keySource ? [key] : []),
    ...(confirmed || answers.dryRun ? [] : [yes]),
  ];
}
