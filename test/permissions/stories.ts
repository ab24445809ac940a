import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { PermissionsOptions } from '../../src/cli/permissions-answers.ts';
import type { TeardownOptions } from '../../src/cli/teardown-answers.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import {
  clientsOf,
  FAR_REGION,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  policyArn,
  REGION,
} from '../support/account.ts';
import { type RotateWishes, rotate } from '../support/rotate.ts';
import { setUp, type Wishes } from '../support/setup.ts';
import { tearDown } from '../support/teardown.ts';

/** A run of a command that needs some of its permissions. */
export interface Story {
  name: string;
  /** Makes what is there before. Answers wishes that are known only then. */
  prepare?: (sandbox: Sandbox) => Promise<StoryWishes | undefined>;
  wishes?: StoryWishes;
  /** What `permissions` is told besides. */
  told?: PermissionsOptions;
  /**
   * Actions of which this is the story that shows what happens without them, in the order in which the command needs
   * them: what is done before the run ends stays done.
   */
  shows: string[];
}

/** What the command of a story is asked for. */
export type StoryWishes = Wishes & RotateWishes & TeardownOptions;

const POLICY = 'SecretsManagerForMediaConnect';
const ROLE = 'MediaConnect-ASM';
const KMS_KEY = 'mrk-1234abcd12ab34cd56ef1234567890ab';
const arnOf = (name: string) => `arn:aws:secretsmanager:${REGION}:111122223333:secret:${name}-AbCdEf`;
const embedding = () => {
  const PolicyDocument = JSON.stringify(guidePolicy(arnOf('other')));
  return new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'Inline', PolicyDocument });
};
const nothing = (work: Promise<unknown>) => work.then(() => undefined);

export const SETUP: Story[] = [
  {
    name: 'a first key in two Regions, with a tag',
    wishes: { region: [REGION, FAR_REGION], tag: ['team=playout'] },
    shows: [
      'secretsmanager:DescribeSecret',
      'secretsmanager:CreateSecret',
      'secretsmanager:TagResource',
      'iam:ListPolicyVersions',
      'iam:CreatePolicy',
      'iam:TagPolicy',
      'iam:GetRole',
      'iam:CreateRole',
      'iam:TagRole',
      'iam:AttachRolePolicy',
    ],
  },
  {
    name: 'a second key',
    prepare: (sandbox) => nothing(setUp(sandbox, { secretName: 'studio-z' })),
    shows: ['iam:GetPolicyVersion', 'iam:CreatePolicyVersion'],
  },
  {
    name: 'one more key in a policy with five versions',
    prepare: (sandbox) => {
      const [first = {}, ...later] = ['a', 'b', 'c', 'd', 'e'].map((name) => guidePolicy(arnOf(name)));
      return nothing(makePolicy(sandbox, POLICY, first, ...later));
    },
    shows: ['iam:DeletePolicyVersion'],
  },
  {
    name: 'a long name that does not fit into the policy any more',
    prepare: (sandbox) => {
      const names = Array.from({ length: 10 }, (_, index) => arnOf(`old-${index}-`.padEnd(506, 'x')));
      return nothing(makePolicy(sandbox, POLICY, guidePolicy(...names)));
    },
    wishes: { secretName: 'new'.padEnd(506, 'x') },
    shows: [],
  },
  {
    name: 'the key and the role of the guide, made by hand',
    prepare: async (sandbox) => {
      await makeSecret(sandbox);
      await makeRole(sandbox, { attached: ['arn:aws:iam::aws:policy/SecretsManagerReadWrite'] });
      return undefined;
    },
    shows: [
      'secretsmanager:GetSecretValue',
      'secretsmanager:GetResourcePolicy',
      'iam:ListAttachedRolePolicies',
      'iam:ListRolePolicies',
    ],
  },
  {
    name: 'a secret given by its ARN',
    prepare: async (sandbox) => ({ secretArn: [await makeSecret(sandbox)] }),
    shows: [],
  },
  {
    name: 'a role with a policy embedded in it',
    prepare: async (sandbox) => {
      await makeRole(sandbox);
      return nothing(clientsOf(sandbox).iam.send(embedding()));
    },
    shows: ['iam:GetRolePolicy'],
  },
  {
    name: 'another key in place of the one that is there',
    prepare: (sandbox) => nothing(makeSecret(sandbox)),
    wishes: { key: KEYS.other, existingKey: 'replace' },
    shows: ['secretsmanager:PutSecretValue'],
  },
  {
    name: 'a secret that is scheduled for deletion',
    prepare: async (sandbox) => {
      const SecretId = await makeSecret(sandbox);
      return nothing(clientsOf(sandbox).secrets.send(new DeleteSecretCommand({ SecretId })));
    },
    wishes: { restore: true },
    shows: ['secretsmanager:RestoreSecret'],
  },
  {
    name: 'a role of another service',
    prepare: (sandbox) => nothing(makeRole(sandbox, { trust: guideTrust('ec2.amazonaws.com') })),
    wishes: { updateTrust: true },
    shows: ['iam:UpdateAssumeRolePolicy'],
  },
  {
    name: 'a role that shall have a permissions boundary',
    prepare: (sandbox) => nothing(makePolicy(sandbox, 'Boundary', guidePolicy('*'))),
    wishes: { permissionsBoundary: policyArn('Boundary') },
    shows: [],
  },
  {
    name: 'a first key under a customer-managed KMS key in two Regions',
    wishes: { kmsKeyId: KMS_KEY, region: [REGION, FAR_REGION] },
    shows: ['kms:GenerateDataKey'],
  },
  {
    name: 'the same key again under a customer-managed KMS key',
    prepare: (sandbox) => nothing(setUp(sandbox, { kmsKeyId: KMS_KEY })),
    wishes: { kmsKeyId: KMS_KEY },
    shows: ['kms:Decrypt'],
  },
  {
    name: 'a dry run',
    prepare: (sandbox) => nothing(setUp(sandbox, { secretName: 'studio-z' })),
    wishes: { dryRun: true },
    shows: [],
  },
];

const inTwoRegions = (sandbox: Sandbox) => nothing(setUp(sandbox, { region: [REGION, FAR_REGION] }));
const underKmsKey = (sandbox: Sandbox) => nothing(setUp(sandbox, { kmsKeyId: KMS_KEY }));

export const ROTATE: Story[] = [
  {
    name: 'a new key in two Regions that are named',
    prepare: inTwoRegions,
    wishes: { region: [REGION, FAR_REGION] },
    shows: [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:GetResourcePolicy',
      'secretsmanager:PutSecretValue',
    ],
  },
  { name: 'a new key wherever the secret is', prepare: inTwoRegions, shows: [] },
  {
    name: 'a new key for a secret given by its ARN',
    prepare: async (sandbox) => ({ secretArn: [await makeSecret(sandbox)] }),
    shows: [],
  },
  {
    name: 'the key before',
    prepare: async (sandbox) => {
      await makeSecret(sandbox);
      return nothing(rotate(sandbox, { region: [REGION] }));
    },
    wishes: { rollback: true, region: [REGION] },
    shows: ['secretsmanager:UpdateSecretVersionStage'],
  },
  {
    name: 'a new key under a customer-managed KMS key',
    prepare: underKmsKey,
    wishes: { region: [REGION] },
    told: { kmsKeyId: KMS_KEY },
    shows: ['kms:Decrypt', 'kms:GenerateDataKey'],
  },
];

export const TEARDOWN: Story[] = [
  {
    name: 'the only secret, with its policy and its role',
    prepare: (sandbox) => nothing(setUp(sandbox)),
    wishes: { region: [REGION] },
    shows: [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:GetResourcePolicy',
      'iam:ListPolicyVersions',
      'iam:GetPolicyVersion',
      'iam:GetPolicy',
      'iam:ListEntitiesForPolicy',
      'iam:GetRole',
      'iam:ListAttachedRolePolicies',
      'iam:ListRolePolicies',
      'secretsmanager:DeleteSecret',
      'iam:DetachRolePolicy',
      'iam:DeletePolicy',
      'iam:DeleteRole',
    ],
  },
  {
    name: 'one of two secrets, wherever it is',
    prepare: async (sandbox) => {
      await setUp(sandbox);
      return nothing(setUp(sandbox, { secretName: 'studio-z' }));
    },
    shows: ['iam:CreatePolicyVersion'],
  },
  {
    name: 'the last secret in a policy that has an older version',
    prepare: async (sandbox) => {
      await setUp(sandbox, { secretName: 'studio-z' });
      await setUp(sandbox);
      return nothing(tearDown(sandbox, { secretName: 'studio-z' }));
    },
    wishes: { region: [REGION] },
    shows: ['iam:DeletePolicyVersion'],
  },
  {
    name: 'the secret of a role that has a policy embedded in it',
    prepare: async (sandbox) => {
      await setUp(sandbox);
      return nothing(clientsOf(sandbox).iam.send(embedding()));
    },
    wishes: { region: [REGION] },
    shows: ['iam:GetRolePolicy'],
  },
  {
    name: 'what was made by hand',
    prepare: async (sandbox) => {
      const secret = await makeSecret(sandbox);
      const attached = [await makePolicy(sandbox, POLICY, guidePolicy(secret))];
      return nothing(makeRole(sandbox, { attached }));
    },
    wishes: { region: [REGION], includeUntagged: true },
    shows: [],
  },
  {
    name: 'a secret under a customer-managed KMS key',
    prepare: underKmsKey,
    wishes: { region: [REGION] },
    told: { kmsKeyId: KMS_KEY },
    shows: ['kms:Decrypt'],
  },
];

/** The options of `permissions` that say the same as these of the command. */
export function optionsFor(wishes: StoryWishes): PermissionsOptions {
  const { secretArn, kmsKeyId, permissionsBoundary, tag, existingKey, restore, updateTrust } = wishes;
  const { secretName = 'studio-a', region, rollback, includeUntagged, dryRun } = wishes;
  return definite({
    ...(secretArn ? { secretArn } : { secretName, region }),
    ...{ kmsKeyId, permissionsBoundary, tag, existingKey, restore, updateTrust },
    ...{ rollback, includeUntagged, dryRun },
  });
}

/** The members that have a value. */
function definite(options: object): PermissionsOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
