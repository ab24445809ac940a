import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, KEY, TRUST } from '../clients.ts';

export const ACCOUNT = '111122223333';
export const SECRETS = `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:`;
/** A customer managed key. */
export const CMK = `arn:aws:kms:us-west-2:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
export const ENGINEER = `arn:aws:sts::${ACCOUNT}:assumed-role/Engineer/test`;
export const SM_DENIED = { name: 'AccessDeniedException', status: 400 };
export const IAM_DENIED = { name: 'AccessDenied', status: 403 };

interface Allowed {
  action: string | string[];
  resource?: string | string[];
  condition?: object;
}

/** Returns a document that allows these actions, by default on every resource. */
export const policy = (...grants: Allowed[]) => ({
  Version: '2012-10-17',
  Statement: grants.map(({ action, resource = '*', condition }) => ({
    Effect: 'Allow',
    Action: action,
    Resource: resource,
    ...(condition && { Condition: condition }),
  })),
});

/** Returns the command that reads the secret of this name or ARN. */
export const read = (SecretId = 'game') => new GetSecretValueCommand({ SecretId });

/** Opens an account with the secret `game`, which has the tag `team: blue`, and the role `Reader`. */
async function openAccount() {
  const sandbox = await startSandbox();
  const admin = clientsFor(sandbox);
  const input = { Name: 'game', SecretString: KEY, Tags: [{ Key: 'team', Value: 'blue' }] };
  const { ARN: arn = '' } = await admin.secrets.send(new CreateSecretCommand(input));
  await admin.iam.send(new CreateRoleCommand({ RoleName: 'Reader', AssumeRolePolicyDocument: TRUST }));
  return {
    sandbox,
    admin,
    /** The ARN of the secret. */
    arn,
    /** Returns clients of an engineer with exactly these permissions. */
    engineer: (...grants: Allowed[]) =>
      clientsFor(sandbox, { credentials: sandbox.credentialsFor(policy(...grants)) }),
  };
}

type Account = Awaited<ReturnType<typeof openAccount>>;

/**
 * Opens one such account for all tests of a file, and closes it after them.
 * @param prepare creates what else the file needs
 */
export function accountOfFile(prepare?: (account: Account) => Promise<unknown>): () => Account {
  let account: Account | undefined;
  beforeAll(async () => {
    account = await openAccount();
    await prepare?.(account);
  });
  afterAll(() => account?.sandbox.close());
  return () => {
    if (!account) throw new Error('the account is there during a test only');
    return account;
  };
}
