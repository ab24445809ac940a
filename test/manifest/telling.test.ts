import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Failure, type Fix } from '../../src/failure.ts';
import { ENTRY_FIELDS, KEY_FIELDS } from '../../src/manifest/fields.ts';
import { checkInManifest, inManifest } from '../../src/manifest/index.ts';

const SOURCES = new URL('../../src/', import.meta.url);

/** Messages that no run over a manifest prints: they are about the command line itself. */
const OTHERS = /^(input|wizard|sandbox|template|script|exportManifest)Messages$|Help$|^helpMessages$/;

/** The objects with the messages of the program, each with its file. */
const WORDS = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('sandbox'))
  .flatMap((file) => {
    const text = readFileSync(new URL(file, SOURCES), 'utf8');
    const names = text.matchAll(/^export const (\w*(?:Messages|[fF]ixes))\b/gm);
    return [...names].map(([, name = '']) => ({ name, file }));
  })
  .filter(({ name }) => !OTHERS.test(name));

const FLAGS = [...ENTRY_FIELDS.values(), ...KEY_FIELDS.values()].flatMap(({ flag }) => flag ?? []);
const namesFlag = (text: string) => FLAGS.some((flag) => new RegExp(`${flag}(?![\\w-])`).test(text));

/** An argument that every message accepts, whether it takes a name, a number, a date, a list or an object. */
const sample: object = Object.assign(['x'], {
  replace: () => 'x',
  split: () => ['x'],
  toISOString: () => '2026-11-27T00:00:00.000Z',
  secrets: [],
  regions: [],
  roleName: 'x',
  name: 'x',
});

/** Returns all messages of an object: sentences and fixes. */
function said(words: unknown): (string | Fix)[] {
  if (typeof words === 'string') return [words];
  if (typeof words === 'function') return said(words(sample, sample, sample, sample, sample));
  if (typeof words !== 'object' || words === null) return [];
  return 'remedy' in words ? [words as Fix] : Object.values(words).flatMap(said);
}

test('the search finds the messages of every command', () => expect(WORDS.length).toBeGreaterThan(20));

test.each(WORDS)(
  '$name names members instead of flags in a run over a manifest, and keeps its commands',
  async ({ name, file }) => {
    const all = said((await import(new URL(file, SOURCES).href))[name]);
    for (const each of all) {
      const { remedy = '', command } = checkInManifest({
        detail: '',
        ...(typeof each === 'string' ? { remedy: each } : each),
      }) as Partial<Fix>;
      expect(namesFlag(remedy), remedy).toBe(false);
      expect(command).toBe(typeof each === 'string' ? undefined : each.command);
      // A command inside a sentence would be rewritten too.
      const before = typeof each === 'string' ? each : each.remedy;
      const inside = before.match(/\b(mc-static-key|aws) [a-z][^:;.]*/g) ?? [];
      expect(inside.filter(namesFlag), before).toEqual([]);
    }
  },
);

test('inManifest names members instead of flags, but keeps names and commands', () => {
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
