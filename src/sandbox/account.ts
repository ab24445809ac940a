import type { AccessKeyStore } from './auth/access-keys.ts';
import { IamStore } from './iam/store.ts';
import { KeyStore } from './kms/store.ts';
import { FlowStore } from './mediaconnect/store.ts';
import type { Partition } from './partitions.ts';
import { SecretStore } from './secretsmanager/store.ts';
import type { IamQuotas, SandboxOptions } from './types.ts';

/** One account in one partition: its IAM, and its secrets, keys and flows in each Region. */
export interface Account {
  readonly accountId: string;
  readonly partition: Partition;
  readonly iam: IamStore;
  readonly iamQuotas: IamQuotas;
  readonly accessKeys: AccessKeyStore;
  /** The ARNs of the Lambda functions that Secrets Manager may invoke. */
  readonly rotationFunctions: Set<string>;
  secretsIn(region: string): SecretStore;
  keysIn(region: string): KeyStore;
  flowsIn(region: string): FlowStore;
}

/** Source: "IAM and AWS STS quotas" in the IAM user guide. */
const DEFAULT_IAM_QUOTAS: IamQuotas = { attachedPoliciesPerRole: 10, trustPolicySize: 2048 };

/** Returns an account that contains only what AWS itself creates. */
export function newAccount(
  accountId: string,
  partition: Partition,
  accessKeys: AccessKeyStore,
  { iamPropagationMs = 0, iamQuotas = {} }: Pick<SandboxOptions, 'iamPropagationMs' | 'iamQuotas'>,
): Account {
  return {
    accountId,
    partition,
    accessKeys,
    rotationFunctions: new Set(),
    iam: new IamStore(partition, iamPropagationMs),
    iamQuotas: { ...DEFAULT_IAM_QUOTAS, ...iamQuotas },
    secretsIn: onePerRegion(
      (region) => new SecretStore(`arn:${partition}:secretsmanager:${region}:${accountId}:secret:`),
    ),
    keysIn: onePerRegion((region) => new KeyStore(`arn:${partition}:kms:${region}:${accountId}:`)),
    flowsIn: onePerRegion((region) => new FlowStore(`arn:${partition}:mediaconnect:${region}:${accountId}:`)),
  };
}

/** Returns a function that keeps one instance per Region, created on first use. */
function onePerRegion<T>(create: (region: string) => T): (region: string) => T {
  const instances = new Map<string, T>();
  return (region) => {
    const instance = instances.get(region) ?? create(region);
    instances.set(region, instance);
    return instance;
  };
}
