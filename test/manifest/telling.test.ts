import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Remedy } from '../../src/failure.ts';
import { Failure } from '../../src/failure.ts';
import { checkInManifest, inManifest } from '../../src/manifest/index.ts';
import { KEY_MEMBERS, MEMBERS } from '../../src/manifest/members.ts';

const WORDS = new URL('../../src/report/words/', import.meta.url);

/** Words that no run with a manifest says, about the command line itself; and those that make nothing but commands. */
const OTHERS = /^(input|wizard|help|.*-help|export-.*|sandbox|.*commands)\.ts$/;

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
function said(words: unknown): (string | Remedy)[] {
  if (typeof words === 'string') return [words];
  if (typeof words === 'function') return said(words(sample, sample, sample, sample, sample));
  if (typeof words !== 'object' || words === null) return [];
  return 'remedy' in words ? [words as Remedy] : Object.values(words).flatMap(said);
}

test.each(readdirSync(WORDS).filter((name) => !OTHERS.test(name)))(
  'told to somebody who has a manifest, the words in %s name its members, and their commands stay as they are',
  async (name) => {
    const all = said(await import(new URL(name, WORDS).href));
    for (const each of all) {
      const { remedy = '', command } = checkInManifest({
        detail: '',
        ...(typeof each === 'string' ? { remedy: each } : each),
      }) as Partial<Remedy>;
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
