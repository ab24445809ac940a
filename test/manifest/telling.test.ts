import { expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { ENTRY_FIELDS, KEY_FIELDS } from '../../src/manifest/fields.ts';
import { checkInManifest, inManifest } from '../../src/manifest/index.ts';
import { messageFiles, pageOf } from '../words/page.ts';

/** Messages that no run over a manifest prints: they are about the command line itself. */
const OTHERS = /^(input|wizard|sandbox|template|script|exportManifest)Messages\.|^\w*Help\.|^helpMessages\./;

/** The files with messages of runs over a manifest. The catalog of options is about the command line. */
const FILES = messageFiles().filter((file) => !file.startsWith('src/options/'));

const FLAGS = [...ENTRY_FIELDS.values(), ...KEY_FIELDS.values()].flatMap(({ flag }) => flag ?? []);
const namesFlag = (text: string) => FLAGS.some((flag) => new RegExp(`${flag}(?![\\w-])`).test(text));

test('the search finds the messages of every command', () => expect(FILES.length).toBeGreaterThan(20));

test.each(FILES)('the messages of %s name fields instead of flags in a run over a manifest', async (file) => {
  const { messages } = await pageOf([file]);
  for (const { path, text, isCommand } of messages) {
    if (OTHERS.test(path) || isCommand) continue;
    const { remedy = '' } = checkInManifest({ detail: '', remedy: text });
    expect(namesFlag(remedy), remedy).toBe(false);
    // A command inside a sentence would be rewritten too.
    const inside = text.match(/\b(mc-static-key|aws) [a-z][^:;.]*/g) ?? [];
    expect(inside.filter(namesFlag), text).toEqual([]);
  }
});

test('inManifest names fields instead of flags, but keeps names and commands', () => {
  const told = inManifest(
    new Failure('The secret live--region is not there, says --region.', {
      ...{ code: 'conflict', exitCode: 3 },
      details: [{ remedy: 'Leave --region out, or:', command: 'aws x --region us-west-2' }],
      hint: { resolutions: [{ flag: '--restore', text: 'restore it' }] },
    }),
  );
  expect(told.message).toBe('The secret live--region is not there, says regions.');
  expect(told.details).toEqual([{ remedy: 'Leave regions out, or:', command: 'aws x --region us-west-2' }]);
  expect(told.hint).toEqual({ resolutions: [{ flag: 'restore: true', text: 'restore it' }] });
});
