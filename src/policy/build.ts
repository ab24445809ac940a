import { CURRENT_VERSION, type JsonObject, type JsonPolicy, type JsonStatement } from './document.ts';

/**
 * What MediaConnect needs to do with a secret.
 * Source: MediaConnect User Guide, "Setting up static key encryption", step 2.
 */
export const READ_ACTIONS: readonly string[] = [
  'secretsmanager:GetResourcePolicy',
  'secretsmanager:GetSecretValue',
  'secretsmanager:DescribeSecret',
  'secretsmanager:ListSecretVersionIds',
];

export const DECRYPT_ACTION = 'kms:Decrypt';
export const MEDIACONNECT_SERVICE = 'mediaconnect.amazonaws.com';

/**
 * A customer-managed KMS key, of whatever account; an alias is written with its `alias/` prefix, and `arn` is the key that it leads
 * to, where that is known. The key and its alias are of one account.
 */
export type KmsKeyRef =
  | { kind: 'key'; arn: string }
  | { kind: 'alias'; alias: string; account: string; arn?: string };

/** Returns the account that a KMS key belongs to. */
export function accountOfKey(key: KmsKeyRef): string {
  return key.kind === 'alias' ? key.account : (key.arn.split(':')[4] ?? '');
}

/** A secret to be read. `arn` ends in `-??????` as long as the suffix that Secrets Manager adds is not known. */
export interface ReadableSecret {
  arn: string;
  region: string;
  /** Left out for the AWS managed key `aws/secretsmanager`, which needs no permission. */
  kmsKey?: KmsKeyRef;
}

/**
 * Which secrets the policy allows: those named, every one in their Regions whose name begins with the prefix, every one in
 * their Regions, or every one.
 */
export type PolicyScope = 'secrets' | { prefix: string } | 'region' | 'account';

/** The scopes by the words that the user has for them. */
export type PolicyScopeName = Extract<PolicyScope, string> | 'prefix';

export interface AccountRef {
  partition: string;
  account: string;
}

/**
 * The policy that lets a role read secrets: one statement for Secrets Manager and, where secrets are encrypted with
 * customer-managed KMS keys, statements that allow decryption with just these keys, through Secrets Manager only.
 * @throws RangeError when no secret is given and the scope needs one
 */
export function buildReadPolicy(
  secrets: ReadableSecret[],
  scope: PolicyScope,
  where: AccountRef,
): JsonPolicy {
  const statements = [
    secretStatement(secretResources(secrets, scope, where)),
    ...kmsStatements(secrets, where),
  ];
  return { Version: CURRENT_VERSION, Statement: statements };
}

/** A statement that allows the read actions on `resources`. */
export function secretStatement(resources: string[]): JsonStatement {
  return { Effect: 'Allow', Action: [...READ_ACTIONS], Resource: resources };
}

/** The entries of `Resource` that give the secrets in that scope, each once, in the order given. */
export function secretResources(secrets: ReadableSecret[], scope: PolicyScope, where: AccountRef): string[] {
  if (scope === 'account') return ['*'];
  if (secrets.length === 0) throw new RangeError('a read policy needs at least one secret');
  return unique(secrets.map((secret) => resourceFor(secret, scope, where)));
}

/** The entry of `Resource` that gives the secret in that scope. */
export function resourceFor(
  { arn, region }: ReadableSecret,
  scope: PolicyScope,
  { partition, account }: AccountRef,
): string {
  if (scope === 'secrets') return arn;
  if (scope === 'account') return '*';
  const prefix = scope === 'region' ? '' : scope.prefix;
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${prefix}*`;
}

/** What one statement for KMS says: keys of one Region, named by ARN or by alias. */
export interface KmsGrant {
  /** `*` for every Region. */
  region: string;
  /** Set when the keys are named by alias; `resources` is then every key of that Region in the account that has the aliases. */
  aliases: string[];
  resources: string[];
}

/** The `kms:Decrypt` permissions that the secrets need: for each Region, one for keys and one for the aliases of each account. */
export function kmsGrants(
  secrets: ReadableSecret[],
  { partition }: Pick<AccountRef, 'partition'>,
): KmsGrant[] {
  const regions = unique(secrets.map(({ region }) => region));
  return regions.flatMap((region) => {
    const keys = secrets.filter((secret) => secret.region === region).flatMap(({ kmsKey }) => kmsKey ?? []);
    const arns = unique(keys.flatMap((key) => (key.kind === 'key' ? [key.arn] : [])));
    const named = keys.filter((key) => key.kind === 'alias');
    const byAccount = unique(named.map(({ account }) => account)).map((account) => ({
      region,
      resources: [`arn:${partition}:kms:${region}:${account}:key/*`],
      aliases: unique(named.flatMap((key) => (key.account === account ? [key.alias] : []))),
    }));
    return [...(arns.length > 0 ? [{ region, resources: arns, aliases: [] }] : []), ...byAccount];
  });
}

/**
 * A key named by alias is found through `kms:ResourceAliases`: an alias ARN as `Resource` stands for the alias itself,
 * not for the key. Source: AWS KMS Developer Guide, "Use aliases to control access to KMS keys".
 */
export function kmsStatement(grant: KmsGrant, partition: string): JsonStatement {
  return {
    Effect: 'Allow',
    Action: DECRYPT_ACTION,
    Resource: grant.resources,
    Condition: kmsCondition(grant, partition),
  };
}

/** Only through Secrets Manager, and only the keys that have the aliases, where they are named by those. */
export function kmsCondition({ region, aliases }: KmsGrant, partition: string): JsonObject {
  const operator = region === '*' ? 'StringLike' : 'StringEquals';
  const through = { [operator]: { 'kms:ViaService': secretsManagerEndpoint(region, partition) } };
  const aliased = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': aliases } };
  return aliases.length > 0 ? { ...through, ...aliased } : through;
}

/** The value of `kms:ViaService` for requests that Secrets Manager makes in that Region. */
export function secretsManagerEndpoint(region: string, partition: string): string {
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `secretsmanager.${region}.${domain}`;
}

export interface TrustOptions {
  account: string;
  /** Whether MediaConnect may assume the role for resources of this account only. */
  sourceAccount: boolean;
  /** ARN patterns of the MediaConnect resources for which it may; none means any. */
  sourceArns: string[];
}

/**
 * The trust policy that lets MediaConnect assume the role. The conditions guard against the confused deputy.
 * Source: IAM User Guide, "The confused deputy problem".
 */
export function buildTrustPolicy(options: TrustOptions): JsonPolicy {
  return { Version: CURRENT_VERSION, Statement: [trustStatement(options)] };
}

/** The one statement of `buildTrustPolicy`. */
export function trustStatement({ account, sourceAccount, sourceArns }: TrustOptions): JsonStatement {
  const condition = {
    ...(sourceAccount ? { StringEquals: { 'aws:SourceAccount': account } } : {}),
    ...(sourceArns.length > 0 ? { ArnLike: { 'aws:SourceArn': unique(sourceArns) } } : {}),
  };
  return {
    Effect: 'Allow',
    Principal: { Service: MEDIACONNECT_SERVICE },
    Action: 'sts:AssumeRole',
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

function kmsStatements(secrets: ReadableSecret[], where: AccountRef): JsonStatement[] {
  return kmsGrants(secrets, where).map((grant) => kmsStatement(grant, where.partition));
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}

const PREFIX_ENTRY = /^arn:[^:*?$]+:secretsmanager:[^:*?$]+:[^:*?$]+:secret:(?<prefix>[^*?$]+)\*$/;

/**
 * What the names of secrets begin with that an entry of `Resource` stands for: all such of one Region. Nothing for an entry
 * that names one secret, or stands for every secret.
 */
export function prefixOfEntry(resource: string): string | undefined {
  return PREFIX_ENTRY.exec(resource)?.groups?.prefix;
}
