import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
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
} from '../../support/account.ts';
import { setUp } from '../../support/runs/setup.ts';
import { arnOf, embedding, KMS_KEY, nothing, POLICY, type Story } from './stories.ts';

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
    shows: ['iam:GetPolicyVersion', 'iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion'],
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
    name: 'a long name that no longer fits into the policy',
    prepare: (sandbox) => {
      const names = Array.from({ length: 10 }, (_, index) => arnOf(`old-${index}-`.padEnd(506, 'x')));
      return nothing(makePolicy(sandbox, POLICY, guidePolicy(...names)));
    },
    wishes: { secretName: 'new'.padEnd(506, 'x') },
    shows: [],
  },
  {
    name: 'the key and the role of the AWS guide, created by hand',
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
    name: 'a role with an inline policy',
    prepare: async (sandbox) => {
      await makeRole(sandbox);
      return nothing(clientsOf(sandbox).iam.send(embedding()));
    },
    shows: ['iam:GetRolePolicy'],
  },
  {
    name: 'a key that replaces the existing one',
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
    name: 'a role for another service',
    prepare: (sandbox) => nothing(makeRole(sandbox, { trust: guideTrust('ec2.amazonaws.com') })),
    wishes: { updateTrust: true },
    shows: ['iam:UpdateAssumeRolePolicy'],
  },
  {
    name: 'a role with a permissions boundary',
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
