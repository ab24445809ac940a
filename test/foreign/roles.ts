import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { Sandbox } from '../../src/sandbox/index.ts';
import {
  ACCOUNT,
  clientsOf,
  FAR_REGION,
  guideTrust,
  makePolicy,
  makeRole,
  REGION,
  roleArn,
} from '../support/account.ts';
import type { Row } from './rows.ts';

const NAME = 'MediaConnect-ASM';
const MEDIACONNECT = 'mediaconnect.amazonaws.com';
const TRUST = { Effect: 'Allow', Principal: { Service: MEDIACONNECT }, Action: 'sts:AssumeRole' };
const EC2 = { ...TRUST, Principal: { Service: 'ec2.amazonaws.com' } };
const ADMIN = { ...TRUST, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } };
const flows = (region: string) => `arn:aws:mediaconnect:${region}:${ACCOUNT}:flow:*`;
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | string[], more: object = { Resource: '*' }) => ({
  Effect: 'Allow',
  Action,
  ...more,
});
const deny = (Action: string | string[], more: object = { Resource: '*' }) => ({
  Effect: 'Deny',
  Action,
  ...more,
});
const READS = 'secretsmanager:GetSecretValue';

interface Owned {
  trust?: object;
  inline?: object;
  attached?: object;
  boundary?: object | string;
  input?: Partial<{ RoleName: string; Path: string }>;
}

/** Creates a role as another owner would: with a description, a tag, and policies of its own. */
const owned =
  ({ trust = policy(TRUST), inline, attached, boundary, input = {} }: Owned) =>
  async (sandbox: Sandbox) => {
    const { iam } = clientsOf(sandbox);
    const PermissionsBoundary =
      typeof boundary === 'object' ? await makePolicy(sandbox, 'Boundary', boundary) : boundary;
    const RoleName = input.RoleName ?? NAME;
    await iam.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: JSON.stringify(trust),
        Description: 'Studio A, ask Jo before you touch it',
        MaxSessionDuration: 7200,
        Tags: [{ Key: 'ManagedBy', Value: 'terraform' }],
        PermissionsBoundary,
        ...input,
      }),
    );
    if (inline) {
      const PolicyDocument = JSON.stringify(inline);
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'Inline', PolicyDocument }));
    }
    if (attached) {
      const PolicyArn = await makePolicy(sandbox, 'Attached', attached);
      await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    }
  };

/** Creates a role that trusts a deleted role: IAM shows the unique ID of the deleted one. */
const trustingTheDeleted =
  (...statements: object[]) =>
  async (sandbox: Sandbox) => {
    await makeRole(sandbox, { name: 'Gone', trust: guideTrust() });
    await owned({ trust: policy(...statements, { ...TRUST, Principal: { AWS: roleArn('Gone') } }) })(sandbox);
    await clientsOf(sandbox).iam.send(new DeleteRoleCommand({ RoleName: 'Gone' }));
  };

const updateTrust = { updateTrust: true };
const attached: Row['outcome'] = { done: ['created', 'created', 'updated'] };
const cannotRead = (...conflict: string[]): Row['outcome'] => ({
  conflict: [`Role ${NAME} can't perform`, ...conflict],
  ways: ['--role-name NAME'],
});
const uncertainTrust: Row['outcome'] = {
  done: ['created', 'created', 'updated'],
  says: ["Can't tell whether", 'aws:SourceOrgID'],
};
const notTrusted: Row['outcome'] = {
  conflict: [`Role ${NAME} exists, but MediaConnect can't assume it`],
  ways: ['--update-trust', '--role-name NAME'],
};
const rows = (outcome: Row['outcome'], made: [string, Owned][]): Row[] =>
  made.map(([what, one]) => ({ what, make: owned(one), outcome }));

/** Roles that MediaConnect can assume: they are kept and get the policy. */
export const KEPT_ROLES: Row[] = [
  ...rows(attached, [
    ['a role with policies of its own', { inline: policy(allow('s3:*')), attached: policy(deny('iam:*')) }],
    [
      'a trust policy with lists for strings, a Sid and an Id',
      {
        trust: {
          ...policy({
            Sid: 'MC',
            ...TRUST,
            Principal: { Service: [MEDIACONNECT] },
            Action: ['sts:AssumeRole'],
          }),
          Id: 'trust',
        },
      },
    ],
    [
      'a trust policy for more services and actions',
      {
        trust: policy({
          ...TRUST,
          Principal: { Service: ['ec2.amazonaws.com', MEDIACONNECT] },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
        }),
      },
    ],
    ['a trust policy with other statements before', { trust: policy(EC2, ADMIN, TRUST) }],
    [
      'a trust policy with a further action',
      { trust: policy({ ...TRUST, Action: ['sts:SetSourceIdentity', 'sts:AssumeRole'] }) },
    ],
    [
      'a role of an earlier run with --no-source-account and --source-arn',
      { trust: policy({ ...TRUST, Condition: { ArnLike: { 'aws:SourceArn': flows(REGION) } } }) },
    ],
    [
      'a trust policy with an equivalent condition',
      {
        trust: policy({
          ...TRUST,
          Condition: { StringLike: { 'AWS:sourceaccount': [ACCOUNT, '444455556666'] } },
        }),
      },
    ],
    [
      'a trust policy with a Deny for flows of other accounts',
      {
        trust: policy(TRUST, {
          ...TRUST,
          Effect: 'Deny',
          Principal: { Service: MEDIACONNECT },
          Condition: { StringNotEqualsIfExists: { 'aws:SourceAccount': ACCOUNT } },
        }),
      },
    ],
    ['a role name in other letter case', { input: { RoleName: 'mediaconnect-asm' } }],
    [
      'a role with a permissions boundary for everything but IAM',
      { boundary: policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }) },
    ],
    [
      'a role with a permissions boundary for this Region',
      {
        boundary: policy(
          allow('secretsmanager:*', {
            Resource: '*',
            Condition: { StringEquals: { 'aws:RequestedRegion': REGION } },
          }),
        ),
      },
    ],
    [
      'a role with an AWS managed permissions boundary',
      { boundary: 'arn:aws:iam::aws:policy/SecretsManagerReadWrite' },
    ],
    [
      'a role with a Deny for all other secrets',
      {
        inline: policy({
          Effect: 'Deny',
          Action: READS,
          NotResource: `arn:aws:secretsmanager:*:*:secret:studio-*`,
        }),
      },
    ],
    [
      'a role with a Deny for everything but Secrets Manager',
      { inline: policy({ Effect: 'Deny', NotAction: 'secretsmanager:*', Resource: '*' }) },
    ],
  ]),
  {
    what: 'a trust policy that also names a deleted role',
    make: trustingTheDeleted(TRUST),
    outcome: attached,
  },
];

/** Roles that get a trust statement with `--update-trust` and keep the statements that they have. */
export const TRUSTED_ROLES: Row[] = [
  ...rows(attached, [
    ['a role for EC2', { trust: policy(EC2) }],
    [
      'a role for several others, with Sids and conditions',
      {
        trust: policy(
          { Sid: 'A', ...EC2 },
          { Sid: 'B', ...ADMIN, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
        ),
      },
    ],
    [
      'a role for MediaConnect flows of another Region',
      { trust: policy({ ...TRUST, Condition: { ArnLike: { 'aws:SourceArn': flows(FAR_REGION) } } }) },
    ],
    [
      'a role for MediaConnect flows of an organization',
      { trust: policy({ ...TRUST, Condition: { StringEquals: { 'aws:SourceOrgID': 'o-a1b2c3d4e5' } } }) },
    ],
    ['a role with a Deny for EC2', { trust: policy(ADMIN, { ...EC2, Effect: 'Deny' }) }],
  ]).map((row) => ({ ...row, wishes: updateTrust })),
];

/** Roles that are a conflict because of their trust policy. */
export const UNTRUSTING_ROLES: Row[] = [
  ...rows(notTrusted, [
    [
      'MediaConnect for flows of another Region only',
      { trust: policy({ ...TRUST, Condition: { ArnLike: { 'aws:SourceArn': flows(FAR_REGION) } } }) },
    ],
    ['MediaConnect for sts:TagSession only', { trust: policy({ ...TRUST, Action: 'sts:TagSession' }) }],
  ]),
  {
    what: 'a deleted role, whose ID IAM would not accept again, even with --update-trust',
    make: trustingTheDeleted(EC2),
    wishes: updateTrust,
    outcome: { conflict: ['AROA', 'no longer exist'], ways: ['--role-name NAME'] },
  },
  {
    what: 'an AWS service, as a service-linked role',
    make: owned({ input: { Path: `/aws-service-role/${MEDIACONNECT}/` } }),
    outcome: { conflict: ['is a service-linked role'], ways: ['--role-name NAME'] },
  },
];

/** Roles with a condition that may prevent access; only AWS can evaluate it. */
export const UNCERTAIN_ROLES: Row[] = [
  ...rows(
    {
      done: ['created', 'created', 'updated'],
      says: ["Can't tell whether", 'of its inline policy Inline'],
    },
    [
      [
        'an inline policy that denies reading without MFA',
        {
          inline: policy(
            deny(READS, {
              Resource: '*',
              Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
            }),
          ),
        },
      ],
      [
        'an inline policy that denies reading outside a VPC endpoint',
        {
          inline: policy(
            deny(READS, {
              Resource: '*',
              Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } },
            }),
          ),
        },
      ],
    ],
  ),
  ...rows(uncertainTrust, [
    [
      'a trust policy for the flows of one organization',
      { trust: policy({ ...TRUST, Condition: { StringEquals: { 'aws:SourceOrgID': 'o-a1b2c3d4e5' } } }) },
    ],
  ]),
  {
    what: 'a trust policy that denies the flows of other organizations, even with --update-trust',
    make: owned({
      trust: policy(TRUST, {
        ...TRUST,
        Effect: 'Deny',
        Principal: { Service: MEDIACONNECT },
        Condition: { StringNotEquals: { 'aws:SourceOrgID': 'o-a1b2c3d4e5' } },
      }),
    }),
    wishes: updateTrust,
    outcome: uncertainTrust,
  },
];

/** Roles that cannot read the secret: a conflict. */
export const POWERLESS_ROLES: Row[] = [
  ...rows(cannotRead('the permissions boundary', 'policy/Boundary'), [
    ['a permissions boundary without Secrets Manager', { boundary: policy(allow('s3:*')) }],
    [
      'a permissions boundary for other secrets',
      {
        boundary: policy(allow('secretsmanager:*', { Resource: `arn:aws:secretsmanager:*:*:secret:news-*` })),
      },
    ],
    [
      'a permissions boundary for another Region',
      {
        boundary: policy(
          allow('*', { Resource: '*', Condition: { StringEquals: { 'aws:RequestedRegion': FAR_REGION } } }),
        ),
      },
    ],
    ['a permissions boundary with a Deny', { boundary: policy(allow('*'), deny('secretsmanager:*')) }],
    [
      'a permissions boundary with NotAction',
      { boundary: policy({ Effect: 'Allow', NotAction: 'secretsmanager:*', Resource: '*' }) },
    ],
  ]),
  ...rows(cannotRead(READS, 'its inline policy Inline'), [
    ['an inline policy that denies reading', { inline: policy(deny(READS)) }],
    [
      'an inline policy that denies reading all secrets except news-*',
      {
        inline: policy({
          Effect: 'Deny',
          Action: READS,
          NotResource: 'arn:aws:secretsmanager:*:*:secret:news-*',
        }),
      },
    ],
  ]),
  {
    what: 'an attached policy that denies all actions but DescribeSecret',
    make: owned({
      attached: policy({ Effect: 'Deny', NotAction: 'secretsmanager:DescribeSecret', Resource: '*' }),
    }),
    outcome: cannotRead('its policy Attached'),
  },
  {
    what: 'the permissions boundary requested for a new role',
    make: (sandbox) => makePolicy(sandbox, 'Boundary', policy(allow('s3:*'))),
    wishes: { permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/Boundary` },
    outcome: { ...cannotRead('policy/Boundary'), ways: [] },
  },
  {
    what: 'a requested permissions boundary that does not exist',
    make: async () => undefined,
    wishes: { permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/Absent` },
    outcome: { conflict: ['There is no policy', 'policy/Absent'], ways: [] },
  },
];
