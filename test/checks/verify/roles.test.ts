import { expect, test } from 'vitest';
import { makeSecret } from '../../support/account.ts';
import { saying, troubles, verifyIt } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';
import { ROLES } from './roles.ts';

const sandbox = freshSandbox();

test.each(ROLES)(
  'checks a role $what: $troubles',
  async ({ make, wishes = {}, troubles: expected, says }) => {
    const arn = await makeSecret(sandbox());
    await make(sandbox(), arn);
    const { code, json } = await verifyIt(sandbox(), wishes);
    expect(troubles(json.checks)).toEqual(expected);
    const told = json.checks.filter(({ verdict }) => verdict !== 'ok').map(saying);
    for (const words of says) expect(told[0]).toContain(words);
    const bad = expected.some((each) => !each.startsWith('warning'));
    expect([code, json.encryption?.length]).toEqual(bad ? [1, undefined] : [0, 1]);
  },
);
