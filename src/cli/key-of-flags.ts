import type { KeyAnswers } from '../answers/key-options.ts';
import { Failure } from '../failure.ts';
import { type CheckedKey, type KeyType, keyLoader } from '../key/index.ts';
import { setupWords } from '../report/words/setup.ts';
import { hasOpenType, keyRules } from '../steps/request.ts';
import type { CommandRun } from './command-run.ts';

/**
 * Returns the key that the options name, checked; nothing where they name none. What is odd about it is told at once.
 * @param typeOf is asked about a key that is bad, and of which the options say no type
 * @throws Failure when it cannot be read or is not a key
 */
export async function keyOfFlags(
  { answers, keyInput, output }: Pick<CommandRun, 'keyInput' | 'output'> & { answers: KeyAnswers },
  typeOf?: () => Promise<KeyType | undefined>,
): Promise<CheckedKey | undefined> {
  const { keySource } = answers;
  if (!keySource) return undefined;
  const load = keyLoader(keyInput);
  const loading = load(keySource, keyRules(answers)).catch(async (error: unknown) => {
    const isOpen = error instanceof Failure && hasOpenType(answers);
    const keyType = isOpen ? await typeOf?.() : undefined;
    if (keyType === undefined) throw error;
    return load(keySource, { keyType });
  });
  const { warnings, ...checked } = await loading;
  for (const warning of warnings) output.insist(`${setupWords.warning}: ${warning}`);
  return checked;
}
