import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import type { PermissionsOptions } from '../../../src/commands/permissions/options.ts';
import { clientsOf, guidePolicy, makeSecret, REGION } from '../../support/account.ts';
import { actionsIn, printedPolicy, without } from '../../support/runs/permissions.ts';
import { setUp } from '../../support/runs/setup.ts';
import { troubles, verifyIt } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const KMS_KEY = 'mrk-1234abcd12ab34cd56ef1234567890ab';
const STUDIO: PermissionsOptions = { secretName: 'studio-a', region: [REGION], kmsKeyId: KMS_KEY };

/** Creates a secret by hand under a customer managed key, for a role that has an inline policy too. */
async function studio(): Promise<void> {
  await makeSecret(sandbox(), { KmsKeyId: KMS_KEY });
  await setUp(sandbox(), { kmsKeyId: KMS_KEY });
  const PolicyDocument = JSON.stringify(
    guidePolicy(`arn:aws:secretsmanager:${REGION}:111122223333:secret:studio-a-??????`),
  );
  const inline = { RoleName: 'MediaConnect-ASM', PolicyName: 'Inline', PolicyDocument };
  await clientsOf(sandbox()).iam.send(new PutRolePolicyCommand(inline));
}

test('verify makes all essential checks with the printed policy, and names any missing action of it', async () => {
  await studio();
  const policy = await printedPolicy(sandbox(), 'verify', STUDIO);
  const { code, json } = await verifyIt(sandbox(), {}, { credentials: sandbox().credentialsFor(policy) });
  expect(code).toBe(0);
  expect(troubles(json.checks)).toEqual(['cannot-tell secret-kms-key', 'cannot-tell caller-pass-role']);
  for (const action of actionsIn(policy)) {
    const credentials = sandbox().credentialsFor(without(action, policy));
    const denied = await verifyIt(sandbox(), {}, { credentials });
    expect([action, denied.code]).toEqual([action, 4]);
    expect(denied.json.checks.map(({ awsAction }) => awsAction)).toContain(action);
  }
});

test('verify checks the KMS key with the policy of --optional', async () => {
  await studio();
  const policy = await printedPolicy(sandbox(), 'verify', { ...STUDIO, optional: true });
  const { json } = await verifyIt(sandbox(), {}, { credentials: sandbox().credentialsFor(policy) });
  // The caller has a role that IAM does not list, so its policies cannot be simulated.
  expect(troubles(json.checks)).toEqual(['cannot-tell caller-pass-role']);
});
