import {
  DeleteSecretCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { ACCOUNT, clientsOf, FAR_REGION, KEYS, makeRole, makeSecret, REGION } from '../support/account.ts';
import type { Row } from './rows.ts';

/** The user who runs `setup`. */
const ADMIN = `arn:aws:iam::${ACCOUNT}:user/sandbox`;
const JSON_VALUE = JSON.stringify({ username: 'studio', password: 'Correct horse' });
const KMS_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const BY_HAND = {
  Description: 'Studio A, ask Jo before you touch it',
  Tags: [{ Key: 'managed-by', Value: 'terraform' }],
};
const both = [REGION, FAR_REGION];

/** Creates a secret with a resource policy of one statement. */
const withPolicy =
  (statement: object, input: Parameters<typeof makeSecret>[1] = {}) =>
  async (sandbox: Sandbox) => {
    await makeRole(sandbox, { name: 'Admin' });
    const SecretId = await makeSecret(sandbox, input);
    const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await clientsOf(sandbox).secrets.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }));
  };

/** Creates a secret with this value and automatic rotation. */
const rotating = (SecretString: string) => async (sandbox: Sandbox) => {
  const SecretId = await makeSecret(sandbox, { SecretString, ...BY_HAND });
  const RotationLambdaARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:rotate`;
  sandbox.addRotationFunction(RotationLambdaARN);
  await clientsOf(sandbox).secrets.send(
    new RotateSecretCommand({
      SecretId,
      RotationLambdaARN,
      RotationRules: { AutomaticallyAfterDays: 30 },
      RotateImmediately: false,
    }),
  );
};

const ALL_BUT_ADMIN = { Effect: 'Deny', Action: 'secretsmanager:GetSecretValue', Resource: '*' };
const replace = { existingKey: 'replace' as const };
const kept: Row['outcome'] = { done: ['kept', 'created', 'created'] };
const updated: Row['outcome'] = { done: ['updated', 'created', 'created'] };

/** Secrets that are kept as they are. */
export const KEPT_SECRETS: Row[] = [
  {
    what: 'a secret of an earlier run with other tags',
    make: (sandbox) => makeSecret(sandbox, { Tags: [{ Key: 'mc-static-key', Value: 'store-secret' }] }),
    wishes: { tag: ['team=playout'] },
    outcome: kept,
  },
  {
    what: 'a secret with another value labeled AWSPENDING',
    make: async (sandbox) => {
      const SecretId = await makeSecret(sandbox);
      const next = { SecretId, SecretString: JSON_VALUE, VersionStages: ['AWSPENDING'] };
      await clientsOf(sandbox).secrets.send(new PutSecretValueCommand(next));
    },
    outcome: kept,
  },
  {
    what: 'a secret whose resource policy lets another principal read it',
    make: withPolicy({
      Effect: 'Allow',
      Principal: { AWS: ADMIN },
      Action: 'secretsmanager:*',
      Resource: '*',
    }),
    outcome: kept,
  },
  {
    what: 'a secret whose resource policy denies deletion',
    make: withPolicy({
      Effect: 'Deny',
      Principal: '*',
      Action: 'secretsmanager:DeleteSecret',
      Resource: '*',
    }),
    outcome: kept,
  },
  {
    what: 'a secret whose resource policy requires TLS',
    make: withPolicy({
      Effect: 'Deny',
      Principal: '*',
      Action: 'secretsmanager:*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
    outcome: kept,
  },
  {
    what: 'a replica that holds this key',
    make: (sandbox) =>
      makeSecret(sandbox, { region: FAR_REGION, AddReplicaRegions: [{ Region: REGION }], ...BY_HAND }),
    outcome: kept,
  },
  {
    what: 'a secret whose name differs only in letter case',
    make: (sandbox) => makeSecret(sandbox, { Name: 'Studio-A', SecretString: KEYS.other, ...BY_HAND }),
    outcome: { done: ['created', 'created', 'created'] },
  },
];

/** Secrets that are kept and involve another Region or a KMS key. */
export const DEMANDING_SECRETS: Row[] = [
  {
    what: 'a secret made by Terraform, with tags, a description and a KMS key',
    make: (sandbox) => makeSecret(sandbox, { ...BY_HAND, KmsKeyId: KMS_KEY }),
    outcome: kept,
  },
  {
    what: 'a primary and its replica, when both Regions are given',
    make: (sandbox) => makeSecret(sandbox, { AddReplicaRegions: [{ Region: FAR_REGION }] }),
    wishes: { region: both },
    outcome: { done: ['kept kept', 'created', 'created'] },
  },
  {
    what: 'a primary and its replica with another key, with --existing-key keep',
    make: (sandbox) =>
      makeSecret(sandbox, { SecretString: KEYS.other, AddReplicaRegions: [{ Region: FAR_REGION }] }),
    wishes: { region: both, existingKey: 'keep' },
    outcome: { done: ['kept kept', 'created', 'created'] },
  },
];

/** Secrets whose value is replaced with `--existing-key replace`. */
export const REPLACED_SECRETS: Row[] = [
  {
    what: 'a JSON value, with description, tags and KMS key kept',
    make: (sandbox) => makeSecret(sandbox, { SecretString: JSON_VALUE, KmsKeyId: KMS_KEY, ...BY_HAND }),
    wishes: replace,
    outcome: updated,
  },
  {
    what: 'a binary value',
    make: (sandbox) => makeSecret(sandbox, { SecretBinary: Buffer.from(KEYS.other), ...BY_HAND }),
    wishes: replace,
    outcome: updated,
  },
  {
    what: 'a secret without a version',
    make: (sandbox) => makeSecret(sandbox, { SecretString: undefined, ...BY_HAND }),
    wishes: replace,
    outcome: updated,
  },
  {
    what: 'a secret with automatic rotation, with a warning',
    make: rotating(JSON_VALUE),
    wishes: replace,
    outcome: { ...updated, says: ['the next rotation replaces the key'] },
  },
  {
    what: 'a primary, with a warning that its replicas get the value too',
    make: (sandbox) =>
      makeSecret(sandbox, { SecretString: KEYS.other, AddReplicaRegions: [{ Region: FAR_REGION }] }),
    wishes: replace,
    outcome: { ...updated, says: [`has replicas in ${FAR_REGION}. They receive the new key too`] },
  },
  {
    what: 'a secret scheduled for deletion, which keeps its tags',
    make: async (sandbox) => {
      const SecretId = await makeSecret(sandbox, { SecretString: JSON_VALUE, ...BY_HAND });
      await clientsOf(sandbox).secrets.send(new DeleteSecretCommand({ SecretId }));
    },
    wishes: { ...replace, restore: true },
    outcome: { done: ['restored', 'created', 'created'] },
  },
];

/** Secrets that may not be readable; only AWS can tell. */
export const UNCERTAIN_SECRETS: Row[] = [
  {
    what: 'a resource policy that denies reading with NotPrincipal',
    make: withPolicy({ ...ALL_BUT_ADMIN, NotPrincipal: { AWS: [ADMIN, `arn:aws:iam::${ACCOUNT}:root`] } }),
    outcome: { done: ['kept', 'created', 'created'], says: ['NotPrincipal lists the role in part'] },
  },
];

/** Secrets that are a conflict. */
export const CONFLICTING_SECRETS: Row[] = [
  {
    what: 'a JSON value',
    make: (sandbox) => makeSecret(sandbox, { SecretString: JSON_VALUE, ...BY_HAND }),
    outcome: {
      conflict: ['Secret studio-a already exists in us-west-2', 'JSON'],
      ways: ['replace', '--secret-name'],
    },
  },
  {
    what: 'a binary value',
    make: (sandbox) => makeSecret(sandbox, { SecretBinary: Buffer.from(KEYS.aes256) }),
    outcome: {
      conflict: ['studio-a', 'stores binary data (SecretBinary)'],
      ways: ['replace', '--secret-name'],
    },
  },
  {
    what: 'no version',
    make: (sandbox) => makeSecret(sandbox, { SecretString: undefined, ...BY_HAND }),
    outcome: { conflict: ['studio-a', 'has no current value'], ways: ['replace', '--secret-name'] },
  },
  {
    what: 'automatic rotation of a JSON value',
    make: rotating(JSON_VALUE),
    wishes: { existingKey: 'keep' },
    outcome: { conflict: ['studio-a', 'JSON'], ways: ['replace', '--secret-name'] },
  },
  {
    what: 'a replica with another key, when both Regions are given, even with --existing-key replace',
    make: (sandbox) =>
      makeSecret(sandbox, { SecretString: KEYS.other, AddReplicaRegions: [{ Region: FAR_REGION }] }),
    wishes: { ...replace, region: both },
    outcome: {
      conflict: [
        `is a replica. Its value can be changed only in the primary Region, ${REGION}`,
        `Run this command for ${REGION} alone first`,
      ],
      ways: ['--secret-name'],
    },
  },
  {
    what: 'a resource policy that denies reading to everyone but the administrator',
    make: withPolicy({
      ...ALL_BUT_ADMIN,
      Principal: '*',
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': ADMIN } },
    }),
    // It denies a role with any other name too.
    outcome: { conflict: ['GetSecretValue', 'the resource policy of secret studio-a'], ways: [] },
  },
  {
    what: 'a resource policy that denies everyone but the administrator almost all actions',
    make: withPolicy({
      Effect: 'Deny',
      Principal: '*',
      NotAction: ['secretsmanager:DescribeSecret', 'secretsmanager:GetResourcePolicy'],
      Resource: '*',
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': ADMIN } },
    }),
    outcome: { conflict: ['the resource policy of secret studio-a'], ways: [] },
  },
];
