import { KEY_BYTE_LENGTHS } from './key-material.ts';
import { type KeyProblemCode, keyMessages as messages } from './messages.ts';

/** A problem with a key. The message says what to do and shows nothing of the key. */
export interface KeyProblem {
  code: KeyProblemCode;
  message: string;
}

/** In characters: far more than any key has. Secrets Manager stores up to 65,536 bytes. */
const LONGEST_KEY = 1_024;

/** Returns a problem with the form of the text, for any type of key. */
export function formProblem(key: string): KeyProblem | undefined {
  if (key.trim() === '') return { code: 'empty', message: messages.empty };
  if (key.length > LONGEST_KEY) return { code: 'too-long', message: messages.tooLong(80) };
  if (isUtf16(key)) return { code: 'utf-16', message: messages.utf16 };
  if (key.startsWith('\ufeff')) return { code: 'byte-order-mark', message: messages.byteOrderMark };
  if (isJson(key)) return { code: 'json', message: messages.json };
  const line = key.trim();
  if (/^fileb?:\/\/./i.test(line)) return { code: 'file-reference', message: messages.fileReference };
  if (/^arn:aws[\w-]*:./i.test(line)) return { code: 'arn', message: messages.arn };
  if (/^\{\{.*\}\}$/.test(line)) return { code: 'placeholder', message: messages.placeholder };
  if (!/[\r\n]/.test(key)) return undefined;
  if (!/[\r\n]/.test(key.trim())) return { code: 'blank-line', message: messages.blankLine };
  return { code: 'several-lines', message: messages.severalLines(key.trim().split(/[\r\n]+/).length) };
}

/** Returns true for ASCII text in UTF-16 without a byte order mark that was read as UTF-8: every other character is zero. */
function isUtf16(text: string): boolean {
  const zerosAt = (parity: number) =>
    [...text].every((character, index) => (character === '\0') === (index % 2 === parity));
  return text.includes('\0') && (zerosAt(0) || zerosAt(1));
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    // JSON with a syntax error is no key either.
    return /^\s*\{\s*["']/.test(text);
  }
}

/** Returns a problem for a key in the notation of another program, or with something around its digits. */
export function notationProblem(key: string): KeyProblem | undefined {
  if (isSpreadsheetNumber(key)) return { code: 'spreadsheet', message: messages.spreadsheet };
  if (isPath(key)) return { code: 'file-reference', message: messages.fileReference };
  if (isPlaceholder(key)) return { code: 'placeholder', message: messages.placeholder };
  if (isByteList(key)) return { code: 'separated', message: messages.separated };
  if (isAssignment(key)) return { code: 'assignment', message: messages.assignment };
  if (/^["'`“”„‘’‚«»‹›]|["'`“”„‘’‚«»‹›]$/.test(key)) return { code: 'quoted', message: messages.quoted };
  if (key.trim() !== key) return { code: 'surrounding-space', message: messages.surroundingSpace };
  if (/^0x/i.test(key)) return { code: 'prefixed', message: messages.prefixed };
  const spaces = /^[0-9a-f\s]+$/i.test(key) ? (key.match(/\s/g) ?? []).length : 0;
  return spaces > 0 ? { code: 'inner-space', message: messages.innerSpace(spaces) } : undefined;
}

/**
 * Matches `1.23457E+31`, `1,23457E+31`, `12345.0`, `12,345,678,901`, `#####`, `#NUM!`. Digits with an `e` can be a key, so a sign
 * or a separator is required.
 */
function isSpreadsheetNumber(key: string): boolean {
  const isScientific = /^[+-]?\d+([.,]\d+)?E[+-]?\d{1,3}$/i.test(key) && /[.,+-]/.test(key);
  const isDecimal = /^[+-]?\d+[.,]0+$/.test(key) || /^\d{1,3}(,\d{3}){3,}(\.\d+)?$/.test(key);
  return isScientific || isDecimal || /^#(#+|[A-Z]+[!?]|N\/A)$/.test(key);
}

/** Matches `/run/secrets/key`, `./key.txt`, `@key.txt`: paths from which other commands read a value. */
function isPath(key: string): boolean {
  return (
    /^@?(~|\.{1,2})?\/[^\s]+$/.test(key) || /^@?[\w.-]+\.(txt|key|hex|bin|pem|env|ya?ml|json)$/i.test(key)
  );
}

/** Matches `$KEY`, `${KEY}`, `$(cat key)`, `%KEY%`, `<KEY>`. */
function isPlaceholder(key: string): boolean {
  return /^(\$[a-z_]\w*|\$\{[^{}]*\}|\$\([^()]*\)|%\w+%|<[^<>]*>)$/i.test(key);
}

/** Matches `00:11:22`, `0011-2233`, `{0x00, 0x11}`. */
function isByteList(key: string): boolean {
  const bytes = key.replace(/0x/gi, '');
  if (bytes !== key && /^[[({]?\s*[0-9a-f]+([,;:\s]+[0-9a-f]+)+\s*[\])}]?$/i.test(bytes)) return true;
  return /^[0-9a-f]+([:,;._-]\s?[0-9a-f]+)+$/i.test(key);
}

/** Matches `KEY=00112233`, `export KEY=00112233`, `key: 00112233`, `"key": "00112233"`, but not a URL. */
function isAssignment(key: string): boolean {
  return (
    /^(export\s+)?[a-z_][\w.-]*\s*=\s*[^=\s]/i.test(key) ||
    /^["']?[\w.-]*[g-z_][\w.-]*["']?\s*:(?!\/\/)[^:]+$/i.test(key)
  );
}

/** Returns a problem for characters that are invalid in any type of key. */
export function characterProblem(key: string): KeyProblem | undefined {
  if (/\p{Cc}/u.test(key)) return { code: 'control', message: messages.control };
  const nonAscii = matchingCharacters(key, /[^\x20-\x7e]/);
  return nonAscii && { code: 'non-ascii', message: messages.nonAscii(nonAscii.count, nonAscii.first) };
}

/** Returns a problem for invisible characters, which come with text copied from a web page or a chat. */
export function invisibleProblem(key: string): KeyProblem | undefined {
  const invisible = matchingCharacters(key, /\p{Cf}/u);
  return invisible && { code: 'invisible', message: messages.invisible(invisible.count, invisible.first) };
}

/** Returns a problem for plain text that is not hexadecimal. */
export function digitProblem(key: string): KeyProblem | undefined {
  const nonHex = matchingCharacters(key, /[^0-9a-f]/i);
  if (!nonHex) return undefined;
  const { count, first } = nonHex;
  if (/^[0-9a-foil]+$/i.test(key)) return { code: 'look-alike', message: messages.lookAlike(count, first) };
  return base64Problem(key, count) ?? { code: 'not-hexadecimal', message: messages.notHex(count, first) };
}

/** Detects Base64 of a key's bytes or of its hexadecimal digits. Kubernetes shows secrets in the latter form. */
function base64Problem(key: string, nonHexCount: number): KeyProblem | undefined {
  // About two thirds of the Base64 alphabet are not hexadecimal. A mistyped hexadecimal key has only a few such characters.
  if (!/^[\w+/-]+={0,2}$/.test(key) || nonHexCount * 4 < key.length) return undefined;
  const bytes = Buffer.from(key, 'base64');
  // Check for digits first: 32 digits are as many bytes as an AES-256 key, and the advice for bytes would produce a wrong key.
  const isOfDigits = /^[0-9a-f]{32,64}\s*$/i.test(bytes.toString('latin1'));
  if (isOfDigits) return { code: 'base64', message: messages.base64OfDigits };
  return KEY_BYTE_LENGTHS.includes(bytes.length) ? { code: 'base64', message: messages.base64 } : undefined;
}

/** Returns how many characters match, and the position of the first, starting at 1. */
function matchingCharacters(text: string, pattern: RegExp): { count: number; first: number } | undefined {
  const characters = [...text];
  const first = characters.findIndex((character) => pattern.test(character));
  if (first < 0) return undefined;
  return { count: characters.filter((character) => pattern.test(character)).length, first: first + 1 };
}
