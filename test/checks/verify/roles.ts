import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import {
  ACCOUNT,
  clientsOf,
  guidePolicy,
  guideTrust,
  makePolicy,
  makeRole,
  REGION,
  type RoleFixture,
} from '../../support/account.ts';

/** A role, and what `verify` reports about it. The secret is `studio-a`, which is correct. */
export interface RoleRow {
  what: string;
  /** Creates the role. */
  make(sandbox: Sandbox, secretArn: string): Promise<unknown>;
  wishes?: { roleName?: string; roleArn?: string; policyName?: string };
  troubles: string[];
  /** Words in the text of the first of them, which includes its fix. */
  says: string[];
}

const NAME = 'MediaConnect-ASM';
const GUARD = { StringEquals: { 'aws:SourceAccount': ACCOUNT } };
const statement = guideTrust().Statement[0];
const trusting = (Condition: object) => ({ Version: '2012-10-17', Statement: [{ ...statement, Condition }] });
const guarded = trusting(GUARD);
const deny = (Action: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action, Resource: '*' }],
});
const allow = (Action: string | string[], Resource: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});

/** Creates a role like that of `setup`, with the given differences and inline policies. */
const role =
  ({ inline = [], reads = true, ...fixture }: RoleFixture & { inline?: object[]; reads?: boolean }) =>
  async (sandbox: Sandbox, secretArn: string) => {
    const read = reads ? [await makePolicy(sandbox, 'Read', guidePolicy(secretArn))] : [];
    await makeRole(sandbox, { trust: guarded, ...fixture, attached: [...read, ...(fixture.attached ?? [])] });
    for (const [index, document] of inline.entries()) {
      const PolicyDocument = JSON.stringify(document);
      const RoleName = fixture.name ?? NAME;
      await clientsOf(sandbox).iam.send(
        new PutRolePolicyCommand({ RoleName, PolicyName: `Inline-${index}`, PolicyDocument }),
      );
    }
  };

const readWrite = 'arn:aws:iam::aws:policy/SecretsManagerReadWrite';

export const ROLES: RoleRow[] = [
  { what: 'as setup creates it', make: role({}), troubles: [], says: [] },
  {
    what: 'that does not exist',
    make: async () => undefined,
    troubles: ['failed role-exists'],
    says: ['not found', 'mc-static-key setup --secret-arn arn:', `--role-name ${NAME}`],
  },
  {
    what: 'of another account',
    make: async () => undefined,
    wishes: { roleArn: 'arn:aws:iam::444455556666:role/MediaConnect-ASM' },
    troubles: ['failed role-account'],
    says: ['is in account 444455556666'],
  },
  {
    what: 'with a path, given without it',
    make: role({ path: '/video/' }),
    wishes: { roleArn: `arn:aws:iam::${ACCOUNT}:role/${NAME}` },
    troubles: ['failed role-exists'],
    says: ['under another path', `Use the full ARN: arn:aws:iam::${ACCOUNT}:role/video/${NAME}`],
  },
  {
    what: 'with a path',
    make: role({ path: '/video/' }),
    troubles: ['warning role-path'],
    says: ['has path /video/'],
  },
  {
    what: 'with the reserved name',
    make: role({ name: 'MediaConnectAccessRole' }),
    wishes: { roleArn: `arn:aws:iam::${ACCOUNT}:role/MediaConnectAccessRole` },
    troubles: ['failed role-name'],
    says: ['is reserved by AWS', 'Create another role'],
  },
  {
    what: 'that trusts another service',
    make: role({ trust: guideTrust('ec2.amazonaws.com') }),
    troubles: ['failed role-trust'],
    says: ["can't assume it: no statement allows it", '--update-trust'],
  },
  {
    what: 'that trusts MediaConnect for another account',
    make: role({ trust: trusting({ StringEquals: { 'aws:SourceAccount': '444455556666' } }) }),
    troubles: ['failed role-trust'],
    says: ['--update-trust'],
  },
  {
    what: 'that trusts MediaConnect under a condition that verify cannot evaluate',
    make: role({ trust: trusting({ StringEquals: { 'aws:SourceOrgID': 'o-exampleorgid' } }) }),
    troubles: ['cannot-tell role-trust'],
    says: ["can't tell whether MediaConnect can assume the role: "],
  },
  {
    what: 'without a condition that keeps out other accounts',
    make: role({ trust: guideTrust() }),
    troubles: ['warning role-guard'],
    says: [
      'aws:SourceAccount',
      'aws iam update-assume-role-policy',
      `{"StringEquals":{"aws:SourceAccount":"${ACCOUNT}"}}`,
    ],
  },
  {
    what: 'whose trust policy names MediaConnect together with another service too, without such a condition',
    make: role({
      trust: {
        Version: '2012-10-17',
        Statement: [
          statement,
          { ...statement, Principal: { Service: ['mediaconnect.amazonaws.com', 'ec2.amazonaws.com'] } },
        ],
      },
    }),
    troubles: ['warning role-guard'],
    // Without a command: it would leave one of the two statements open.
    says: [`MediaConnect statement: {"StringEquals": {"aws:SourceAccount": "${ACCOUNT}"}}`],
  },
  {
    what: 'with the policy that the AWS guide selects by mistake',
    make: role({ reads: false, attached: [readWrite] }),
    troubles: ['warning policy-reads-only'],
    says: [
      'step 3 of the AWS guide',
      `aws iam detach-role-policy --role-name ${NAME} --policy-arn ${readWrite}`,
    ],
  },
  {
    what: 'that may do more than read the secret',
    make: role({ inline: [allow('s3:GetObject', '*')] }),
    troubles: ['warning policy-reads-only'],
    says: ['e.g. s3:GetObject', `aws iam delete-role-policy --role-name ${NAME} --policy-name Inline-0`],
  },
  {
    what: 'that may read every secret of the Region',
    make: role({
      reads: false,
      inline: [guidePolicy(`arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:*`)],
    }),
    troubles: ['warning policy-scope'],
    says: [
      'inline policy Inline-0 grants read access to every secret',
      'Attach a policy that names every secret',
      ' && aws iam delete-role-policy',
    ],
  },
  {
    what: 'without a policy',
    make: role({ reads: false }),
    troubles: ['failed role-reads-secret'],
    says: [
      "can't perform secretsmanager:GetResourcePolicy, secretsmanager:GetSecretValue, secretsmanager:DescribeSecret, secretsmanager:ListSecretVersionIds: no statement allows it",
      'mc-static-key setup --secret-arn arn:',
    ],
  },
  {
    what: 'that lacks one of the four actions',
    make: async (sandbox, arn) =>
      role({ reads: false, inline: [allow(['secretsmanager:Get*', 'secretsmanager:DescribeSecret'], arn)] })(
        sandbox,
        arn,
      ),
    troubles: ['failed role-reads-secret'],
    says: ["can't perform secretsmanager:ListSecretVersionIds: no statement allows it"],
  },
  {
    what: 'with a policy that denies reading',
    make: role({ inline: [deny('secretsmanager:GetSecretValue')] }),
    troubles: ['failed role-reads-secret'],
    says: ['statement 1 of Inline-0 denies it', 'Remove the Deny'],
  },
  {
    what: 'with a permissions boundary that does not allow reading',
    make: async (sandbox, arn) =>
      role({ boundary: await makePolicy(sandbox, 'Boundary', allow('s3:*', '*')) })(sandbox, arn),
    troubles: ['failed role-reads-secret'],
    says: ['the permissions boundary does not allow it', 'owner of the permissions boundary'],
  },
  {
    what: 'without the required policy',
    make: role({}),
    wishes: { policyName: 'Wanted' },
    troubles: ['failed role-policy-attached'],
    says: ['Wanted is not attached', `--policy-name Wanted --role-name ${NAME}`],
  },
  {
    what: 'with the required policy, given in other letter case',
    make: role({}),
    wishes: { policyName: 'read' },
    troubles: [],
    says: [],
  },
];
