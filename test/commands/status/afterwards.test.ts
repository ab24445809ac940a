import { expect, test } from 'vitest';
import { performStatus } from '../../../src/commands/status/run.ts';
import {
  ACCOUNT,
  FAR_REGION,
  guidePolicy,
  guideTrust,
  makePolicy,
  makeRole,
  makeSecret,
  REGION,
} from '../../support/account.ts';
import { runInProcess } from '../../support/runs/command.ts';
import { setUp } from '../../support/runs/setup.ts';
import { tearDown } from '../../support/runs/teardown.ts';
import { freshSandbox } from '../../support/sandbox.ts';
import { statusOf, troubles } from './account.ts';

const sandbox = freshSandbox();
const textOf = async () => {
  const asText = { common: { json: false } };
  const run = await runInProcess(sandbox(), (it) => performStatus(it, { regions: [REGION] }), asText);
  return run.stdout;
};

test('warns about a secret that teardown scheduled for deletion and that no role reads', async () => {
  await setUp(sandbox());
  expect((await tearDown(sandbox())).code).toBe(0);
  expect(troubles((await statusOf(sandbox(), [REGION])).json)).toEqual(['warning secret-deletion studio-a']);
  expect(await textOf()).toMatch(
    /! studio-a \(us-west-2\): scheduled for deletion on \d{4}-\d\d-\d\d; no policy names\s+it\n/,
  );
});

test('shows a policy for a name prefix, which does not fail while no secret has the prefix', async () => {
  const resource = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:studio-*`;
  const policy = await makePolicy(sandbox(), 'Prefix', guidePolicy(resource));
  await makeRole(sandbox(), { attached: [policy] });
  const prefixes = [resource];
  const { json } = await statusOf(sandbox(), [REGION]);
  expect(troubles(json)).toEqual(['warning role-guard MediaConnect-ASM']);
  expect(json.roles[0]?.policies).toMatchObject([{ prefixes, secrets: [], scopes: [], missing: [] }]);
  expect(await textOf()).toContain('Prefix: read access to every secret that matches');
  const arn = await makeSecret(sandbox());
  expect((await statusOf(sandbox(), [REGION])).json.roles[0]?.policies).toMatchObject([
    { prefixes, secrets: [arn] },
  ]);
});

test('prints the verify command for a role that may not read the secret, not for one that may', async () => {
  const arn = await makeSecret(sandbox());
  const read = await makePolicy(sandbox(), 'Read', guidePolicy(arn));
  const [statement] = guidePolicy(arn).Statement;
  const some = {
    Version: '2012-10-17',
    Statement: [{ ...statement, Action: 'secretsmanager:DescribeSecret' }],
  };
  await makeRole(sandbox(), { name: 'A-Reader', attached: [read] });
  await makeRole(sandbox(), { name: 'B-Blind', attached: [await makePolicy(sandbox(), 'Some', some)] });
  expect(await textOf()).toContain(
    `mc-static-key verify --secret-name studio-a --region ${REGION} --role-name B-Blind`,
  );
});

test('reports no missing access in other Regions for a role that is for flows of one Region', async () => {
  const [statement] = guideTrust().Statement;
  const Condition = { ArnLike: { 'aws:SourceArn': `arn:aws:mediaconnect:${FAR_REGION}:${ACCOUNT}:flow:*` } };
  const trust = { Version: '2012-10-17', Statement: [{ ...statement, Condition }] };
  await makeRole(sandbox(), { trust, attached: [await makePolicy(sandbox(), 'Any', guidePolicy('*'))] });
  expect(troubles((await statusOf(sandbox())).json)).toEqual(['warning policy-scope Any']);
});

test('reports cannot-tell for a role whose trust policy requires an organization', async () => {
  const [statement] = guideTrust().Statement;
  const Condition = { StringEquals: { 'aws:SourceOrgID': 'o-exampleorgid' } };
  await makeRole(sandbox(), { trust: { Version: '2012-10-17', Statement: [{ ...statement, Condition }] } });
  const { json } = await statusOf(sandbox(), [REGION]);
  expect(troubles(json)).toEqual(['cannot-tell role-trust MediaConnect-ASM']);
});

test('aligns the columns with their titles, which may be longer than the values', async () => {
  await setUp(sandbox(), { secretName: 'a' });
  const lines = (await textOf()).split('\n');
  const title = lines.find((line) => line.includes('KEY AGE')) ?? '';
  const row = lines[lines.indexOf(title) + 1] ?? '';
  expect(title).toMatch(/^SECRET {2}REGION {5}KEY AGE {2}LAST READ +ROLE +STATE$/);
  expect(row).toMatch(/^a +us-west-2 +0 d +\S+ +MediaConnect-ASM {2}✔$/);
  expect(row.indexOf('0 d') + 3).toBe(title.indexOf('KEY AGE') + 'KEY AGE'.length);
  for (const [column, value] of [
    ['REGION', 'us-west-2'],
    ['ROLE', 'MediaConnect-ASM'],
  ] as const)
    expect(row.indexOf(value)).toBe(title.indexOf(column));
});
