import { ALGORITHMS, KEY_LENGTH } from '../../../key/index.ts';
import type { JsonPolicy } from '../../../policy/index.ts';
import { clean, shellWord } from '../../../text.ts';
import { wrap } from '../../../ui/output.ts';
import { ACCOUNT_PLACEHOLDER, type SecretWithIds } from '../ids.ts';
import type { PlannedSecret } from '../types.ts';
import { scriptMessages as messages } from './messages.ts';

/** Returns the shell variable that holds the path of a key's file, and the default path; undefined for a key from elsewhere. */
export function keyFileOf({ keyId, secret }: SecretWithIds): { variable: string; path: string } | undefined {
  const { keySource, isNew } = secret;
  if (!isNew || keySource?.kind === 'env' || keySource?.kind === 'generate') return undefined;
  const variable = `${keyId.replace(/(?<=.)(?=[A-Z])/g, '_').toUpperCase()}_FILE`;
  return { variable, path: keySource?.kind === 'file' ? keySource.path : '-' };
}

/** Returns true if the script generates the key, unless an existing secret has one. */
export function isGenerated({ keySource, isNew }: PlannedSecret): boolean {
  return isNew && keySource?.kind === 'generate';
}

/** Returns the names of the environment variables in which the user provides keys. */
export function keyVariables(keys: SecretWithIds[]): string[] {
  return keys.flatMap(({ secret: { keySource, isNew } }) =>
    isNew && keySource?.kind === 'env' ? [keySource.name] : [],
  );
}

/** The prefix of the shell variables in which the script keeps keys. */
export const KEY_PREFIX = 'value_of_';

/** Returns the shell variable in which the script keeps a key. */
export function valueVariable(keyId: string): string {
  return `${KEY_PREFIX}${keyId}`;
}

/**
 * Returns the code that reads the keys that the user provides. Keys in environment variables are read first, and the variables are
 * unset, so that no program that the script starts gets them.
 */
export function keyReadingCode(keys: SecretWithIds[]): string[] {
  const providedKeys = keys.filter(({ secret }) => secret.isNew && !isGenerated(secret));
  const variables = [...new Set(keyVariables(providedKeys))];
  if (providedKeys.length === 0) return [];
  return [
    [
      comment(messages.readingTitle),
      ...providedKeys.filter((key) => !keyFileOf(key)).map(codeForKey),
      ...(variables.length > 0 ? [`unset ${variables.join(' ')}`] : []),
      ...providedKeys.filter(keyFileOf).map(codeForKey),
    ].join('\n'),
  ];
}

/** Returns the code that reads a key into the shell variable `key`, checks it, and keeps it in its own variable. */
function codeForKey(key: SecretWithIds): string {
  const [variable = ''] = keyVariables([key]);
  const file = keyFileOf(key);
  const lines = file
    ? [`read_key ${file.variable} "$${file.variable}"`]
    : [`key=\${${variable}-}`, `key=\${key%$'\\n'}`];
  return [...lines, checkLine(key.secret), `${valueVariable(key.keyId)}=$key`].join('\n');
}

/** Returns the line that checks the shell variable `key`. */
export function checkLine({ keyType, algorithm, name }: PlannedSecret): string {
  if (keyType === 'srt-password') return `demand_password ${shellQuoted(name)}`;
  const lengths = (algorithm ? [algorithm] : ALGORITHMS).map((each) => KEY_LENGTH[each]);
  return `demand_digits ${shellQuoted(name)} ${lengths.join(' ')}`;
}

/** Matches the start of an ARN in the placeholder account, whose partition is only known when the script runs. */
const ACCOUNT_ARN = new RegExp(`"arn:[a-z-]+:([^"]*${ACCOUNT_PLACEHOLDER})`, 'g');

/** Returns a text as one printable word of a script, quoted where necessary. Nonprintable characters are escaped. */
export function shellQuoted(text: string): string {
  if (clean(text) === text) return shellWord(text);
  // Printable ASCII, except for the single quote and the backslash, stays as it is.
  const bytes = [...Buffer.from(text)].map((byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `$'${bytes.join('')}'`;
}

/** Returns a text as a comment with wrapped lines. */
export function comment(text: string): string {
  return wrap(text, 98).replace(/^/gm, '# ');
}

/**
 * Returns a policy document as a here-document. The shell inserts the partition, the account, and the ARNs of secrets.
 * @param arnVariables the shell variables with the ARNs of secrets, by the ARN in the document
 */
export function hereDocument(document: JsonPolicy, arnVariables = new Map<string, string>()): string {
  const withVariable = (_: string, value: unknown) => {
    const variable = typeof value === 'string' ? arnVariables.get(value) : undefined;
    return variable === undefined ? value : `<variable ${variable}>`;
  };
  const text = JSON.stringify(document, withVariable, 2)
    .replace(/[\\$`]/g, '\\$&')
    .replace(/<variable (\w+)>/g, (_, name) => `\${${name}}`)
    .replace(ACCOUNT_ARN, (_, arnEnd) => `"arn:\${partition}:${arnEnd}`)
    .replaceAll(ACCOUNT_PLACEHOLDER, () => `\${account}`);
  return `<<JSON\n${text}\nJSON`;
}
