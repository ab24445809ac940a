import type { Algorithm } from './key-material.ts';

const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

/** The names in the MediaConnect console. */
const NAMES: Record<Algorithm, string> = { aes128: 'AES-128', aes192: 'AES-192', aes256: 'AES-256' };

const LENGTHS = '32 (AES-128), 48 (AES-192) or 64 (AES-256)';
const USE_PATH = 'Use the path of a file, not the key itself.';

/** Messages about keys. None of them contains any character of a key. */
export const keyMessages = {
  checkedOnly: 'Nothing was sent to AWS.',
  typeReadFailed: (reason: string) => `Couldn't read the key type of the secret: ${reason}`,
  passwordHint: 'If the key is an SRT password, add --key-type srt-password.',
  empty: 'The key is empty. Provide the whole key.',
  tooLong: (most: number) => `The key is too long (${most} characters at most). Provide only the key.`,
  byteOrderMark:
    'The key starts with a byte order mark (BOM). Save the file as ASCII, or as UTF-8 without BOM.',
  utf16:
    "The key is UTF-16 text (Windows PowerShell's default). Save the file as ASCII, or as UTF-8 without BOM.",
  json: 'The key is JSON, but MediaConnect needs the bare key. Provide only the key, without braces or quotes.',
  quoted: 'The key has quotation marks around it. Remove them.',
  severalLines: (lines: number) => `The key has ${lines} lines. It must be a single line.`,
  blankLine: 'The key has a line break before or after it. It must be a single line.',
  surroundingSpace: 'The key has spaces or tabs before or after it. Remove them.',
  innerSpace: (n: number) =>
    `The key contains ${count(n, 'space or tab', 'spaces or tabs')}. Provide the digits without spaces.`,
  prefixed: 'The key starts with 0x. Provide only the digits after it.',
  separated: 'The key contains separators (colons, dashes, commas or 0x). Provide only the digits.',
  assignment: 'The key has the form NAME=value. Provide only the value.',
  control: 'The key contains control characters, possibly from pasting. Enter it again.',
  nonAscii: (n: number, first: number) =>
    `The key has ${count(n, 'non-ASCII character', 'non-ASCII characters')}, the first at position ${first}. Pasted characters can look like ASCII. Type the key instead.`,
  invisible: (n: number, first: number) =>
    `The key has ${count(n, 'invisible character', 'invisible characters')}, the first at position ${first}, possibly from a web page or a chat. Type the key instead of pasting it.`,
  lookAlike: (n: number, first: number) =>
    `The key has ${count(n, 'letter that looks like a digit', 'letters that look like digits')} (O, I or L), the first at position ${first}. Check the original for 0 or 1.`,
  base64:
    'The key looks like Base64, but MediaConnect needs hexadecimal digits. To convert it: base64 -d | xxd -p -c 64',
  base64OfDigits: 'The key is Base64 of the hexadecimal digits. To decode it: base64 -d',
  notHex: (n: number, first: number) =>
    `The key has ${count(n, 'character', 'characters')} other than 0–9 and a–f, the first at position ${first}. Check the original.`,
  oddLength: (length: number) =>
    `The key has ${length} digits. It needs ${LENGTHS}. One digit may be missing or extra.`,
  wrongLength: (length: number) => `The key has ${length} digits. It needs ${LENGTHS}.`,
  wrongAlgorithm: (length: number, algorithm: Algorithm, wanted: number) =>
    `The key has ${length} digits, but ${NAMES[algorithm]} needs ${wanted}. Change the key or --algorithm.`,
  srtLength: (length: number) => `The SRT password has ${length} characters. It needs 10–80.`,

  spreadsheet:
    'The key is in spreadsheet notation, so some of its digits are lost. Copy the key from its source as text.',
  fileReference: 'The key is the name of a file. Provide the contents of the file instead.',
  arn: 'The key is an ARN. Provide the key itself.',
  placeholder: 'The key is a placeholder or the name of a variable, not a value. Provide the key itself.',

  roundedNumber:
    'The key is 15 decimal digits followed by zeros. If a spreadsheet rounded it, copy the key from its source as text.',
  sameDigit: 'Every digit of this key is the same, so it is easy to guess. Use it for tests only.',
  encodedTwice: (digits: number) =>
    `This key may be hex-encoded twice. Decoded, it is ${digits} hexadecimal digits. If that is the real key, use those digits.`,

  fileMissing: (path: string) => `--key-file: file not found: ${path}`,
  fileIsFolder: (path: string) => `--key-file: ${path} is a folder. Use the path of the key file in it.`,
  fileUnreadable: (path: string) => `--key-file: permission denied: ${path}`,
  fileFailed: (path: string, code: string) => `--key-file: can't read ${path} (${code}).`,
  fileAbsent: `--key-file: file not found. ${USE_PATH}`,
  fileAbsentIn: (folder: string) => `--key-file: file not found in ${folder}. ${USE_PATH}`,
  fileIsTerminal: (path: string) =>
    `--key-file: ${path} is a terminal, which would show the key. Use a file, or the hidden key prompt.`,
  fileIsSocket: (path: string) =>
    `--key-file: ${path} is a socket. For standard input, use --key-file - instead.`,
  fileTooLarge: (path: string, most: number) =>
    `--key-file: ${path} has more than ${most} bytes. A key file contains only the key.`,
  stdin: 'standard input',
  waiting: (source: string) => `Waiting for the key from ${source}. Close the input after the key.`,
  stdinTooLarge: (most: number) =>
    `--key-file -: standard input has more than ${most} bytes. It must contain only the key.`,
  sourceEmpty: (source: string) => `${source} is empty. It must contain only the key.`,
  stdinFailed: (code: string) => `--key-file -: can't read standard input (${code}).`,
  rawBytes: (source: string, bytes: number) =>
    `${source} contains ${bytes} bytes that aren't text, possibly the key in binary form. To convert it to hexadecimal: xxd -p -c 64`,
  notUtf8: (source: string) => `${source} isn't text. Save the key as ASCII text.`,
  stdinIsTerminal:
    '--key-file -: standard input is a terminal. Pipe the key in, or remove --key-file to be prompted for it.',
  envUnset:
    "--key-env: environment variable not found, or not exported. Use the variable's name, not the key itself.",
  fileExposed: (path: string, word: string) =>
    `Other users can read or change ${path}. To fix: chmod 600 ${word}`,
};

/** Messages about stored keys, by problem. They reveal no length, no count and no position. */
export const storedKeyMessages = {
  empty: 'The value is empty.',
  'too-long': 'The value is too long for a key.',
  'utf-16': "The value is UTF-16 text (Windows PowerShell's default).",
  'byte-order-mark': 'The value starts with a byte order mark (BOM).',
  json: 'The value is JSON, but MediaConnect needs the bare key.',
  'blank-line': 'The value has a line break before or after the key.',
  'several-lines': 'The value has several lines.',
  'trailing-newline': 'The value ends with a line break, which MediaConnect treats as part of the key.',
  separated: 'The value contains separators (colons, dashes, commas or 0x).',
  assignment: 'The value has the form NAME=value, but MediaConnect needs the bare key.',
  quoted: 'The value has quotation marks around the key.',
  'surrounding-space': 'The value has spaces or tabs before or after the key.',
  'inner-space': 'The value contains spaces or tabs.',
  prefixed: 'The value starts with 0x, which MediaConnect treats as part of the key.',
  spreadsheet: 'The value is in spreadsheet notation, so some digits of the key are lost.',
  'file-reference': 'The value is the name of a file, not the key in that file.',
  arn: 'The value is an ARN, not a key.',
  placeholder: 'The value is a placeholder or the name of a variable, not a key.',
  control: 'The value contains control characters, possibly from pasting.',
  'non-ascii': 'The value contains non-ASCII characters.',
  invisible: 'The value contains invisible characters, possibly from a web page or a chat.',
  'look-alike': 'The value has letters that look like digits (O, I or L).',
  base64: 'The value looks like Base64, but MediaConnect needs hexadecimal digits.',
  'not-hexadecimal': 'The value has characters other than 0–9 and a–f.',
  'odd-length': 'The value has the wrong length. A static key has 32, 48 or 64 hexadecimal digits.',
  'wrong-length': 'The value has the wrong length. A static key has 32, 48 or 64 hexadecimal digits.',
  'srt-length': 'The value has the wrong length. An SRT password has 10–80 characters.',
};

/** Returns the message for the problem `wrong-algorithm`: a stored key for a different algorithm than requested. */
export function storedWrongAlgorithm(algorithm: Algorithm, digits: number): string {
  return `The value has the wrong length. An ${NAMES[algorithm]} key has ${digits} hexadecimal digits.`;
}

/** Stable identifiers of the problems. */
export type KeyProblemCode = keyof typeof storedKeyMessages | 'wrong-algorithm';
