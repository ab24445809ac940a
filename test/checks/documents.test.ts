import { describe, expect, test } from 'vitest';
import { CHECKS, type CheckSpec } from '../../src/checks/catalog/index.ts';
import { pathOf, table, withTables } from '../support/documents.ts';

const ALL = Object.entries<CheckSpec>(CHECKS);

/** Returns the table of the `verify` checks of a subject, with what to do when they fail. */
function verifyTable(about: RegExp): string {
  const rows = ALL.flatMap(([id, { asks, fix = '', needs = [] }]) =>
    asks !== undefined && about.test(id)
      ? [[`\`${id}\``, asks, fix, needs.map((action) => `\`${action}\``).join(', ')]]
      : [],
  );
  return table(['id', 'what is checked', 'what to do if it fails', '`cannot-tell` without'], rows);
}

/** `npx vitest run test/checks/documents.test.ts -u` updates the documents. */
describe('the check catalog', () => {
  test('generates the tables in docs/verify.md', async () => {
    const text = withTables('docs/verify.md', {
      '**The secret**': verifyTable(/^secret-/),
      '**The role and its policies**': verifyTable(/^(role|policy)-/),
      '**The caller**': verifyTable(/^caller-/),
      '**The flow, the router**': verifyTable(/^(flow|router)-/),
    });
    await expect(text).toMatchFileSnapshot(pathOf('docs/verify.md'));
  });

  test('generates the table in docs/status.md', async () => {
    const rows = ALL.flatMap(([id, { inStatus }]) =>
      inStatus === undefined ? [] : [[`\`${id}\``, inStatus]],
    );
    const text = withTables('docs/status.md', {
      '## The checks': table(['id', 'verdict'], rows),
    });
    await expect(text).toMatchFileSnapshot(pathOf('docs/status.md'));
  });
});
