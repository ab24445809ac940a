import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { fieldsTable, manifestSchema, optionsTable } from './documents.ts';

const pathOf = (document: string) => fileURLToPath(new URL(`../../${document}`, import.meta.url));

/** A document with the table that follows from the catalog of options in the place of its own. */
function withTable(document: string, header: string, table: string): string {
  const text = readFileSync(pathOf(document), 'utf8');
  const own = text.indexOf(`\n${header}\n`) + 1;
  expect(own).toBeGreaterThan(0);
  return text.slice(0, own) + table + text.slice(text.indexOf('\n\n', own));
}

/** `npx vitest run test/options -u` writes them. */
describe('what the documents say of options follows from the catalog:', () => {
  test('the table in README.md', async () => {
    const [header = ''] = optionsTable().split('\n');
    await expect(withTable('README.md', header, optionsTable())).toMatchFileSnapshot(pathOf('README.md'));
  });

  test('the table in docs/manifest.md', async () => {
    const [header = ''] = fieldsTable().split('\n');
    const document = 'docs/manifest.md';
    await expect(withTable(document, header, fieldsTable())).toMatchFileSnapshot(pathOf(document));
  });

  test('the JSON Schema of the manifest', async () => {
    await expect(manifestSchema()).toMatchFileSnapshot(pathOf('docs/manifest.schema.json'));
  });
});
