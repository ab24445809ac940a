import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** The path of a document, given from the root of the repository. */
export const pathOf = (document: string) => fileURLToPath(new URL(`../../${document}`, import.meta.url));

/** A document in which each table that stands next after a text is another one. */
export function withTables(document: string, tables: Record<string, string>): string {
  return Object.entries(tables).reduce(
    (text, [before, table]) => {
      const after = text.indexOf(before);
      const start = text.indexOf('\n| ', after) + 1;
      expect([after >= 0, start > 0], before).toEqual([true, true]);
      return text.slice(0, start) + table + text.slice(text.indexOf('\n\n', start));
    },
    readFileSync(pathOf(document), 'utf8'),
  );
}

/** A table in Markdown. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}
