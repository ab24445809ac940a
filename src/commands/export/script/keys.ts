import { ALGORITHMS, KEY_LENGTH } from '../../../key/index.ts';
import type { NamedSecret } from '../ids.ts';
import type { PlannedSecret } from '../types.ts';
import { scriptWords as words } from './messages.ts';
import { comment, word } from './quote.ts';

/** Where a script takes a key from, if from a file: the variable that names it, and the file where that is not set. */
export function keyFileOf({ keyId, secret }: NamedSecret): { variable: string; path: string } | undefined {
  const { keySource, stored } = secret;
  if (!stored || keySource?.kind === 'env' || keySource?.kind === 'generate') return undefined;
  const variable = `${keyId.replace(/(?<=.)(?=[A-Z])/g, '_').toUpperCase()}_FILE`;
  return { variable, path: keySource?.kind === 'file' ? keySource.path : '-' };
}

/** Whether a key is made by the script itself, when no secret holds one yet. */
export function isGenerated({ keySource, stored }: PlannedSecret): boolean {
  return stored && keySource?.kind === 'generate';
}

/** The variables that hold keys. */
export function keyVariables(keys: NamedSecret[]): string[] {
  return keys.flatMap(({ secret: { keySource, stored } }) =>
    stored && keySource?.kind === 'env' ? [keySource.name] : [],
  );
}

/** What the names of the variables that hold keys begin with. */
export const VALUE = 'value_of_';

/** The variable that holds a key. */
export function valueVariable(keyId: string): string {
  return `${VALUE}${keyId}`;
}

/** Reads all keys that are given. Those in variables come first, and are taken out of the environment of all that follows. */
export function readings(keys: NamedSecret[]): string[] {
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

function readVariable(key: NamedSecret): string {
  const [variable = ''] = keyVariables([key]);
  return [`key=\${${variable}-}`, `key=\${key%$'\\n'}`, ...checked(key)].join('\n');
}

function readFile(key: NamedSecret): string {
  const variable = keyFileOf(key)?.variable ?? '';
  return [`read_key ${variable} "$${variable}"`, ...checked(key)].join('\n');
}

function checked({ keyId, secret }: NamedSecret): string[] {
  return [checkOf(secret), `${valueVariable(keyId)}=$key`];
}

/** The line that checks `key`. */
export function checkOf({ keyType, algorithm, name }: PlannedSecret): string {
  if (keyType === 'srt-password') return `demand_password ${word(name)}`;
  const lengths = (algorithm ? [algorithm] : ALGORITHMS).map((each) => KEY_LENGTH[each]);
  return `demand_digits ${word(name)} ${lengths.join(' ')}`;
}
