import { EXIT, Failure } from '../failure.ts';
import { clean } from '../text.ts';
import { checkKey, type KeyRules, keyWarnings } from './check.ts';
import { generateKey, KeyMaterial, type KeyType } from './key-material.ts';
import { keyMessages as messages } from './messages.ts';
import type { KeyProblem } from './problems.ts';
import { type KeyInput, type KeySource, readKeyText } from './source.ts';

/**
 * A key as read from its source, not checked yet. Its variable has been removed from the environment, so it's safe to start
 * programs that look up credentials.
 */
export interface UncheckedKey {
  text: KeyMaterial;
  generated: boolean;
  warnings: string[];
}

/** A key that was read and checked, or generated. */
export interface CheckedKey {
  key: KeyMaterial;
  generated: boolean;
}

/** A checked key with warnings about it. */
export type LoadedKey = CheckedKey & { warnings: string[] };

/** Reads the type of a key from AWS. Returns undefined if AWS doesn't show it. */
export type FindKeyType = () => Promise<KeyType | undefined>;

/**
 * Returns a function that reads a key from a source, or generates one, and that throws a Failure if the source can't be read. A
 * source that several keys share is read once, because reading a variable removes it from the environment.
 */
export function keyReader(input: KeyInput): (source: KeySource) => Promise<UncheckedKey> {
  const keysBySource = new Map<string, Promise<UncheckedKey>>();
  return (source) => {
    if (source.kind === 'generate')
      return Promise.resolve({ text: generateKey(source.algorithm), generated: true, warnings: [] });
    const id = JSON.stringify(source);
    const key = keysBySource.get(id) ?? readFromSource(source, input);
    keysBySource.set(id, key);
    return key;
  };
}

/**
 * Reads a key from its source, or generates it, and checks it.
 * @throws Failure that describes the problem without showing the key
 */
export async function loadKey(source: KeySource, rules: KeyRules, input: KeyInput): Promise<LoadedKey> {
  return checkKeyText(await keyReader(input)(source), rules);
}

/** Checks a key that was read. @throws Failure that describes the problem without showing the key */
export function checkKeyText(unchecked: UncheckedKey, rules: KeyRules): LoadedKey {
  const result = loadedOrProblems(unchecked, rules);
  if ('problems' in result) throw invalidKey(result.problems);
  return result;
}

/**
 * Like `checkKeyText`, for a key of unknown type. Reads the type from AWS only if the key is not a static key and can be a
 * password.
 * @throws Failure as `checkKeyText` does. If the type could not be read, the failure of the read is its cause
 */
export async function checkKeyOfUnknownType(
  unchecked: UncheckedKey,
  rules: KeyRules,
  findType: FindKeyType,
): Promise<LoadedKey> {
  const result = loadedOrProblems(unchecked, rules);
  if (!('problems' in result)) return result;
  if (!isValidSrtPassword(unchecked)) throw invalidKey(result.problems);
  const keyType = await findType().catch((error: unknown) => {
    throw error instanceof Failure ? invalidKey(result.problems, error) : error;
  });
  if (keyType === undefined) throw invalidKey(result.problems);
  return checkKeyText(unchecked, { keyType });
}

/** Returns true if a key follows all rules for SRT passwords. Only a tag can tell whether it is a password. */
export function isValidSrtPassword({ text }: UncheckedKey): boolean {
  return checkKey(text.reveal(), { keyType: 'srt-password' }).ok;
}

function loadedOrProblems(
  { text, generated, warnings }: UncheckedKey,
  rules: KeyRules,
): LoadedKey | { problems: KeyProblem[] } {
  if (generated) return { key: text, generated, warnings };
  const result = checkKey(text.reveal(), rules);
  if (!result.ok) return result;
  const { key } = result;
  return { key, generated, warnings: [...warnings, ...keyWarnings(key, rules.keyType)] };
}

async function readFromSource(
  source: Exclude<KeySource, { kind: 'generate' }>,
  input: KeyInput,
): Promise<UncheckedKey> {
  const { text, warnings } = await readKeyText(source, input);
  return { text: KeyMaterial.from(text), generated: false, warnings };
}

/** @param typeReadFailure why the type of the key could not be read from AWS */
function invalidKey(problems: KeyProblem[], typeReadFailure?: Failure): Failure {
  const [message = '', ...details] = problems.map((problem) => problem.message);
  if (typeReadFailure) details.push(messages.typeReadFailed(clean(typeReadFailure.message)));
  return new Failure(message, {
    code: 'bad-key',
    exitCode: EXIT.usage,
    details,
    hint: typeReadFailure ? messages.passwordHint : messages.checkedOnly,
    cause: typeReadFailure,
  });
}
