import { ALGORITHMS, KEY_LENGTH } from '../../../key/index.ts';
import type { JsonPolicy } from '../../../policy/index.ts';
import { plain, shellWord } from '../../../text.ts';
import { wrap } from '../../../ui/output.ts';
import { ACCOUNT_PLACEHOLDER, type NamedSecret } from '../ids.ts';
import type { PlannedSecret } from '../types.ts';
import { scriptMessages as messages } from './messages.ts';

/** Returns where a script gets a key from, if from a file: the variable with the file's path, and the default path. */
export function keyFileOf({ keyId, secret }: NamedSecret): { variable: string; path: string } | undefined {
  const { keySource, stored } = secret;
  if (!stored || keySource?.kind === 'env' || keySource?.kind === 'generate') return undefined;
  const variable = `${keyId.replace(/(?<=.)(?=[A-Z])/g, '_').toUpperCase()}_FILE`;
  return { variable, path: keySource?.kind === 'file' ? keySource.path : '-' };
}

/** Returns true if the script itself generates the key, in case no secret holds one yet. */
export function isGenerated({ keySource, stored }: PlannedSecret): boolean {
  return stored && keySource?.kind === 'generate';
}

/** Returns the names of the variables with keys. */
export function keyVariables(keys: NamedSecret[]): string[] {
  return keys.flatMap(({ secret: { keySource, stored } }) =>
    stored && keySource?.kind === 'env' ? [keySource.name] : [],
  );
}

/** The prefix of shell variables with keys. */
export const VALUE = 'value_of_';

/** Returns the shell variable with a key. */
export function valueVariable(keyId: string): string {
  return `${VALUE}${keyId}`;
}

/**
 * Returns the code that reads all given keys. Keys in environment variables are read first and removed from the environment of
 * everything that follows.
 */
export function readings(keys: NamedSecret[]): string[] {
  const given = keys.filter(({ secret }) => secret.stored && !isGenerated(secret));
  const variables = [...new Set(keyVariables(given))];
  if (given.length === 0) return [];
  return [
    [
      comment(messages.readingTitle),
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

/** Returns the line that checks `key`. */
export function checkOf({ keyType, algorithm, name }: PlannedSecret): string {
  if (keyType === 'srt-password') return `demand_password ${word(name)}`;
  const lengths = (algorithm ? [algorithm] : ALGORITHMS).map((each) => KEY_LENGTH[each]);
  return `demand_digits ${word(name)} ${lengths.join(' ')}`;
}

const ACCOUNT_ARN = new RegExp(`"arn:[a-z-]+:([^"]*${ACCOUNT_PLACEHOLDER})`, 'g');

/** Returns a text as one printable word of a script. Nonprintable characters are escaped. */
export function word(text: string): string {
  if (plain(text) === text) return shellWord(text);
  const bytes = [...Buffer.from(text)].map((byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `$'${bytes.join('')}'`;
}

/** Returns a comment with wrapped lines. */
export function comment(text: string): string {
  return wrap(text, 98).replace(/^/gm, '# ');
}

/**
 * Returns a policy document as a here-document. The shell inserts what is known only at run time.
 * @param arns shell variables with ARNs of secrets, by ARN in the document
 */
export function hereDocument(document: JsonPolicy, arns: ReadonlyMap<string, string> = new Map()): string {
  const marked = (_: string, value: unknown) => {
    const variable = typeof value === 'string' ? arns.get(value) : undefined;
    return variable === undefined ? value : `<variable ${variable}>`;
  };
  const text = JSON.stringify(document, marked, 2)
    .replace(/[\\$`]/g, '\\$&')
    .replace(/<variable (\w+)>/g, (_, name) => `\${${name}}`)
    .replace(ACCOUNT_ARN, (_, rest) => `"arn:\${partition}:${rest}`)
    .replaceAll(ACCOUNT_PLACEHOLDER, () => `\${account}`);
  return `<<JSON\n${text}\nJSON`;
}
