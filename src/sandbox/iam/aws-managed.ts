import type { Partition } from '../partitions.ts';
import { uniqueId } from '../random.ts';
import type { Policy } from './store.ts';

interface Published {
  readonly name: string;
  readonly description: string;
  readonly version: number;
  readonly createdAt: string;
  readonly actions: readonly string[];
}

/**
 * A few of the policies that AWS publishes in every account. The names, ARNs and effects are AWS's; the lists of actions are cut
 * down to a representative few.
 */
const PUBLISHED: readonly Published[] = [
  {
    name: 'AdministratorAccess',
    description: 'Provides full access to AWS services and resources.',
    version: 1,
    createdAt: '2015-02-06T18:39:46Z',
    actions: ['*'],
  },
  {
    name: 'ReadOnlyAccess',
    description: 'Provides read-only access to AWS services and resources.',
    version: 1,
    createdAt: '2015-02-06T18:39:48Z',
    actions: [
      'iam:Get*',
      'iam:List*',
      'iam:Simulate*',
      'kms:Describe*',
      'kms:List*',
      'mediaconnect:Describe*',
      'mediaconnect:List*',
      'secretsmanager:Describe*',
      'secretsmanager:GetResourcePolicy',
      'secretsmanager:List*',
    ],
  },
  {
    name: 'SecretsManagerReadWrite',
    description: 'Provides read/write access to AWS Secrets Manager via the AWS Management Console.',
    version: 1,
    createdAt: '2018-04-04T18:05:29Z',
    actions: ['secretsmanager:*', 'kms:DescribeKey', 'kms:ListAliases', 'kms:ListKeys', 'tag:GetResources'],
  },
];

/** The AWS managed policies of a partition, as they are before anyone has attached them. */
export function awsManagedPolicies(partition: Partition): Policy[] {
  return PUBLISHED.map((published) => {
    const createdAt = Date.parse(published.createdAt);
    const id = `v${published.version}`;
    const statement = { Effect: 'Allow', Action: published.actions, Resource: '*' };
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    return {
      name: published.name,
      path: '/',
      id: uniqueId('ANPA'),
      arn: `arn:${partition}:iam::aws:policy/${published.name}`,
      description: published.description,
      createdAt,
      updatedAt: createdAt,
      versions: [{ id, document, createdAt }],
      defaultVersionId: id,
      nextVersion: published.version + 1,
      tags: [],
      managedByAws: true,
    };
  });
}
