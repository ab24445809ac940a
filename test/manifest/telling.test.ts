import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Failure, type Fix } from '../../src/failure.ts';
import { checkInManifest, inManifest } from '../../src/manifest/index.ts';
import { KEY_MEMBERS, MEMBERS } from '../../src/manifest/members.ts';

const SOURCES = new URL('../../src/', import.meta.url);

/** Words that no run with a manifest says, about the command line itself. */
const OTHERS = /^(input|wizard|sandbox|template|script|exportManifest)Messages$|Help$|^helpMessages$/;

/** The objects that hold what the program says, each with its file. */
const WORDS = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('sandbox'))
  .flatMap((file) => {
    const text = readFileSync(new URL(file, SOURCES), 'utf8');
    const names = text.matchAll(/^export const (\w*(?:Messages|[fF]ixes))\b/gm);
    return [...names].map(([, name = '']) => ({ name, file }));
  })
  .filter(({ name }) => !OTHERS.test(name));

const FLAGS = [...MEMBERS.values(), ...KEY_MEMBERS.values()].flatMap(({ flag }) => flag ?? []);
const namesFlag = (text: string) => FLAGS.some((flag) => new RegExp(`${flag}(?![\\w-])`).test(text));

/** Stands for whatever a sentence is made with: a name, a number, a date, a list, or something with members. */
const sample: object = Object.assign(['x'], {
  replace: () => 'x',
  split: () => ['x'],
  toISOString: () => '2026-11-27T00:00:00.000Z',
  secrets: [],
  regions: [],
  roleName: 'x',
  name: 'x',
});

/** All that some words come to: sentences, and remedies. */
function said(words: unknown): (string | Fix)[] {
  if (typeof words === 'string') return [words];
  if (typeof words === 'function') return said(words(sample, sample, sample, sample, sample));
  if (typeof words !== 'object' || words === null) return [];
  return 'remedy' in words ? [words as Fix] : Object.values(words).flatMap(said);
}

test('the words of every command are found', () => expect(WORDS.length).toBeGreaterThan(20));

test.each(WORDS)(
  'told to somebody who has a manifest, $name names its members, and the commands in it stay as they are',
  async ({ name, file }) => {
    const all = said((await import(new URL(file, SOURCES).href))[name]);
    for (const each of all) {
      const { remedy = '', command } = checkInManifest({
        detail: '',
        ...(typeof each === 'string' ? { remedy: each } : each),
      }) as Partial<Fix>;
      expect(namesFlag(remedy), remedy).toBe(false);
      expect(command).toBe(typeof each === 'string' ? undefined : each.command);
      // A command in the middle of a sentence would be rewritten with it.
      const before = typeof each === 'string' ? each : each.remedy;
      const inside = before.match(/\b(mc-static-key|aws) [a-z][^:;.]*/g) ?? [];
      expect(inside.filter(namesFlag), before).toEqual([]);
    }
  },
);

test('a failure is told in terms of members, but for its command, names, and what to write to get out of it', () => {
  const told = inManifest(
    new Failure('The secret live--region is not there, says --region.', {
      ...{ code: 'conflict', exitCode: 3 },
      details: [{ remedy: 'Leave --region out, or:', command: 'aws x --region us-west-2' }],
      hint: { waysOut: [{ flag: '--restore', text: 'restore it' }] },
    }),
  );
  expect(told.message).toBe('The secret live--region is not there, says regions.');
  expect(told.details).toEqual([{ remedy: 'Leave regions out, or:', command: 'aws x --region us-west-2' }]);
  expect(told.hint).toEqual({ waysOut: [{ flag: 'restore: true', text: 'restore it' }] });
});
