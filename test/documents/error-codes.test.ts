import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/failure.ts';
import { pathOf } from '../support/documents.ts';
import { textOf } from './blocks.ts';

/** The exit codes of each error code, as docs/exit-codes-and-json.md has them. */
const documented = new Map<string, string>(
  textOf('docs/exit-codes-and-json.md')
    .split('### Error codes')[1]
    ?.split('\n')
    .flatMap((line) => {
      const [, codes = '', exitCodes = ''] = line.split('|');
      return [...codes.matchAll(/`([a-z-]+)`/g)].map(([, code = '']): [string, string] => [code, exitCodes]);
    }),
);

/** Returns the source of the program, without the sandbox, whose errors are AWS's. */
function sources(): string[] {
  const names = readdirSync(pathOf('src'), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts') && !name.startsWith('sandbox'))
    .map((name) => readFileSync(join(pathOf('src'), name), 'utf8'));
}

const text = sources().join('\n');

/** Where the source gives a failure its code, with the name of its exit code if that follows. */
const PLACES = [
  /code: '([a-z-]+)',\s+exitCode: EXIT\.(\w+)/g,
  /(?:failure|withHint|tryAgainFailure)\(\s*'([a-z]+(?:-[a-z]+)*)'/g,
  /(?:return \[|^\s+)'([a-z]+(?:-[a-z]+)+)',\s+messages\.\w+\(/gm,
];
const used = PLACES.flatMap((place) =>
  [...text.matchAll(place)].map(([, code = '', exit]) => ({ code, exit })),
);

describe('the error codes in docs/exit-codes-and-json.md', () => {
  test('are those that the program uses', () => {
    // `not-shown` is the reason of a check, never the error of a run.
    const codes = new Set(used.map(({ code }) => code).filter((code) => code !== 'not-shown'));
    expect([...codes].filter((code) => !documented.has(code))).toEqual([]);
    const unused = [...documented.keys()].filter((code) => !text.includes(`'${code}'`));
    expect(unused).toEqual([]);
  });

  test('have the right exit codes', () => {
    const wrong = used.filter(({ code, exit }) => {
      const exitCode = exit === undefined ? undefined : EXIT[exit as keyof typeof EXIT];
      return exitCode !== undefined && documented.get(code)?.includes(String(exitCode)) === false;
    });
    expect(wrong).toEqual([]);
  });
});
