import { DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { clientsOf, guideTrust, makeRole, makeSecret, REGION, roleArn } from '../../support/account.ts';
import { setUp } from '../../support/runs/setup.ts';
import { troubles, verifyIt } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const readWrite = 'arn:aws:iam::aws:policy/SecretsManagerReadWrite';

test('prints commands that fix a setup made by the AWS guide, including the mistake in it', async () => {
  const arn = await makeSecret(sandbox());
  await makeRole(sandbox(), { attached: [readWrite] });
  const { json } = await verifyIt(sandbox());
  expect(troubles(json.checks)).toEqual(['warning role-guard', 'warning policy-reads-only']);
  expect(json.checks.find(({ id }) => id === 'policy-reads-only')?.command).toBe(
    `mc-static-key setup --secret-arn ${arn} --role-name MediaConnect-ASM && aws iam detach-role-policy --role-name MediaConnect-ASM --policy-arn ${readWrite}`,
  );
  expect((await setUp(sandbox(), { secretArn: [arn], roleName: 'MediaConnect-ASM' })).code).toBe(0);
  const detach = { RoleName: 'MediaConnect-ASM', PolicyArn: readWrite };
  await clientsOf(sandbox()).iam.send(new DetachRolePolicyCommand(detach));
  const after = await verifyIt(sandbox());
  expect([after.code, troubles(after.json.checks)]).toEqual([0, ['warning role-guard']]);
});

test('prints a command that attaches the policy given by name to the role', async () => {
  const names = { roleName: 'MediaConnect-Q', policyName: 'Wanted' };
  const { json: made } = await setUp(sandbox(), names);
  const PolicyArn = made.policies?.[0]?.arn;
  await clientsOf(sandbox()).iam.send(new DetachRolePolicyCommand({ RoleName: names.roleName, PolicyArn }));
  const { json } = await verifyIt(sandbox(), names);
  expect(json.checks.find(({ id }) => id === 'role-reads-secret')?.command).toBe(
    `mc-static-key setup --secret-arn ${made.secrets[0]?.arn} --policy-name Wanted --role-name MediaConnect-Q`,
  );
});

test('prints setup --update-trust for a role that trusts another service', async () => {
  const arn = await makeSecret(sandbox());
  await makeRole(sandbox(), { trust: guideTrust('ec2.amazonaws.com') });
  const { json } = await verifyIt(sandbox());
  expect(json.checks.find(({ id }) => id === 'role-trust')?.command).toBe(
    `mc-static-key setup --secret-arn ${arn} --role-name MediaConnect-ASM --update-trust`,
  );
  await setUp(sandbox(), { secretArn: [arn], roleName: 'MediaConnect-ASM', updateTrust: true });
  const after = await verifyIt(sandbox());
  expect([after.code, troubles(after.json.checks)]).toEqual([0, []]);
});

test('prints commands that let a role read both a password and a key', async () => {
  const key = await makeSecret(sandbox());
  const password = await makeSecret(sandbox(), { Name: 'srt', SecretString: 'a-long-passphrase' });
  const RoleArn = roleArn('MediaConnect-ASM');
  const settings = { KeyType: 'static-key', Algorithm: 'aes256', RoleArn, SecretArn: key } as const;
  const flowArn = sandbox().addFlow({
    region: REGION,
    name: 'game',
    source: { Name: 'camera', Transport: { Protocol: 'zixi-push' }, Decryption: settings },
    outputs: [
      {
        Name: 'studio',
        Transport: { Protocol: 'srt-listener' },
        Encryption: { KeyType: 'srt-password', RoleArn, SecretArn: password },
      },
    ],
  });
  const { json } = await verifyIt(sandbox(), { flowArn });
  const roleName = 'MediaConnect-ASM';
  expect(json.checks.find(({ id }) => id === 'role-exists')?.command).toBe(
    `mc-static-key setup --secret-arn ${key} --role-name ${roleName} && mc-static-key setup --secret-arn ${password} --key-type srt-password --role-name ${roleName}`,
  );
  expect((await setUp(sandbox(), { secretArn: [key], roleName })).code).toBe(0);
  expect((await setUp(sandbox(), { secretArn: [password], keyType: 'srt-password', roleName })).code).toBe(0);
  const after = await verifyIt(sandbox(), { flowArn });
  expect([after.code, troubles(after.json.checks)]).toEqual([0, []]);
});

test('prints setup with the default role if a missing role has the reserved name', async () => {
  const arn = await makeSecret(sandbox());
  const { json } = await verifyIt(sandbox(), { roleArn: roleArn('MediaConnectAccessRole') });
  expect(json.checks.find(({ id }) => id === 'role-exists')?.command).toBe(
    `mc-static-key setup --secret-arn ${arn}`,
  );
});
