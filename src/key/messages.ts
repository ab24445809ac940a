const count = (n: number, one: string, many: string) => (n === 1 ? `one ${one}` : `${n} ${many}`);

/** Messages about keys. None of them contains any character of a key. */
export const keyMessages = {
  checkedOnly: 'Nothing was sent to AWS.',
  typeReadFailed: (reason: string) => `The key type on the secret could not be read: ${reason}`,
  passwordHint: 'If the key is an SRT password, give --key-type srt-password.',
  empty: 'The key is empty. Give the whole key.',
  tooLong: (most: number) =>
    `The key is far too long: a secret for MediaConnect has at most ${most} characters.`,
  byteOrderMark:
    'The key begins with a byte-order mark, which some editors put there unseen. Save the file as plain ASCII text.',
  utf16:
    'The key seems to be UTF-16 text, as Windows PowerShell writes it. Save it as plain ASCII (or UTF-8 without a byte-order mark).',
  json: 'The key is JSON, but MediaConnect takes the bare key as plaintext. Give only the value inside, without braces and quotes.',
  quoted: 'The key has quotation marks around it. Give it without them.',
  severalLines: (lines: number) => `The key has ${lines} lines. Give one line with nothing but the key.`,
  blankLine: 'The key has a line break before or after it. Give one line with nothing but the key.',
  surroundingSpace: 'The key has spaces or tabs before or after it. Give it without them.',
  innerSpace: (n: number) =>
    `The key has ${count(n, 'space or tab', 'spaces or tabs')} inside. Give its hexadecimal digits in one piece.`,
  prefixed: 'The key begins with 0x. Give only the digits after it.',
  separated:
    'The key is written in pieces, with colons, dashes, commas or 0x between its digits. Give its hexadecimal digits in one piece.',
  assignment: 'The key has a name before it, as in NAME=value. Give only the value.',
  control: 'The key has control characters in it, perhaps from a paste. Give it again without them.',
  nonAscii: (n: number, first: number) =>
    `The key has ${count(n, 'character', 'characters')} outside plain ASCII, the first at position ${first}. Perhaps a look-alike was pasted.`,
  invisible: (n: number, first: number) =>
    `The key has ${count(n, 'invisible character', 'invisible characters')}, the first at position ${first}, perhaps from a web page or a chat. Type it instead of pasting it.`,
  lookAlike: (n: number, first: number) =>
    `The key has ${count(n, 'letter', 'letters')} that can be mistaken for a digit (the letter O, I or L), the first at position ${first}. Type it again from the source.`,
  base64:
    'The key seems to be Base64. MediaConnect takes hexadecimal digits: convert it, for example with: base64 -d | xxd -p -c 64',
  base64OfDigits: 'The key is Base64 of the hexadecimal digits. Decode it, for example with: base64 -d',
  notHex: (n: number, first: number) =>
    `The key has ${count(n, 'character that is', 'characters that are')} not hexadecimal (0-9, a-f), the first at position ${first}.`,
  oddLength: (length: number) =>
    `The key has ${length} hexadecimal digits, an odd number, so one is missing or too many. 32, 48 or 64 are right.`,
  wrongLength: (length: number) =>
    `The key has ${length} hexadecimal digits. It takes 32 for aes128, 48 for aes192 or 64 for aes256.`,
  wrongAlgorithm: (length: number, algorithm: string, wanted: number) =>
    `The key has ${length} hexadecimal digits, but ${algorithm} takes ${wanted}. Give the other key, or another --algorithm.`,
  srtLength: (length: number) => `The SRT password has ${length} characters. It takes 10 to 80.`,

  spreadsheet:
    'The key is in spreadsheet notation, so some of its digits are lost. Copy the key from its source as text.',
  fileReference:
    'The key is the name of a file, not its contents. Give the key itself, or use --key-file with the path.',
  arn: 'The key is an ARN. Give the key itself.',
  placeholder:
    'The key is a placeholder, or the name of a variable, that nothing has filled in. Give the key itself.',

  roundedNumber:
    'The key is 15 decimal digits and then only zeros. If a spreadsheet rounded it, copy the key from its source as text.',
  sameDigit:
    'The key is the same digit from beginning to end, which anyone can guess. Use it for a trial only, or make one with --generate.',
  encodedTwice: (digits: number) =>
    `The key reads as ${digits} hexadecimal digits that were turned into hexadecimal once more, as xxd -p does with a key that is text already. If so, give those ${digits} digits instead.`,

  fileMissing: (path: string) => `--key-file: there is no file ${path}.`,
  fileIsFolder: (path: string) => `--key-file: ${path} is a folder. Name the file in it that holds the key.`,
  fileUnreadable: (path: string) => `--key-file: you don't have permission to read ${path}.`,
  fileFailed: (path: string, code: string) => `--key-file: ${path} could not be read (${code}).`,
  fileAbsent: '--key-file: there is no file of that name. It takes the path of a file, not the key itself.',
  fileAbsentIn: (folder: string) =>
    `--key-file: there is no file of that name in ${folder}. It takes the path of a file, not the key itself.`,
  fileIsTerminal: (path: string) =>
    `--key-file: ${path} is a terminal, which would show the key. Leave the flag out to be asked for it unseen.`,
  fileIsSocket: (path: string) =>
    `--key-file: ${path} is a socket, which cannot be opened by its name. For standard input, give --key-file - instead.`,
  fileTooLarge: (path: string, most: number) =>
    `--key-file: ${path} has more than ${most} bytes; a key file holds the key and nothing else.`,
  stdin: 'standard input',
  waiting: (source: string) => `Waiting for the key from ${source}. Close the input after the key.`,
  stdinTooLarge: (most: number) =>
    `--key-file -: standard input has more than ${most} bytes; it should hold the key and nothing else.`,
  sourceEmpty: (source: string) => `${source}: there is nothing in it. Put the key there, and nothing else.`,
  stdinFailed: (code: string) => `--key-file -: standard input could not be read (${code}).`,
  rawBytes: (source: string, bytes: number) =>
    `${source}: it holds ${bytes} bytes that are not text, perhaps the key in binary form. MediaConnect takes hexadecimal digits: convert it, for example with: xxd -p -c 64`,
  notUtf8: (source: string) => `${source}: what it holds is not text. Save the key as plain ASCII text.`,
  stdinIsTerminal:
    '--key-file -: standard input is a terminal. Pipe the key in, or leave the flag out to be asked for it.',
  envUnset:
    '--key-env: there is no environment variable of that name, or it is not exported. It takes the name of a variable, not the key itself.',
  fileExposed: (path: string, word: string) =>
    `Other users of this machine can read or change ${path}. Close it to them: chmod 600 ${word}`,
};

/** Messages about stored keys, by problem. They reveal no length, no count and no position. */
export const storedKeyMessages = {
  empty: 'The value is empty.',
  'too-long': 'The value is far too long for a key.',
  'utf-16': 'The value seems to be UTF-16 text, as Windows PowerShell writes it.',
  'byte-order-mark': 'The value begins with a byte-order mark, which some editors put there unseen.',
  json: 'The value is JSON, but MediaConnect takes the bare key as plaintext.',
  'blank-line': 'The value has a line break before or after the key.',
  'several-lines': 'The value has several lines.',
  'trailing-newline': 'The value ends in a line break, which MediaConnect takes for a part of the key.',
  separated: 'The value is written in pieces, with colons, dashes, commas or 0x between its digits.',
  assignment: 'The value has a name before the key, as in NAME=value.',
  quoted: 'The value has quotation marks around the key.',
  'surrounding-space': 'The value has spaces or tabs before or after the key.',
  'inner-space': 'The value has spaces or tabs inside.',
  prefixed: 'The value begins with 0x, which MediaConnect takes for a part of the key.',
  spreadsheet: 'The value is in spreadsheet notation, so some digits of the key are lost.',
  'file-reference': 'The value is the name of a file, not the key that the file holds.',
  arn: 'The value is an ARN, not a key.',
  placeholder: 'The value is a placeholder, or the name of a variable, that nothing has filled in.',
  control: 'The value has control characters in it, perhaps from a paste.',
  'non-ascii': 'The value has characters outside plain ASCII.',
  invisible: 'The value has invisible characters, perhaps from a web page or a chat.',
  'look-alike': 'The value has letters that can be mistaken for a digit (the letter O, I or L).',
  base64: 'The value seems to be Base64. MediaConnect takes hexadecimal digits.',
  'not-hexadecimal': 'The value has characters that are not hexadecimal (0-9, a-f).',
  'odd-length': 'The value does not have the length of a key: 32, 48 or 64 hexadecimal digits.',
  'wrong-length': 'The value does not have the length of a key: 32, 48 or 64 hexadecimal digits.',
  'srt-length': 'The value does not have the length of an SRT password: 10 to 80 characters.',
};

/** Returns the message for the problem `wrong-algorithm`: a stored key for a different algorithm than requested. */
export function storedWrongAlgorithm(algorithm: string, digits: number): string {
  return `The value does not have the ${digits} hexadecimal digits that ${algorithm} takes.`;
}

/** Stable identifiers of the problems. */
export type KeyProblemCode = keyof typeof storedKeyMessages | 'wrong-algorithm';
