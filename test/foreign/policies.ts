import { CreatePolicyCommand, SetDefaultPolicyVersionCommand, TagPolicyCommand } from '@aws-sdk/client-iam';
import type { Sandbox } from '../../src/sandbox/index.ts';
import {
  ACCOUNT,
  clientsOf,
  FAR_REGION,
  guidePolicy,
  makePolicy,
  makeRole,
  makeSecret,
  policyArn,
  READ_ACTIONS,
  REGION,
} from '../support/account.ts';
import type { Row } from './rows.ts';

const NAME = 'SecretsManagerForMediaConnect';
const secretArn = (name: string, region = REGION) =>
  `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:${name}`;
const OTHER = secretArn('other-AbCdEf');
const KMS = {
  Effect: 'Allow',
  Action: 'kms:Decrypt',
  Resource: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
  Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com` } },
};
const READ = { Effect: 'Allow', Action: READ_ACTIONS, Resource: OTHER };
const ALL = { Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' };
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

/** Creates a policy as another owner would: with a description, a tag, and attached to another role. */
const owned =
  (document: object, input: { PolicyName?: string; Path?: string } = {}) =>
  async (sandbox: Sandbox) => {
    const { Policy } = await clientsOf(sandbox).iam.send(
      new CreatePolicyCommand({
        PolicyName: NAME,
        PolicyDocument: JSON.stringify({ ...document, Version: '2012-10-17' }),
        Description: 'Keys of studio A',
        Tags: [{ Key: 'ManagedBy', Value: 'terraform' }],
        ...input,
      }),
    );
    // The old policy version is from a time when IAM still accepted such documents.
    sandbox.setPolicyDocument(Policy?.Arn ?? '', document);
    await makeRole(sandbox, { name: 'Other-MediaConnect', attached: [Policy?.Arn ?? ''] });
  };

const kept: Row['outcome'] = { done: ['created', 'kept', 'created'] };
const grown: Row['outcome'] = { done: ['created', 'updated', 'created'] };
const differs = (...conflict: string[]): Row['outcome'] => ({
  conflict: [
    `Policy ${NAME} already exists with different permissions, so it can't be extended`,
    ...conflict,
  ],
  ways: ['--policy-name NAME'],
});
const taken = (arn: string): Row['outcome'] => ({ conflict: [arn], ways: ['--policy-name NAME'] });

/** Policies that already allow the secret and are kept. */
export const KEPT_POLICIES: Row[] = [
  [
    'a policy for everything but IAM, with NotAction',
    policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
  ],
  [
    'a policy for every resource but one, with NotResource',
    policy({ ...READ, Resource: undefined, NotResource: OTHER }),
  ],
  [
    'a policy with wildcards in actions',
    policy({ ...ALL, Action: ['secretsmanager:Get*', 'secretsmanager:Desc*', 'secretsmanager:List*'] }),
  ],
  ['a policy for a name prefix', policy({ ...READ, Resource: secretArn('studio-*') })],
  [
    'a policy with a condition that the role meets',
    policy({ ...ALL, Condition: { StringEquals: { 'aws:RequestedRegion': REGION } } }),
  ],
  ['a policy with a Deny for other secrets', policy({ ...ALL, Effect: 'Deny', Resource: OTHER }, ALL)],
  [
    'a policy with a Deny for all other Regions',
    policy(ALL, {
      ...ALL,
      Effect: 'Deny',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': REGION } },
    }),
  ],
  ['a policy of an earlier run with --policy-scope region', guidePolicy(secretArn('*'))],
  ['a policy of an earlier run with --policy-scope account', guidePolicy('*')],
  [
    'a policy with one statement per action, in reverse order',
    policy(...[...READ_ACTIONS].reverse().map((Action) => ({ ...READ, Action, Resource: '*' }))),
  ],
].map(([what, document]) => ({ what: String(what), make: owned(document as object), outcome: kept }));

/** Policies that are extended and lose nothing. */
export const EXTENDED_POLICIES: Row[] = [
  ['the policy of the AWS guide, with its resource as a string', policy(READ)],
  ['a policy with one statement in place of a list', { Version: '2012-10-17', Statement: READ }],
  ['a policy without Version', { Statement: [READ] }],
  [
    'a policy with the old Version, an Id and a Sid',
    { Version: '2008-10-17', Id: 'keys', Statement: [{ Sid: 'Keys', ...READ }] },
  ],
  [
    'a policy in the order and spelling of Terraform',
    policy({
      Action: [...READ_ACTIONS].sort().map((each) => each.toLowerCase()),
      Effect: 'Allow',
      Resource: [OTHER],
      Sid: '',
    }),
  ],
  ['a policy with one statement per secret', policy(READ, { ...READ, Resource: secretArn('third-AbCdEf') })],
  [
    'a policy with its actions in two statements',
    policy({ ...READ, Action: READ_ACTIONS.slice(0, 2) }, { ...READ, Action: READ_ACTIONS.slice(2) }),
  ],
  ['a policy with kms:Decrypt before the read actions', policy(KMS, READ)],
  [
    'a policy of an earlier run with --policy-scope region, for another Region',
    guidePolicy(secretArn('*', FAR_REGION)),
  ],
  [
    'a policy with wildcards in names',
    policy({ ...READ, Resource: [secretArn('news-??????'), secretArn('sport/*')] }),
  ],
].map(([what, document]) => ({ what: String(what), make: owned(document as object), outcome: grown }));

/** Policies whose versions, keys, names or numbered policies matter too. */
export const FURTHER_POLICIES: Row[] = [
  {
    what: 'five versions, of which the second is the default',
    make: async (sandbox) => {
      const [first = {}, ...later] = ['a', 'b', 'c', 'd', 'e'].map((name) =>
        guidePolicy(secretArn(`${name}-AbCdEf`)),
      );
      const PolicyArn = await makePolicy(sandbox, NAME, first, ...later);
      const { iam } = clientsOf(sandbox);
      await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
    },
    outcome: { ...grown, says: ['deletes its oldest version (v1)'] },
  },
  {
    what: 'no permission yet for the customer managed KMS key of an existing secret',
    make: async (sandbox) => {
      await makeSecret(sandbox, { KmsKeyId: KMS.Resource });
      await owned(policy(READ))(sandbox);
    },
    outcome: { done: ['kept', 'updated', 'created'] },
  },
  {
    what: 'its next number taken under another path, and creates the number after that',
    make: async (sandbox) => {
      const names = Array.from({ length: 10 }, (_, index) => secretArn(`${'x'.repeat(500)}${index}-AbCdEf`));
      await makePolicy(sandbox, NAME, guidePolicy(...names));
      await owned(policy(READ), { PolicyName: `${NAME}-2`, Path: '/studio/' })(sandbox);
    },
    wishes: { secretName: 'y'.repeat(500) },
    outcome: {
      done: ['created', 'created', 'created'],
      says: [`policy ${NAME}-3 for the secrets that don't fit in`],
    },
  },
  {
    what: 'a Deny that its owner added, when the numbered policy allows the secret',
    make: async (sandbox) => {
      await owned(policy(READ, { Effect: 'Deny', Action: 's3:*', Resource: '*' }))(sandbox);
      const PolicyArn = await makePolicy(sandbox, `${NAME}-2`, guidePolicy(secretArn('studio-a-??????')));
      const Tags = [{ Key: 'mc-static-key', Value: 'read-policy-overflow' }];
      await clientsOf(sandbox).iam.send(new TagPolicyCommand({ PolicyArn, Tags }));
    },
    outcome: kept,
  },
];

/** Policies that are a conflict. */
export const CONFLICTING_POLICIES: Row[] = [
  [
    'an extra statement',
    policy(READ, { Effect: 'Allow', Action: 'secretsmanager:ListSecrets', Resource: '*' }),
    'ListSecrets',
  ],
  ['a Deny for the secret', policy(ALL, { ...ALL, Effect: 'Deny', Resource: secretArn('studio-*') }), 'Deny'],
  [
    'a NotAction that excludes reading',
    policy({ Effect: 'Allow', NotAction: 'secretsmanager:*', Resource: '*' }),
    'all but secretsmanager:*',
  ],
  [
    'a NotResource that excludes the secret',
    policy({ ...READ, Resource: undefined, NotResource: secretArn('studio-*') }),
    'on all but',
  ],
  [
    'wildcard actions for other secrets',
    policy({ ...READ, Action: 'secretsmanager:Get*' }),
    'secretsmanager:Get*',
  ],
  [
    'a condition that the role does not meet',
    policy({ ...ALL, Condition: { StringEquals: { 'aws:RequestedRegion': FAR_REGION } } }),
    'aws:RequestedRegion',
  ],
  [
    'a condition on a tag of the role',
    policy({ ...READ, Condition: { StringEquals: { 'aws:PrincipalTag/team': 'playout' } } }),
    'aws:PrincipalTag/team',
  ],
  [
    'kms:Decrypt on every KMS key',
    policy(READ, { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }),
    'kms:Decrypt',
  ],
  [
    'a policy variable in a name',
    policy({ ...READ, Resource: secretArn('$' + '{aws:username}-*') }),
    'aws:username',
  ],
].map(([what, document, shown]) => ({
  what: String(what),
  make: owned(document as object),
  outcome: differs(String(shown)),
}));

/** Policy names that are in use. */
export const TAKEN_POLICY_NAMES: Row[] = [
  {
    what: 'in other letter case',
    make: owned(policy(READ), { PolicyName: NAME.toLowerCase() }),
    outcome: taken(policyArn(NAME.toLowerCase())),
  },
  {
    what: 'under another path',
    make: owned(policy(READ), { Path: '/studio/' }),
    outcome: taken(`arn:aws:iam::${ACCOUNT}:policy/studio/${NAME}`),
  },
];
