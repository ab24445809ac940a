import { describe, expect, test } from 'vitest';
import { pathOf, withTables } from '../support/documents.ts';
import { fieldsTable, manifestSchema, optionsTable } from './documents.ts';

/** `npx vitest run test/options -u` updates the documents. */
describe('the option catalog', () => {
  test('generates the table in docs/setup.md', async () => {
    const text = withTables('docs/setup.md', { '## Options of `setup`': optionsTable() });
    await expect(text).toMatchFileSnapshot(pathOf('docs/setup.md'));
  });

  test('generates the table in docs/manifest.md', async () => {
    const text = withTables('docs/manifest.md', { '## Fields': fieldsTable() });
    await expect(text).toMatchFileSnapshot(pathOf('docs/manifest.md'));
  });

  test('generates the JSON Schema of the manifest', async () => {
    await expect(manifestSchema()).toMatchFileSnapshot(pathOf('docs/manifest.schema.json'));
  });
});
