import type { Partition } from '../partitions.ts';
import { newUniqueId } from '../random.ts';
import type { Tag } from '../shapes.ts';
import { History } from './history.ts';

// The times of policies and roles are milliseconds since the epoch.

export interface PolicyVersion {
  readonly id: string;
  readonly document: string;
  readonly createdAt: number;
}

export interface Policy {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly description?: string;
  readonly createdAt: number;
  updatedAt: number;
  /** Oldest first. */
  versions: PolicyVersion[];
  defaultVersionId: string;
  /** The number of the next version. Numbers are never used twice. */
  nextVersion: number;
  tags: Tag[];
  readonly managedByAws: boolean;
}

export interface Role {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  description?: string;
  maxSessionSeconds: number;
  /** The trust policy as IAM stores it. */
  trustPolicy: string;
  /** The unique IDs of this account's users and roles that the trust policy names, by ARN. */
  trustedPrincipalIds: Map<string, string>;
  boundaryArn?: string;
  tags: Tag[];
  /** The ARNs of the attached managed policies, in the order of attachment. */
  attachedPolicyArns: string[];
  /** The documents of the inline policies, by policy name. */
  inlinePolicies: Map<string, string>;
  lastUsed?: { readonly at: number; readonly region: string };
}

/** The state of IAM at one moment. */
export interface IamState {
  /** By lowercase name: names are case-insensitive. */
  readonly roles: Map<string, Role>;
  /** By ARN. */
  readonly policies: Map<string, Policy>;
}

/** IAM as one request sees it. */
export interface IamView {
  /** The latest state, which writes change. */
  readonly latest: IamState;
  /** The state that reads return, and in which a write looks up what it refers to. */
  readonly visible: IamState;
  /** Starts the propagation of the changes that were made in `latest`. */
  commit(): void;
}

/**
 * IAM of one account: the latest state, and the state that reads return, which lags behind by the propagation delay.
 * Source: "IAM is eventually consistent" under troubleshooting in the IAM user guide.
 */
export class IamStore {
  readonly #latest: IamState;
  readonly #delayMs: number;
  #history: { readonly roles: History<Role>; readonly policies: History<Policy> } | undefined;

  /** @param delayMs how long a write takes to become visible to reads. */
  constructor(partition: Partition, delayMs: number) {
    const policies = awsManagedPolicies(partition);
    this.#latest = { roles: new Map(), policies: new Map(policies.map((policy) => [policy.arn, policy])) };
    this.#delayMs = delayMs;
    if (delayMs > 0) this.keepHistory();
  }

  /**
   * Starts to keep the history of the last two minutes. A view of a time before this call shows the state at this call. Without a
   * history, reads return what was written last.
   */
  keepHistory(): void {
    this.#history ??= {
      roles: new History(this.#latest.roles),
      policies: new History(this.#latest.policies),
    };
  }

  /**
   * Returns IAM as a request sees it.
   * @param lagMs the age of the state that the request sees, in addition to the propagation delay; requires `keepHistory`. A write
   * of the request becomes visible after the longer of the two.
   */
  view(lagMs = 0): IamView {
    let visible: IamState | undefined;
    const loadVisible = () => {
      visible ??= this.#visibleAt(performance.now() - lagMs);
      return visible;
    };
    return {
      latest: this.#latest,
      get visible() {
        return loadVisible();
      },
      commit: () => this.#commit(Math.max(lagMs, this.#delayMs)),
    };
  }

  #visibleAt(time: number): IamState {
    return this.#history
      ? { roles: this.#history.roles.asOf(time), policies: this.#history.policies.asOf(time) }
      : this.#latest;
  }

  #commit(delayMs: number): void {
    if (!this.#history) return;
    const now = performance.now();
    const { roles, policies } = this.#history;
    roles.record(this.#latest.roles, now + delayMs);
    policies.record(this.#latest.policies, now + delayMs);
    roles.prune(now);
    policies.prune(now);
  }
}

/** Returns the key of a role in `IamState.roles`. */
export function roleKey(name: string): string {
  return name.toLowerCase();
}

/**
 * A few of the AWS managed policies that every account has. The names, ARNs and effects are those of AWS; the lists of actions
 * are shortened to a representative few.
 */
const AWS_MANAGED_POLICIES = [
  {
    name: 'AdministratorAccess',
    description: 'Provides full access to AWS services and resources.',
    createdAt: Date.parse('2015-02-06T18:39:46Z'),
    actions: ['*'],
  },
  {
    name: 'ReadOnlyAccess',
    description: 'Provides read-only access to AWS services and resources.',
    createdAt: Date.parse('2015-02-06T18:39:48Z'),
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
    createdAt: Date.parse('2018-04-04T18:05:29Z'),
    actions: ['secretsmanager:*', 'kms:DescribeKey', 'kms:ListAliases', 'kms:ListKeys', 'tag:GetResources'],
  },
];

/** Returns the AWS managed policies of a partition, before anyone has attached them. */
function awsManagedPolicies(partition: Partition): Policy[] {
  return AWS_MANAGED_POLICIES.map(({ name, description, createdAt, actions }) => {
    const statement = { Effect: 'Allow', Action: actions, Resource: '*' };
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    return {
      name,
      path: '/',
      id: newUniqueId('ANPA'),
      arn: `arn:${partition}:iam::aws:policy/${name}`,
      description,
      createdAt,
      updatedAt: createdAt,
      versions: [{ id: 'v1', document, createdAt }],
      defaultVersionId: 'v1',
      nextVersion: 2,
      tags: [],
      managedByAws: true,
    };
  });
}
