import { EXIT, Failure } from '../failure.ts';
import { keyWords as words } from '../report/words/key.ts';
import { checkKey, type KeyRules } from './check.ts';
import { generateKey } from './generate.ts';
import { KeyMaterial } from './key-material.ts';
import type { KeyProblem } from './problems.ts';
import { type KeyInput, type KeySource, readKeyText } from './source.ts';
import { keyWarnings } from './warnings.ts';

/** A key that was read and checked, or made. */
export interface CheckedKey {
  key: KeyMaterial;
  generated: boolean;
}

/** Answers the key that a source holds, or makes one, checked by the rules. */
export type LoadKey = (source: KeySource, rules: KeyRules) => Promise<CheckedKey & { warnings: string[] }>;

/**
 * Makes a function that reads keys from their sources, or makes them, and checks them. What serves several keys is read once:
 * a variable is gone after that.
 */
export function keyLoader(input: KeyInput): LoadKey {
  const readings = new Map<string, Promise<{ text: KeyMaterial; warnings: string[] }>>();
  return async (source, rules) => {
    if (source.kind === 'generate')
      return { key: generateKey(source.algorithm), generated: true, warnings: [] };
    const id = JSON.stringify(source);
    const reading = readings.get(id) ?? read(source, input);
    readings.set(id, reading);
    const { text, warnings } = await reading;
    const result = checkKey(text.reveal(), rules);
    if (!result.ok) throw badKey(result.problems);
    const { key } = result;
    return { key, generated: false, warnings: [...warnings, ...keyWarnings(key, rules.keyType)] };
  };
}

/**
 * Reads the key from its source, or makes it, and checks it.
 * @throws Failure that says what is wrong with the key, without showing it
 */
export function loadKey(
  source: KeySource,
  rules: KeyRules,
  input: KeyInput,
): Promise<CheckedKey & { warnings: string[] }> {
  return keyLoader(input)(source, rules);
}

async function read(source: Exclude<KeySource, { kind: 'generate' }>, input: KeyInput) {
  const { text, warnings } = await readKeyText(source, input);
  return { text: KeyMaterial.from(text), warnings };
}

function badKey(problems: KeyProblem[]): Failure {
  const [message = '', ...details] = problems.map((problem) => problem.message);
  return new Failure(message, { code: 'bad-key', exitCode: EXIT.usage, details, hint: words.checkedOnly });
}
