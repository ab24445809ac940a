import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pathOf } from '../support/documents.ts';
import { documents, textOf } from './blocks.ts';

const pages = [...documents(), 'CONTRIBUTING.md'];

/** Returns the anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return textOf(page)
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    );
}

/** Returns the targets of a page's links within the repository. */
function linksIn(page: string): string[] {
  return [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target));
}

describe('a document', () => {
  test.for(pages)('%s has no broken links', (page) => {
    const broken = linksIn(page).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : normalize(join(dirname(page), path));
      if (!existsSync(pathOf(target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  // The long lines of these pages are still to be wrapped.
  const unwrapped = ['docs/status.md', 'docs/verify.md'];
  const wrapped = documents().filter((page) => !unwrapped.includes(page));

  test.for(wrapped)('%s has no long lines outside tables', (page) => {
    const long = textOf(page)
      .split('\n')
      .filter((line) => line.length > 125 && !line.startsWith('|'));
    expect(long).toEqual([]);
  });

  test('README.md links to every page in docs', () => {
    const linked = linksIn('README.md').map((link) => link.split('#')[0]);
    expect(linked).toEqual(expect.arrayContaining(documents().filter((name) => name !== 'README.md')));
  });

  test('README.md is short enough to read', () => {
    expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(131);
  });
});
