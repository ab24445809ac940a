import { describe, expect, test } from 'vitest';
import { ALGORITHMS, checkKey, type KeyRules } from '../../src/key/index.ts';
import { KEY, KEYS } from './keys.ts';

const STATIC: KeyRules = { keyType: 'static-key' };
const pairs = KEY.match(/../g) ?? [];
const bytes = (count: number) =>
  Buffer.from(Array.from({ length: count }, (_, index) => (index * 37 + 0x5a) % 256));

/** Returns the codes and messages of the problems that the user sees. */
function refusal(text: string, rules: KeyRules = STATIC): string {
  const result = checkKey(text, rules);
  if (result.ok) return 'accepted';
  return result.problems.map(({ code, message }) => `${code}: ${message}`).join('\n');
}

describe('checkKey with a static key', () => {
  test.each(ALGORITHMS)('accepts the length of %s and returns the algorithm', (algorithm) => {
    const result = checkKey(KEYS[algorithm], STATIC);
    expect(result).toMatchObject({ ok: true, algorithm });
    expect(result.ok && result.key.reveal()).toBe(KEYS[algorithm]);
  });

  test.each([
    ['in upper case', KEY.toUpperCase(), KEY.toUpperCase()],
    ['with the newline of a text file', `${KEY}\n`, KEY],
    ['with the CRLF of a Windows text file', `${KEY}\r\n`, KEY],
  ])('accepts a key %s', (_, text, stored) => {
    const result = checkKey(text, STATIC);
    expect(result.ok && result.key.reveal()).toBe(stored);
  });

  test('accepts decimal digits with one e, although they look like spreadsheet notation', () => {
    expect(refusal('12345678901234567890123456789e12')).toBe('accepted');
  });

  test.each(ALGORITHMS)('accepts a key of the length that the given algorithm %s takes', (algorithm) => {
    expect(refusal(KEYS[algorithm], { ...STATIC, algorithm })).toBe('accepted');
  });
});

describe('checkKey with an invalid static key', () => {
  test.each([
    ['an empty text', '', 'empty', 'is empty'],
    ['only a newline', '\n', 'empty', 'is empty'],
    ['only spaces', '    ', 'empty', 'is empty'],
    ['a whole document', 'word '.repeat(300), 'too-long', 'too long'],
    ['spaces after it', `${KEY}  `, 'surrounding-space', 'before or after it'],
    ['a tab before it', `\t${KEY}`, 'surrounding-space', 'before or after it'],
    ['a non-breaking space after it', `${KEY}\u00a0`, 'surrounding-space', 'before or after it'],
    ['an empty line after it', `${KEY}\n\n`, 'blank-line', 'line break before or after'],
    ['an empty line before it', `\n${KEY}`, 'blank-line', 'line break before or after'],
    ['the line end of an old Mac', `${KEY}\r`, 'blank-line', 'line break before or after'],
    ['two keys on two lines', `${KEY}\n${KEY}\n`, 'several-lines', 'has 2 lines'],
    ['two keys and Windows line ends', `${KEY}\r\n${KEY}\r\n`, 'several-lines', 'has 2 lines'],
    ['two keys with an empty line between', `${KEY}\n\n${KEY}`, 'several-lines', 'has 2 lines'],
    ['a .env file of three lines', `# studio A\nNAME=x\nKEY=${KEY}\n`, 'several-lines', 'has 3 lines'],
    ['NAME=key', `KEY=${KEY}`, 'assignment', 'the form NAME=value'],
    ['NAME="key"', `STUDIO_A_KEY="${KEY}"`, 'assignment', 'the form NAME=value'],
    ['export NAME=key', `export KEY=${KEY}`, 'assignment', 'the form NAME=value'],
    ['name: key', `key: ${KEY}`, 'assignment', 'the form NAME=value'],
    ['a member of a JSON object', `"key": "${KEY}"`, 'assignment', 'the form NAME=value'],
    ['the address of a web page', 'https://example.com/key', 'not-hexadecimal', 'other than 0–9'],
    ['double quotes', `"${KEY}"`, 'quoted', 'quotation marks'],
    ['single quotes', `'${KEY}'`, 'quoted', 'quotation marks'],
    ['backquotes', `\`${KEY}\``, 'quoted', 'quotation marks'],
    ['a quote on one side only', `"${KEY}`, 'quoted', 'quotation marks'],
    ['English smart quotes', `“${KEY}”`, 'quoted', 'quotation marks'],
    ['German quotes', `„${KEY}“`, 'quoted', 'quotation marks'],
    ['French quotes', `«${KEY}»`, 'quoted', 'quotation marks'],
    ['a JSON object', `{"key":"${KEY}"}`, 'json', 'is JSON'],
    ['a JSON object over several lines', `{\n  "key": "${KEY}"\n}\n`, 'json', 'is JSON'],
    ['a broken JSON object', `{"key": "${KEY}",}`, 'json', 'is JSON'],
    ['a JavaScript object', `{'key': '${KEY}'}`, 'json', 'is JSON'],
    ['a JSON list', `["${KEY}"]`, 'json', 'is JSON'],
    ['colons', pairs.join(':'), 'separated', 'contains separators'],
    ['dashes', pairs.join('-'), 'separated', 'contains separators'],
    ['commas and spaces', pairs.join(', '), 'separated', 'contains separators'],
    ['a list of bytes in C', `{${pairs.map((pair) => `0x${pair}`).join(', ')}}`, 'separated', 'commas or 0x'],
    ['bytes with 0x and spaces', pairs.map((pair) => `0x${pair}`).join(' '), 'separated', 'commas or 0x'],
    ['0x', `0x${KEY}`, 'prefixed', 'starts with 0x'],
    ['0X', `0X${KEY}`, 'prefixed', 'starts with 0x'],
    ['spaces between the bytes', pairs.join(' '), 'inner-space', 'contains 15 spaces or tabs'],
    ['one space inside', `${KEY.slice(0, 8)} ${KEY.slice(8)}`, 'inner-space', 'contains 1 space or tab'],
    ['a non-breaking space inside', `${KEY.slice(0, 8)}\u00a0${KEY.slice(8)}`, 'inner-space', '1 space'],
    ['a zero-width space', `${KEY}\u200b`, 'invisible', '1 invisible character, the first at position 33'],
    ['a byte-order mark inside', `${KEY}\ufeff`, 'invisible', '1 invisible character'],
    ['a left-to-right mark', `\u200e${KEY}`, 'invisible', 'the first at position 1,'],
    ['a byte-order mark', `\ufeff${KEY}\n`, 'byte-order-mark', 'byte order mark'],
    ['little-endian UTF-16', Buffer.from(KEY, 'utf16le').toString(), 'utf-16', 'UTF-16'],
    ['big-endian UTF-16', Buffer.from(`${KEY}\n`, 'utf16le').swap16().toString(), 'utf-16', 'UTF-16'],
    ['a zero byte at its end', `${KEY}\0`, 'control', 'control characters'],
    ['the marks of a terminal paste', `\x1b[200~${KEY}\x1b[201~`, 'control', 'control characters'],
    ['O for 0', KEY.replaceAll('0', 'O'), 'look-alike', '2 letters that look like digits'],
    ['l for 1', KEY.replace('1', 'l'), 'look-alike', '1 letter that looks like a digit'],
    ['many O for 0', 'OOOO'.repeat(8), 'look-alike', '32 letters'],
    ['a Cyrillic а', KEY.replace('a', 'а'), 'non-ascii', '1 non-ASCII character, the first at position 11'],
    ['full-width digits', KEY.replaceAll('0', '０'), 'non-ascii', '2 non-ASCII characters'],
    [
      'an emoji before the wrong letter',
      `😀${KEY}ä`,
      'non-ascii',
      '2 non-ASCII characters, the first at position 1',
    ],
    [
      'a letter that is not hexadecimal',
      KEY.replace('c', 'z'),
      'not-hexadecimal',
      '1 character other than 0–9 and a–f',
    ],
    ['a few wrong letters in 32', KEY.replace('cde', 'xyz'), 'not-hexadecimal', '3 characters other than'],
    ['a full stop after it', `${KEY}.`, 'not-hexadecimal', 'the first at position 33'],
    ['the address of a page', 'https://example.com/studio-a', 'not-hexadecimal', 'other than 0–9'],
    ['groups, as in a UUID', '01234567-89ab-cdef-0123-456789abcdef', 'separated', 'contains separators'],
    ['an ordinary sentence', 'please use the key of studio A', 'not-hexadecimal', 'other than 0–9'],
    ['Base64 of 16 bytes', bytes(16).toString('base64'), 'base64', 'xxd'],
    ['Base64 of 24 bytes', bytes(24).toString('base64'), 'base64', 'xxd'],
    ['Base64 of 32 bytes', bytes(32).toString('base64'), 'base64', 'xxd'],
    ['Base64 of 32 bytes without padding', bytes(32).toString('base64url'), 'base64', 'xxd'],
    [
      'Base64 of the digits',
      Buffer.from(KEY).toString('base64'),
      'base64',
      'Base64 of the hexadecimal digits',
    ],
    [
      'Base64 of the digits and a newline',
      Buffer.from(`${KEY}\n`).toString('base64'),
      'base64',
      'of the hexadecimal digits',
    ],
    ['a number in spreadsheet notation', '1.23457E+31', 'spreadsheet', 'in spreadsheet notation'],
    ['spreadsheet notation with a comma', '1,23456789012346E+31', 'spreadsheet', 'digits are lost'],
    ['spreadsheet notation without a sign', '1.23457e31', 'spreadsheet', 'Copy the key from its source'],
    ['a key that a spreadsheet took for a number', `${'0123456789'.repeat(3)}01.0`, 'spreadsheet', 'lost'],
    ['a number with thousands separators', '12,345,678,901,234,500,000', 'spreadsheet', 'lost'],
    ['a spreadsheet column that is too narrow', '########', 'spreadsheet', 'lost'],
    ['a spreadsheet error', '#NUM!', 'spreadsheet', 'lost'],
    ['a file:// path of the AWS CLI', 'file://k.txt', 'file-reference', 'name of a file'],
    ['a fileb:// path of the AWS CLI', 'fileb:///tmp/key.bin', 'file-reference', 'name of a file'],
    ['an @ path of curl', '@key.txt', 'file-reference', 'name of a file'],
    ['a path', './keys/studio-a', 'file-reference', 'name of a file'],
    ['an ARN', 'arn:aws:secretsmanager:us-west-2:111122223333:secret:a-AbCdEf', 'arn', 'is an ARN'],
    [
      'a CloudFormation dynamic reference',
      '{{resolve:secretsmanager:studio-a}}',
      'placeholder',
      'placeholder',
    ],
    ['a variable in braces', `$${'{STUDIO_KEY}'}`, 'placeholder', 'a placeholder or the name of a variable'],
    ['a command', '$(cat k.txt)', 'placeholder', 'a placeholder or the name of a variable'],
    ['a Windows variable', '%STUDIO_KEY%', 'placeholder', 'a placeholder or the name of a variable'],
    ['31 digits', KEY.slice(1), 'odd-length', '31 digits. It needs 32 (AES-128)'],
    ['33 digits', `${KEY}0`, 'odd-length', 'One digit may be missing or extra'],
    ['30 digits', KEY.slice(2), 'wrong-length', '30 digits. It needs 32 (AES-128)'],
    ['two keys in one line', KEYS.aes256 + KEYS.aes256, 'wrong-length', '128 digits'],
  ])('says what is wrong with %s', (_, text, code, words) => {
    const said = refusal(text);
    expect(said).toContain(`${code}: `);
    expect(said).toContain(words);
    expect(said).not.toContain('\n');
  });

  test('says that the key does not match the given algorithm', () => {
    expect(refusal(KEY, { ...STATIC, algorithm: 'aes256' })).toMatch(
      /^wrong-algorithm: The key has 32 digits, but AES-256 needs 64/,
    );
  });

  test('names the lengths of all algorithms when the key matches none of them', () => {
    expect(refusal(KEY.slice(2), { ...STATIC, algorithm: 'aes256' })).toMatch(
      /^wrong-length: .* 64 \(AES-256\)/,
    );
  });
});

describe('checkKey with an SRT password', () => {
  const SRT: KeyRules = { keyType: 'srt-password' };

  test.each([
    ['of 10 characters', 'ten-chars!'],
    ['of 80 characters', 'x'.repeat(80)],
    ['with spaces inside', 'correct horse battery staple'],
    ['that looks like an assignment', 'KEY=swordfish'],
    ['that looks like bytes', '00:11:22:33:44'],
    ['with a quote at one end', 'swordfish 5"'],
    ['in hexadecimal with an odd length', '0123456789abc'],
    ['with the newline of a text file', 'ten-chars!\n'],
  ])('accepts a password %s and returns no algorithm', (_, text) => {
    const result = checkKey(text, SRT);
    expect(result).toEqual({ ok: true, key: expect.anything() });
    expect(result.ok && result.key.reveal()).toBe(text.trimEnd());
  });

  test.each([
    ['an empty text', '', 'empty', 'is empty'],
    ['nine characters', 'ninechars', 'srt-length', 'has 9 characters. It needs 10–80'],
    ['81 characters', 'x'.repeat(81), 'srt-length', 'has 81 characters'],
    ['a space after it', 'swordfish-12 ', 'surrounding-space', 'before or after it'],
    ['a tab after it', 'swordfish-12\t', 'surrounding-space', 'before or after it'],
    ['a tab inside', 'sword\tfish-12', 'control', 'control characters'],
    ['an umlaut', 'schwertfisch-ä', 'non-ascii', 'the first at position 14'],
    ['smart quotes', '“swordfish-12”', 'non-ascii', 'the first at position 1'],
    ['a zero-width space', 'sword\u200bfish-12', 'invisible', 'invisible'],
    ['quotes around it', '"swordfish-12"', 'quoted', 'quotation marks'],
    ['a JSON object', '{"password":"swordfish-12"}', 'json', 'is JSON'],
    ['two lines', 'swordfish-12\nswordfish-13', 'several-lines', 'has 2 lines'],
    ['a byte-order mark', '\ufeffswordfish-12', 'byte-order-mark', 'byte order mark'],
    ['the name of a file', 'file://k.txt', 'file-reference', 'name of a file'],
    ['an ARN', 'arn:aws:secretsmanager:us-west-2:111122223333:secret:a-AbCdEf', 'arn', 'is an ARN'],
  ])('rejects %s', (_, text, code, words) => {
    const said = refusal(text, SRT);
    expect(said).toContain(`${code}: `);
    expect(said).toContain(words);
  });
});
