import { EXIT, Failure } from '../failure.ts';
import { keyWords as words } from '../report/words/key.ts';
import { checkKey, type KeyRules } from './check.ts';
import { generateKey } from './generate.ts';
import type { KeyMaterial } from './key-material.ts';
import { type KeyInput, type KeySource, readKeyText } from './source.ts';
import { keyWarnings } from './warnings.ts';

/** A key that was read and checked, or made. */
export interface CheckedKey {
  key: KeyMaterial;
  generated: boolean;
}

/**
 * Reads the key from its source, or makes it, and checks it.
 * @throws Failure that says what is wrong with the key, without showing it
 */
export async function loadKey(
  source: KeySource,
  rules: KeyRules,
  input: KeyInput,
): Promise<CheckedKey & { warnings: string[] }> {
  if (source.kind === 'generate')
    return { key: generateKey(source.algorithm), generated: true, warnings: [] };
  const { text, warnings } = await readKeyText(source, input);
  const result = checkKey(text, rules);
  if (result.ok) {
    const { key } = result;
    return { key, generated: false, warnings: [...warnings, ...keyWarnings(key, rules.keyType)] };
  }
  const [message = '', ...details] = result.problems.map((problem) => problem.message);
  throw new Failure(message, { code: 'bad-key', exitCode: EXIT.usage, details, hint: words.checkedOnly });
}
