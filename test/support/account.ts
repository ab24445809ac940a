import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
} from '@aws-sdk/client-iam';
import { CreateSecretCommand, type CreateSecretCommandInput } from '@aws-sdk/client-secrets-manager';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { clientsFor } from '../sandbox/clients.ts';
import { readPolicies, readRoles, readSecrets } from './account-reading.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'us-west-2';
export const FAR_REGION = 'eu-west-1';

/** Example keys of the three lengths, and another one of the longest. */
export const KEYS = {
  aes128: '0123456789abcdef0123456789abcdef',
  aes192: '0123456789abcdef0123456789abcdef0123456789abcdef',
  aes256: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  other: 'fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210',
} as const;

export const READ_ACTIONS = [
  'secretsmanager:GetResourcePolicy',
  'secretsmanager:GetSecretValue',
  'secretsmanager:DescribeSecret',
  'secretsmanager:ListSecretVersionIds',
];

/** The read policy of the guide's step 2, for these secrets. */
export function guidePolicy(...resources: string[]) {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: READ_ACTIONS, Resource: resources }],
  };
}

/** The trust policy of the guide's step 3, for MediaConnect or for another service. */
export function guideTrust(service = 'mediaconnect.amazonaws.com') {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  };
}

/** AWS's own policy that allows everything. */
export const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

export const policyArn = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`;
export const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

const clients = new WeakMap<Sandbox, Map<string, ReturnType<typeof clientsFor>>>();

/** The same clients for every look at a sandbox: making them takes longer than most requests. */
export function clientsOf(sandbox: Sandbox, region = REGION): ReturnType<typeof clientsFor> {
  const ofSandbox = clients.get(sandbox) ?? new Map();
  clients.set(sandbox, ofSandbox);
  const known = ofSandbox.get(region) ?? clientsFor(sandbox, { region });
  ofSandbox.set(region, known);
  return known;
}

/** Makes a secret as its owner would by hand, and answers its ARN. */
export async function makeSecret(
  sandbox: Sandbox,
  { region = REGION, ...input }: { region?: string } & Partial<CreateSecretCommandInput> = {},
): Promise<string> {
  const value = input.SecretBinary ? {} : { SecretString: KEYS.aes256 };
  const { ARN = '' } = await clientsOf(sandbox, region).secrets.send(
    new CreateSecretCommand({ Name: 'studio-a', ...value, ...input }),
  );
  return ARN;
}

/** Makes a managed policy, with as many further versions as there are further documents, and answers its ARN. */
export async function makePolicy(
  sandbox: Sandbox,
  name: string,
  document: object,
  ...later: object[]
): Promise<string> {
  const { iam } = clientsOf(sandbox);
  const { Policy } = await iam.send(
    new CreatePolicyCommand({ PolicyName: name, PolicyDocument: JSON.stringify(document) }),
  );
  const arn = Policy?.Arn ?? '';
  for (const each of later) {
    const version = { PolicyArn: arn, PolicyDocument: JSON.stringify(each), SetAsDefault: true };
    await iam.send(new CreatePolicyVersionCommand(version));
  }
  return arn;
}

export interface RoleFixture {
  name?: string;
  trust?: object;
  attached?: string[];
  path?: string;
  boundary?: string;
}

/** Makes a role that MediaConnect may assume, if nothing else is said, and answers its ARN. */
export async function makeRole(
  sandbox: Sandbox,
  { name = 'MediaConnect-ASM', trust = guideTrust(), attached = [], path, boundary }: RoleFixture = {},
): Promise<string> {
  const { iam } = clientsOf(sandbox);
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify(trust),
      Path: path,
      PermissionsBoundary: boundary,
    }),
  );
  for (const arn of attached) {
    await iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: arn }));
  }
  return Role?.Arn ?? '';
}

/** All that the account holds, without dates and generated IDs, so that two accounts, or two moments, can be compared. */
export async function readAccount(sandbox: Sandbox) {
  const { iam } = clientsOf(sandbox);
  const [near, far, policies, roles] = await Promise.all([
    readSecrets(clientsOf(sandbox, REGION).secrets, REGION),
    readSecrets(clientsOf(sandbox, FAR_REGION).secrets, FAR_REGION),
    readPolicies(iam),
    readRoles(iam),
  ]);
  return { secrets: [...near, ...far], policies, roles };
}

export type AccountState = Awaited<ReturnType<typeof readAccount>>;

/** The same with `??????` for the random end of secret ARNs, to compare accounts that were made apart. */
export function withoutSuffixes(state: AccountState): AccountState {
  return JSON.parse(JSON.stringify(state).replace(/(:secret:[\w/+=.@-]+)-[A-Za-z0-9]{6}(?=")/g, '$1-??????'));
}

/** The requests that could have changed something, in order, such as `iam:CreateRole`. */
export function writesTo(sandbox: Sandbox): string[] {
  return sandbox.requests
    .map(({ service, action }) => `${service}:${action}`)
    .filter((name) => !/:(Batch)?(Get|List|Describe|Simulate)/.test(name));
}
