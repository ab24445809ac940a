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

/** The policy of the default name, made as its owner would: with a description, a tag, and attached to another role. */
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
    // One of an older version is from a time when IAM still took such documents.
    sandbox.setPolicyDocument(Policy?.Arn ?? '', document);
    await makeRole(sandbox, { name: 'Other-MediaConnect', attached: [Policy?.Arn ?? ''] });
  };

const kept: Row['outcome'] = { done: ['created', 'kept', 'created'] };
const grown: Row['outcome'] = { done: ['created', 'updated', 'created'] };
const differs = (...conflict: string[]): Row['outcome'] => ({
  conflict: [`The policy ${NAME} exists and is not one that this program would extend`, ...conflict],
  ways: ['--policy-name NAME'],
});
const taken = (arn: string): Row['outcome'] => ({ conflict: [arn], ways: ['--policy-name NAME'] });

/** They allow it already, and are kept. */
export const KEPT_POLICIES: Row[] = [
  ['everything but IAM, with NotAction', policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })],
  ['every resource but one, with NotResource', policy({ ...READ, Resource: undefined, NotResource: OTHER })],
  [
    'wildcards in actions',
    policy({ ...ALL, Action: ['secretsmanager:Get*', 'secretsmanager:Desc*', 'secretsmanager:List*'] }),
  ],
  ['a prefix of names', policy({ ...READ, Resource: secretArn('studio-*') })],
  [
    'a condition that the role meets',
    policy({ ...ALL, Condition: { StringEquals: { 'aws:RequestedRegion': REGION } } }),
  ],
  ['a Deny for other secrets', policy({ ...ALL, Effect: 'Deny', Resource: OTHER }, ALL)],
  [
    'a Deny for all other Regions',
    policy(ALL, {
      ...ALL,
      Effect: 'Deny',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': REGION } },
    }),
  ],
  ['an older run with --policy-scope region', guidePolicy(secretArn('*'))],
  ['an older run with --policy-scope account', guidePolicy('*')],
  [
    'one statement an action, last first',
    policy(...[...READ_ACTIONS].reverse().map((Action) => ({ ...READ, Action, Resource: '*' }))),
  ],
].map(([what, document]) => ({ what: String(what), make: owned(document as object), outcome: kept }));

/** Extended without loss. */
export const EXTENDED_POLICIES: Row[] = [
  ['the guide’s document, one resource as a string', policy(READ)],
  ['one statement in place of a list', { Version: '2012-10-17', Statement: READ }],
  ['no Version', { Statement: [READ] }],
  [
    'the old Version, an Id and Sids',
    { Version: '2008-10-17', Id: 'keys', Statement: [{ Sid: 'Keys', ...READ }] },
  ],
  [
    'Terraform’s order and spelling',
    policy({
      Action: [...READ_ACTIONS].sort().map((each) => each.toLowerCase()),
      Effect: 'Allow',
      Resource: [OTHER],
      Sid: '',
    }),
  ],
  ['a statement a secret', policy(READ, { ...READ, Resource: secretArn('third-AbCdEf') })],
  [
    'the actions in two statements',
    policy({ ...READ, Action: READ_ACTIONS.slice(0, 2) }, { ...READ, Action: READ_ACTIONS.slice(2) }),
  ],
  ['decryption before reading', policy(KMS, READ)],
  ['an older run with --policy-scope region, in another Region', guidePolicy(secretArn('*', FAR_REGION))],
  ['names with wildcards', policy({ ...READ, Resource: [secretArn('news-??????'), secretArn('sport/*')] })],
].map(([what, document]) => ({ what: String(what), make: owned(document as object), outcome: grown }));

/** There is more to them than a document. */
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
    outcome: { ...grown, says: ['its oldest version v1 is deleted'] },
  },
  {
    what: 'a customer-managed KMS key of a secret that exists, which is added',
    make: async (sandbox) => {
      await makeSecret(sandbox, { KmsKeyId: KMS.Resource });
      await owned(policy(READ))(sandbox);
    },
    outcome: { done: ['kept', 'updated', 'created'] },
  },
  {
    what: 'a number that is taken under another path, so that the next one is made',
    make: async (sandbox) => {
      const names = Array.from({ length: 10 }, (_, index) => secretArn(`${'x'.repeat(500)}${index}-AbCdEf`));
      await makePolicy(sandbox, NAME, guidePolicy(...names));
      await owned(policy(READ), { PolicyName: `${NAME}-2`, Path: '/studio/' })(sandbox);
    },
    wishes: { secretName: 'y'.repeat(500) },
    outcome: { done: ['created', 'created', 'created'], says: [`policy ${NAME}-3: takes`] },
  },
  {
    what: 'a Deny that its owner has put in, while the secret is in the next number',
    make: async (sandbox) => {
      await owned(policy(READ, { Effect: 'Deny', Action: 's3:*', Resource: '*' }))(sandbox);
      const PolicyArn = await makePolicy(sandbox, `${NAME}-2`, guidePolicy(secretArn('studio-a-??????')));
      const Tags = [{ Key: 'mc-static-key', Value: 'read-policy-overflow' }];
      await clientsOf(sandbox).iam.send(new TagPolicyCommand({ PolicyArn, Tags }));
    },
    outcome: kept,
  },
];

/** A conflict because of this. */
export const CONFLICTING_POLICIES: Row[] = [
  [
    'an extra statement',
    policy(READ, { Effect: 'Allow', Action: 'secretsmanager:ListSecrets', Resource: '*' }),
    'ListSecrets',
  ],
  [
    'a Deny of what is wanted',
    policy(ALL, { ...ALL, Effect: 'Deny', Resource: secretArn('studio-*') }),
    'Deny',
  ],
  [
    'a NotAction that leaves reading out',
    policy({ Effect: 'Allow', NotAction: 'secretsmanager:*', Resource: '*' }),
    'all but secretsmanager:*',
  ],
  [
    'a NotResource that leaves the secret out',
    policy({ ...READ, Resource: undefined, NotResource: secretArn('studio-*') }),
    'on all but',
  ],
  [
    'wildcards in actions for other secrets',
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
    'decryption with every KMS key',
    policy(READ, { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }),
    'kms:Decrypt',
  ],
  [
    'a variable in a name',
    policy({ ...READ, Resource: secretArn('$' + '{aws:username}-*') }),
    'aws:username',
  ],
].map(([what, document, shown]) => ({
  what: String(what),
  make: owned(document as object),
  outcome: differs(String(shown)),
}));

/** Names that somebody else has. */
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
