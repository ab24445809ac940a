import type { Sandbox } from '../../../src/sandbox/index.ts';
import {
  clientsOf,
  FAR_REGION,
  guidePolicy,
  makePolicy,
  makeRole,
  makeSecret,
  REGION,
} from '../../support/account.ts';
import { rotate } from '../../support/runs/rotate.ts';
import { setUp } from '../../support/runs/setup.ts';
import { tearDown } from '../../support/runs/teardown.ts';
import { embedding, KMS_KEY, nothing, POLICY, type Story } from './stories.ts';

const inTwoRegions = (sandbox: Sandbox) => nothing(setUp(sandbox, { region: [REGION, FAR_REGION] }));
const underKmsKey = (sandbox: Sandbox) => nothing(setUp(sandbox, { kmsKeyId: KMS_KEY }));

export const ROTATE: Story[] = [
  {
    name: 'a new key in two given Regions',
    prepare: inTwoRegions,
    wishes: { region: [REGION, FAR_REGION] },
    shows: [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
    ],
  },
  { name: 'a new key in every Region of the secret', prepare: inTwoRegions, shows: [] },
  {
    name: 'a new key for a secret given by its ARN',
    prepare: async (sandbox) => ({ secretArn: [await makeSecret(sandbox)] }),
    shows: [],
  },
  {
    name: 'the previous key',
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
    name: 'one of two secrets, in every Region',
    prepare: async (sandbox) => {
      await setUp(sandbox);
      return nothing(setUp(sandbox, { secretName: 'studio-z' }));
    },
    shows: ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion'],
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
    name: 'the secret of a role with an inline policy',
    prepare: async (sandbox) => {
      await setUp(sandbox);
      return nothing(clientsOf(sandbox).iam.send(embedding()));
    },
    wishes: { region: [REGION] },
    shows: ['iam:GetRolePolicy'],
  },
  {
    name: 'resources created by hand',
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
    shows: [],
  },
];
