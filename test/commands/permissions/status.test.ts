import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { performStatus } from '../../../src/commands/status/run.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { clientsOf } from '../../support/account.ts';
import { runInProcess } from '../../support/runs/command.ts';
import { actionsIn, type PrintedPolicy, printedPolicy, without } from '../../support/runs/permissions.ts';
import { setUp } from '../../support/runs/setup.ts';
import { livedInAccount, REGIONS } from '../status/account.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await livedInAccount();
  // Gives status a KMS key to describe.
  const { KeyMetadata } = await clientsOf(sandbox).kms.send(new CreateKeyCommand({}));
  const { json } = await setUp(sandbox, { secretName: 'encrypted', kmsKeyId: KeyMetadata?.Arn ?? '' });
  expect(json.error).toBeUndefined();
});
afterAll(() => sandbox.close());

async function statusWith(policy: PrintedPolicy) {
  const credentials = sandbox.credentialsFor(policy);
  const { code, stdout } = await runInProcess(sandbox, (run) => performStatus(run, { regions: REGIONS }), {
    credentials,
  });
  return { code, json: JSON.parse(stdout) };
}

test('status works with the printed policy, and ends with exit code 4 without any one of its actions', async () => {
  const policy = await printedPolicy(sandbox, 'status', { region: REGIONS });
  const { code, json } = await statusWith(policy);
  expect(code).toBe(0);
  expect(json.roles).not.toEqual([]);
  for (const action of actionsIn(policy)) {
    const denied = await statusWith(without(action, policy));
    expect([denied.code, denied.json.error.awsAction]).toEqual([4, action]);
  }
});

test('status shows everything with the policy of --optional, and notes each missing action of it', async () => {
  const policy = await printedPolicy(sandbox, 'status', { region: REGIONS, optional: true });
  const { json } = await statusWith(policy);
  expect(json.notes).toEqual([]);
  const { json: asAdministrator } = await runInProcess(sandbox, (run) =>
    performStatus(run, { regions: REGIONS }),
  ).then(({ stdout }) => ({ json: JSON.parse(stdout) }));
  expect(json).toEqual(asAdministrator);
  for (const action of [
    'iam:GetRole',
    'kms:DescribeKey',
    'kms:GetKeyPolicy',
    'secretsmanager:GetResourcePolicy',
  ]) {
    const lacking = await statusWith(without(action, policy));
    expect(lacking.json.notes).toMatchObject([{ id: 'not-allowed', awsAction: action }]);
  }
});
