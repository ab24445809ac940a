import { ALGORITHMS, KEY_LENGTH } from '../../key/index.ts';
import { scriptWords as words } from '../../report/words/export-script.ts';
import type { PlannedSecret } from '../types.ts';
import { comment, word } from './quote.ts';

/** A key, and what the variables about it are called after. */
export interface ScriptKey {
  id: string;
  secret: PlannedSecret;
}

/** Where a script takes a key from, if from a file: the variable that names it, and the file where that is not set. */
export function keyFileOf({ id, secret }: ScriptKey): { variable: string; path: string } | undefined {
  const { keySource, stored } = secret;
  if (!stored || keySource?.kind === 'env' || keySource?.kind === 'generate') return undefined;
  const variable = `${id.replace(/(?<=.)(?=[A-Z])/g, '_').toUpperCase()}_KEY_FILE`;
  return { variable, path: keySource?.kind === 'file' ? keySource.path : '-' };
}

/** Whether a key is made by the script itself, when no secret holds one yet. */
export function isGenerated({ keySource, stored }: PlannedSecret): boolean {
  return stored && keySource?.kind === 'generate';
}

/** The variables that hold keys. */
export function keyVariables(keys: ScriptKey[]): string[] {
  return keys.flatMap(({ secret: { keySource, stored } }) =>
    stored && keySource?.kind === 'env' ? [keySource.name] : [],
  );
}

/** Reads all keys that are given. Those in variables come first, and are taken out of the environment of all that follows. */
export function readings(keys: ScriptKey[]): string[] {
  const given = keys.filter(({ secret }) => secret.stored && !isGenerated(secret));
  const variables = [...new Set(keyVariables(given))];
  if (given.length === 0) return [];
  return [
    [
      comment(words.readingTitle),
      ...given.filter((key) => !keyFileOf(key)).map(readVariable),
      ...(variables.length > 0 ? [`unset ${variables.join(' ')}`] : []),
      ...given.filter(keyFileOf).map(readFile),
    ].join('\n'),
  ];
}

function readVariable(key: ScriptKey): string {
  const [variable = ''] = keyVariables([key]);
  return [`key=\${${variable}-}`, `key=\${key%$'\\n'}`, ...checked(key)].join('\n');
}

function readFile(key: ScriptKey): string {
  return [`read_key "$${keyFileOf(key)?.variable ?? ''}"`, ...checked(key)].join('\n');
}

function checked({ id, secret }: ScriptKey): string[] {
  return [checkOf(secret), `key_of_${id}=$key`];
}

/** The line that checks `key`. */
export function checkOf({ keyType, algorithm, name }: PlannedSecret): string {
  if (keyType === 'srt-password') return `demand_password ${word(name)}`;
  const lengths = (algorithm ? [algorithm] : ALGORITHMS).map((each) => KEY_LENGTH[each]);
  return `demand_digits ${word(name)} ${lengths.join(' ')}`;
}
