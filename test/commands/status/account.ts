import { CreatePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteSecretCommand, ReplicateSecretToRegionsCommand } from '@aws-sdk/client-secrets-manager';
import { performStatus } from '../../../src/commands/status/run.ts';
import type { Status, StatusCheck } from '../../../src/inventory/types.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import {
  clientsOf,
  FAR_REGION,
  guidePolicy,
  guideTrust,
  makePolicy,
  makeRole,
  makeSecret,
  REGION,
} from '../../support/account.ts';
import { type CommandResult, runInProcess } from '../../support/runs/command.ts';
import { setUp } from '../../support/runs/setup.ts';

export const OWN = [{ Key: 'mc-static-key', Value: 'store-secret' }];
export const REGIONS = [REGION, FAR_REGION];

export interface StatusResult extends CommandResult {
  /** The output of `--json` on success. */
  json: Status & { version: number; error?: { code: string; awsAction?: string } };
}

/** Runs `status --json` in this process, by default for the two Regions in which tests store secrets. */
export async function statusOf(
  sandbox: Sandbox,
  regions = REGIONS,
  credentials = sandbox.credentials,
): Promise<StatusResult> {
  const result = await runInProcess(sandbox, (run) => performStatus(run, { regions }), { credentials });
  return { ...result, json: JSON.parse(result.stdout) };
}

/** Returns the checks with a verdict other than `ok`, as `verdict id subject`, with ARNs shortened to names. */
export function troubles({ roles, secrets }: Status): string[] {
  const name = ({ id, verdict, subject }: StatusCheck) =>
    `${verdict} ${id} ${subject.replace(/^.*[/:]/, '').replace(/-[A-Za-z0-9]{6}$/, '')}`;
  return [...roles, ...secrets]
    .flatMap(({ checks }) => checks)
    .filter(({ verdict }) => verdict !== 'ok')
    .map(name);
}

/**
 * Starts an account as it could be after some years: a setup by this program in two Regions; one by hand with a policy
 * that names too much and too little, a replica, and SecretsManagerReadWrite from the AWS guide; and leftovers of others.
 */
export async function livedInAccount(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  await setUp(sandbox, { region: REGIONS });
  const byHand = await makeSecret(sandbox, { Name: 'by-hand' });
  const gone = byHand.replace('by-hand', 'gone');
  const { iam, secrets } = clientsOf(sandbox);
  await makeRole(sandbox, {
    name: 'HandMade',
    attached: [
      await makePolicy(sandbox, 'ByHand', guidePolicy(byHand, gone)),
      'arn:aws:iam::aws:policy/SecretsManagerReadWrite',
    ],
  });
  const inline = { PolicyName: 'Inline', PolicyDocument: JSON.stringify(guidePolicy(byHand)) };
  await iam.send(new PutRolePolicyCommand({ RoleName: 'HandMade', ...inline }));
  await makeRole(sandbox, { name: 'MediaConnect-Transcoder', trust: guideTrust('ec2.amazonaws.com') });
  const replicas = [{ Region: FAR_REGION }];
  await secrets.send(new ReplicateSecretToRegionsCommand({ SecretId: byHand, AddReplicaRegions: replicas }));
  const old = await makeSecret(sandbox, { Name: 'old', Tags: OWN });
  await secrets.send(new DeleteSecretCommand({ SecretId: old }));
  await makeSecret(sandbox, { Name: 'of-others' });
  const left = { PolicyName: 'MediaConnect-left', PolicyDocument: JSON.stringify(guidePolicy(old)) };
  await iam.send(new CreatePolicyCommand({ ...left, Tags: OWN }));
  await makePolicy(sandbox, 'MediaConnect-of-others', guidePolicy(gone));
  return sandbox;
}
