import { EXIT, Failure } from '../failure.ts';
import { plain } from '../text.ts';
import { checkKey, type KeyRules, keyWarnings } from './check.ts';
import { generateKey, KeyMaterial, type KeyType } from './key-material.ts';
import { keyMessages as messages } from './messages.ts';
import type { KeyProblem } from './problems.ts';
import { type KeyInput, type KeySource, readKeyText } from './source.ts';

/**
 * A key as its source holds it, not checked yet. Its variable is no longer in the environment, so programs that look for
 * credentials may be started now.
 */
export interface UncheckedKey {
  text: KeyMaterial;
  generated: boolean;
  warnings: string[];
}

/** A key that was read and checked, or made. */
export interface CheckedKey {
  key: KeyMaterial;
  generated: boolean;
}

/** A checked key, and what is odd about it. */
export type LoadedKey = CheckedKey & { warnings: string[] };

/** Returns the key that a source holds, or makes one. @throws Failure when it cannot be read */
export type ReadKey = (source: KeySource) => Promise<UncheckedKey>;

/** Looks for the type of a key where AWS says it. */
export type FindKeyType = () => Promise<KeyType | undefined>;

/**
 * Makes a function that reads keys from their sources, or makes them. What serves several keys is read once: a variable is
 * gone after that.
 */
export function keyReader(input: KeyInput): ReadKey {
  const readings = new Map<string, Promise<UncheckedKey>>();
  return (source) => {
    if (source.kind === 'generate')
      return Promise.resolve({ text: generateKey(source.algorithm), generated: true, warnings: [] });
    const id = JSON.stringify(source);
    const reading = readings.get(id) ?? read(source, input);
    readings.set(id, reading);
    return reading;
  };
}

/**
 * Reads the key from its source, or makes it, and checks it.
 * @throws Failure that says what is wrong with the key, without showing it
 */
export async function loadKey(source: KeySource, rules: KeyRules, input: KeyInput): Promise<LoadedKey> {
  return checkRead(await keyReader(input)(source), rules);
}

/** Checks a key that was read. @throws Failure that says what is wrong with it, without showing it */
export function checkRead(unchecked: UncheckedKey, rules: KeyRules): LoadedKey {
  const result = checked(unchecked, rules);
  if ('problems' in result) throw badKey(result.problems);
  return result;
}

/**
 * The same for a key of unknown type. Only if it is no static key, and can be a password, AWS is asked for its type.
 * @throws Failure as `checkRead` does; when AWS could not be asked, its cause is the failure that says why
 */
export async function checkOfOpenType(
  unchecked: UncheckedKey,
  rules: KeyRules,
  findType: FindKeyType,
): Promise<LoadedKey> {
  const result = checked(unchecked, rules);
  if (!('problems' in result)) return result;
  if (!fitsPassword(unchecked)) throw badKey(result.problems);
  const keyType = await findType().catch((error: unknown) => {
    throw error instanceof Failure ? badKey(result.problems, error) : error;
  });
  if (keyType === undefined) throw badKey(result.problems);
  return checkRead(unchecked, { keyType });
}

/** Returns true for a key that breaks no rule for SRT passwords, so that a tag may tell that it is one. */
export function fitsPassword({ text }: UncheckedKey): boolean {
  return checkKey(text.reveal(), { keyType: 'srt-password' }).ok;
}

function checked(
  { text, generated, warnings }: UncheckedKey,
  rules: KeyRules,
): LoadedKey | { problems: KeyProblem[] } {
  if (generated) return { key: text, generated, warnings };
  const result = checkKey(text.reveal(), rules);
  if (!result.ok) return result;
  const { key } = result;
  return { key, generated, warnings: [...warnings, ...keyWarnings(key, rules.keyType)] };
}

async function read(
  source: Exclude<KeySource, { kind: 'generate' }>,
  input: KeyInput,
): Promise<UncheckedKey> {
  const { text, warnings } = await readKeyText(source, input);
  return { text: KeyMaterial.from(text), generated: false, warnings };
}

/** @param unread why AWS could not be asked for the type of the key */
function badKey(problems: KeyProblem[], unread?: Failure): Failure {
  const [message = '', ...details] = problems.map((problem) => problem.message);
  return new Failure(message, {
    code: 'bad-key',
    exitCode: EXIT.usage,
    details: [...details, ...(unread ? [messages.typeUnread(plain(unread.message))] : [])],
    hint: unread ? messages.passwordHint : messages.checkedOnly,
    cause: unread,
  });
}
