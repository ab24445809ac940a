import { describe, expect, test } from 'vitest';
import { pathOf, withTables } from '../support/documents.ts';
import { fieldsTable, manifestSchema, optionsTable } from './documents.ts';

/** `npx vitest run test/options -u` writes them. */
describe('what the documents say of options follows from the catalog:', () => {
  test('the table in README.md', async () => {
    const text = withTables('README.md', { '## Flags of `setup`': optionsTable() });
    await expect(text).toMatchFileSnapshot(pathOf('README.md'));
  });

  test('the table in docs/manifest.md', async () => {
    const text = withTables('docs/manifest.md', { '## Members': fieldsTable() });
    await expect(text).toMatchFileSnapshot(pathOf('docs/manifest.md'));
  });

  test('the JSON Schema of the manifest', async () => {
    await expect(manifestSchema()).toMatchFileSnapshot(pathOf('docs/manifest.schema.json'));
  });
});
