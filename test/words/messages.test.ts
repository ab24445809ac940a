import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { connectCommands } from '../../src/ui/commands.ts';
import { messageFiles, type Page, pageOf, pageText, sourceFiles } from './page.ts';
import { type Exception, offensesOf } from './rules.ts';

const VALUES = 'the values of the option, as the user types them';
const EXCEPTIONS: readonly Exception[] = [
  { path: 'SECRET_OPTIONS.generate', offense: '"aes128"', why: VALUES },
  { path: 'SECRET_OPTIONS.algorithm', offense: '"aes128"', why: VALUES },
  { path: 'COMMAND_OPTIONS.accountId', offense: '"made"', why: 'a call is made, not a resource' },
  { path: 'scriptMessages.noInput', offense: '"take"', why: 'a file takes the place of another' },
  { path: 'wizardMessages.otherAccount', offense: 'a flag', why: 'it is for the next run of the command' },
  { path: 'wizardMessages.nameOutsidePrefix', offense: 'a flag', why: 'the user has given the flag' },
  { path: 'FLOW_CHECKS.flow-encryption', offense: '"there is"', why: 'nothing was looked for' },
];

let page: Page;

beforeAll(async () => {
  connectCommands({});
  page = await pageOf(messageFiles());
});

describe('the messages', () => {
  test('are all on the page, for an editor to read from top to bottom', async () => {
    expect(page.unfilled).toEqual([]);
    await expect(pageText(page)).toMatchFileSnapshot('messages.txt');
  });

  test('have short sentences, and the words of AWS', () => {
    const offenses = page.messages.flatMap((message) =>
      offensesOf(message)
        .filter((offense) => !exceptionFor(message.path, offense))
        .map((offense) => `${message.file} ${message.path}: ${offense}\n    ${message.text}`),
    );
    expect([...new Set(offenses)].join('\n')).toBe('');
  });

  test('have no exception from the rules without need', () => {
    const offenses = page.messages.flatMap((message) =>
      offensesOf(message).map((offense) => exceptionFor(message.path, offense)),
    );
    expect(EXCEPTIONS.filter((exception) => !offenses.includes(exception))).toEqual([]);
  });

  test('are all used', () => {
    const words = sourceFiles().flatMap((path) => readFileSync(path, 'utf8').match(/[a-z_$][\w$-]*/gi) ?? []);
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    // The IDs of checks are composed in part.
    const names = page.messages
      .filter(({ path }) => !/^[A-Z]+_CHECKS\./.test(path))
      .flatMap(({ path }) => path.split('.')[1] ?? []);
    expect([...new Set(names)].filter((name) => (counts.get(name) ?? 0) < 2)).toEqual([]);
  });
});

function exceptionFor(path: string, offense: string): Exception | undefined {
  return EXCEPTIONS.find((each) => path.startsWith(each.path) && offense.startsWith(each.offense));
}
