import { DEFAULTS } from '../defaults.ts';
import { type CompleteAnswers, prefixOf, type SetupAnswers } from '../options/setup-request.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import { missingFailure } from './failure-output.ts';
import { keyOfFlags } from './key-options.ts';
import { configuredRegions } from './region-and-endpoints.ts';
import type { CommandRun } from './run-command.ts';

/** A run of `setup`. */
export interface SetupRun extends CommandRun {
  answers: SetupAnswers;
}

/** Completes the answers without prompts: uses the configured Region, and lists everything that is missing in one failure. */
export async function completeAnswers(run: SetupRun): Promise<CompleteAnswers> {
  const { common } = run;
  const needsRegion = run.answers.regions.length === 0 && run.answers.secretArns.length === 0;
  const withRegion = needsRegion ? { ...run.answers, regions: configuredRegions(run) } : run.answers;
  const answers = common.sandbox ? withExamples(withRegion) : withRegion;
  const isConfirmed = common.yes || common.sandbox || answers.dryRun;
  const { key, yes } = messages.missingItems;
  const missing = [
    ...missingSecretItems(answers),
    ...(answers.secretArns.length === 0 && !answers.keySource ? [key] : []),
    ...(isConfirmed ? [] : [yes]),
  ];
  if (missing.length > 0) throw missingFailure(missing);
  return { answers, checked: await keyOfFlags({ ...run, answers }) };
}

/** Adds the guide's examples for a missing name and key, for the sandbox. There is no example of a password. */
export function withExamples(answers: SetupAnswers): SetupAnswers {
  if (answers.secretArns.length > 0) return answers;
  const { secretName, algorithm } = DEFAULTS.example;
  const exampleSource: SetupAnswers['keySource'] =
    answers.keyType === 'srt-password'
      ? undefined
      : { kind: 'generate', algorithm: answers.algorithm ?? algorithm };
  return {
    ...answers,
    secretName: answers.secretName ?? prefixOf(answers) + secretName,
    keySource: answers.keySource ?? exampleSource,
  };
}

/** Returns what is missing to identify the secrets. */
export function missingSecretItems({ secretArns, secretName, regions }: SetupAnswers): string[] {
  if (secretArns.length > 0) return [];
  const { secret, region } = messages.missingItems;
  return [...(secretName === undefined ? [secret] : []), ...(regions.length === 0 ? [region] : [])];
}
