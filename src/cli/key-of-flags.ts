import type { KeyAnswers } from '../answers/key-options.ts';
import { type CheckedKey, loadKey } from '../key/index.ts';
import { setupWords } from '../report/words/setup.ts';
import { keyRules } from '../steps/request.ts';
import type { CommandRun } from './command-run.ts';

/**
 * The key that the options name, checked; nothing where they name none. What is odd about it is told at once.
 * @throws Failure when it cannot be read or is not a key
 */
export async function keyOfFlags({
  answers,
  keyInput,
  output,
}: Pick<CommandRun, 'keyInput' | 'output'> & { answers: KeyAnswers }): Promise<CheckedKey | undefined> {
  if (!answers.keySource) return undefined;
  const { warnings, ...checked } = await loadKey(answers.keySource, keyRules(answers), keyInput);
  for (const warning of warnings) output.insist(`${setupWords.warning}: ${warning}`);
  return checked;
}
