import type { JsonPolicy } from '../../../policy/index.ts';
import { plain, shellWord } from '../../../text.ts';
import { wrap } from '../../../ui/output.ts';
import { ACCOUNT_PLACEHOLDER } from '../placeholders.ts';

const ACCOUNT_ARN = new RegExp(`"arn:[a-z-]+:([^"]*${ACCOUNT_PLACEHOLDER})`, 'g');

/** A text as one word of a script, printable as a whole: what no terminal would show is spelt out. */
export function word(text: string): string {
  if (plain(text) === text) return shellWord(text);
  const bytes = [...Buffer.from(text)].map((byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `$'${bytes.join('')}'`;
}

/** A comment, in lines that are no wider than most of what it explains. */
export function comment(text: string): string {
  return wrap(text, 98).replace(/^/gm, '# ');
}

/**
 * A policy document as the text of a here-document, in which the shell puts what is known only when it runs.
 * @param arns the variables that hold the ARNs of secrets, by those ARNs
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
