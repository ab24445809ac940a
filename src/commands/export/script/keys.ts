import { ALGORITHMS, KEY_LENGTH } from '../../../key/index.ts';
import type { JsonPolicy } from '../../../policy/index.ts';
import { plain, shellWord } from '../../../text.ts';
import { wrap } from '../../../ui/output.ts';
import { ACCOUNT_PLACEHOLDER, type NamedSecret } from '../ids.ts';
import type { PlannedSecret } from '../types.ts';
import { scriptMessages as messages } from './messages.ts';

/** Returns the variable with the path of a key's file, and its default path; undefined for a key that no file has. */
export function keyFileOf({ keyId, secret }: NamedSecret): { variable: string; path: string } | undefined {
  const { keySource, stored } = secret;
  if (!stored || keySource?.kind === 'env' || keySource?.kind === 'generate') return undefined;
  const variable = `${keyId.replace(/(?<=.)(?=[A-Z])/g, '_').toUpperCase()}_FILE`;
  return { variable, path: keySource?.kind === 'file' ? keySource.path : '-' };
}

/** Returns true if the script generates the key when no secret has one yet. */
export function isGenerated({ keySource, stored }: PlannedSecret): boolean {
  return stored && keySource?.kind === 'generate';
}

/** Returns the names of the environment variables that the user keeps keys in. */
export function keyVariables(keys: NamedSecret[]): string[] {
  return keys.flatMap(({ secret: { keySource, stored } }) =>
    stored && keySource?.kind === 'env' ? [keySource.name] : [],
  );
}

/** The prefix of the script's own shell variables with keys. */
export const KEY_PREFIX = 'value_of_';

/** Returns the script's own shell variable with a key. */
export function valueVariable(keyId: string): string {
  return `${KEY_PREFIX}${keyId}`;
}

/**
 * Returns the code that reads the keys that the user provides. Keys in environment variables are read first, and the variables are
 * unset, so that no program that the script starts gets them.
 */
export function keyReadingCode(keys: NamedSecret[]): string[] {
  const providedKeys = keys.filter(({ secret }) => secret.stored && !isGenerated(secret));
  const variables = [...new Set(keyVariables(providedKeys))];
  if (providedKeys.length === 0) return [];
  return [
    [
      comment(messages.readingTitle),
      ...providedKeys.filter((key) => !keyFileOf(key)).map(readVariable),
      ...(variables.length > 0 ? [`unset ${variables.join(' ')}`] : []),
      ...providedKeys.filter(keyFileOf).map(readFile),
    ].join('\n'),
  ];
}

function readVariable(key: NamedSecret): string {
  const [variable = ''] = keyVariables([key]);
  return [`key=\${${variable}-}`, `key=\${key%$'\\n'}`, ...checkLines(key)].join('\n');
}

function readFile(key: NamedSecret): string {
  const variable = keyFileOf(key)?.variable ?? '';
  return [`read_key ${variable} "$${variable}"`, ...checkLines(key)].join('\n');
}

/** Returns the lines that check `key` and keep it in its own variable. */
function checkLines({ keyId, secret }: NamedSecret): string[] {
  return [checkLine(secret), `${valueVariable(keyId)}=$key`];
}

/** Returns the line that checks `key`. */
export function checkLine({ keyType, algorithm, name }: PlannedSecret): string {
  if (keyType === 'srt-password') return `demand_password ${word(name)}`;
  const lengths = (algorithm ? [algorithm] : ALGORITHMS).map((each) => KEY_LENGTH[each]);
  return `demand_digits ${word(name)} ${lengths.join(' ')}`;
}

/** Matches the start of an ARN in the placeholder account, whose partition is only known when the script runs. */
const ACCOUNT_ARN = new RegExp(`"arn:[a-z-]+:([^"]*${ACCOUNT_PLACEHOLDER})`, 'g');

/** Returns a text as one quoted, printable word of a script. Nonprintable characters are escaped. */
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
  const withVariable = (_: string, value: unknown) => {
    const variable = typeof value === 'string' ? arns.get(value) : undefined;
    return variable === undefined ? value : `<variable ${variable}>`;
  };
  const text = JSON.stringify(document, withVariable, 2)
    .replace(/[\\$`]/g, '\\$&')
    .replace(/<variable (\w+)>/g, (_, name) => `\${${name}}`)
    .replace(ACCOUNT_ARN, (_, arnEnd) => `"arn:\${partition}:${arnEnd}`)
    .replaceAll(ACCOUNT_PLACEHOLDER, () => `\${account}`);
  return `<<JSON\n${text}\nJSON`;
}
