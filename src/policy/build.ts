import { CURRENT_VERSION, type JsonObject, type JsonPolicy, type JsonStatement } from './document.ts';

/**
 * The actions that MediaConnect needs on a secret. Source: MediaConnect User Guide, "Setting up static key encryption", step 2.
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
 * A customer managed KMS key in any account. An alias includes its `alias/` prefix; `arn` is the key that the alias points to, if
 * known. A key and its alias are in the same account.
 */
export type KmsKeyRef =
  | { kind: 'key'; arn: string }
  | { kind: 'alias'; alias: string; account: string; arn?: string };

export function accountOfKey(key: KmsKeyRef): string {
  return key.kind === 'alias' ? key.account : (key.arn.split(':')[4] ?? '');
}

/** A secret that the role has to read. `arn` ends in `-??????` while the suffix that Secrets Manager adds is unknown. */
export interface ReadableSecret {
  arn: string;
  region: string;
  /** Absent for the AWS managed key `aws/secretsmanager`, which needs no permission. */
  kmsKey?: KmsKeyRef;
}

/**
 * Which secrets the policy allows: the named ones; in their Regions, all whose names start with the prefix, or all; or all
 * secrets of the account.
 */
export type PolicyScope = 'secrets' | { prefix: string } | 'region' | 'account';

export interface AccountRef {
  partition: string;
  account: string;
}

/**
 * Returns the policy that lets a role read secrets. It has one statement for Secrets Manager. If secrets are encrypted with
 * customer managed KMS keys, it also has statements that allow decryption with only these keys, through Secrets Manager.
 * @throws RangeError if no secret is given and the scope needs one
 */
export function buildReadPolicy(
  secrets: ReadableSecret[],
  scope: PolicyScope,
  account: AccountRef,
): JsonPolicy {
  const readStatement = secretStatement(secretResources(secrets, scope, account));
  const kmsStatements = kmsPermissions(secrets, account).map((each) => kmsStatement(each, account.partition));
  return { Version: CURRENT_VERSION, Statement: [readStatement, ...kmsStatements] };
}

/** Returns a statement that allows the read actions on `resources`. */
export function secretStatement(resources: string[]): JsonStatement {
  return { Effect: 'Allow', Action: [...READ_ACTIONS], Resource: resources };
}

/** Returns the unique `Resource` entries that allow the secrets in the given scope, in the given order. */
export function secretResources(
  secrets: ReadableSecret[],
  scope: PolicyScope,
  account: AccountRef,
): string[] {
  if (scope === 'account') return ['*'];
  if (secrets.length === 0) throw new RangeError('a read policy needs at least one secret');
  return unique(secrets.map((secret) => resourceFor(secret, scope, account)));
}

/** Returns the `Resource` entry that allows the secret in the given scope. */
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

/** The permissions of one KMS statement: keys of one Region, by ARN or by alias. */
export interface KmsPermission {
  /** `*` for all Regions. */
  region: string;
  /** Empty if the keys are named by ARN. With aliases, `resources` matches all keys of that Region in the aliases' account. */
  aliases: string[];
  resources: string[];
}

/**
 * Returns the `kms:Decrypt` permissions that the secrets need: for each Region, one for keys, and one for the aliases of each
 * account.
 */
export function kmsPermissions(
  secrets: ReadableSecret[],
  { partition }: Pick<AccountRef, 'partition'>,
): KmsPermission[] {
  const regions = unique(secrets.map(({ region }) => region));
  return regions.flatMap((region) => {
    const keys = secrets.filter((secret) => secret.region === region).flatMap(({ kmsKey }) => kmsKey ?? []);
    const keyArns = unique(keys.flatMap((key) => (key.kind === 'key' ? [key.arn] : [])));
    const aliasKeys = keys.filter((key) => key.kind === 'alias');
    const aliasPermissions = unique(aliasKeys.map(({ account }) => account)).map((account) => ({
      region,
      resources: [`arn:${partition}:kms:${region}:${account}:key/*`],
      aliases: unique(aliasKeys.flatMap((key) => (key.account === account ? [key.alias] : []))),
    }));
    const keyPermissions = keyArns.length > 0 ? [{ region, resources: keyArns, aliases: [] }] : [];
    return [...keyPermissions, ...aliasPermissions];
  });
}

/**
 * Returns the statement for a permission. For aliases, it uses `kms:ResourceAliases`, because an alias ARN in `Resource` matches
 * the alias itself and not its key. Source: AWS KMS Developer Guide, "Use aliases to control access to KMS keys".
 */
export function kmsStatement(permission: KmsPermission, partition: string): JsonStatement {
  return {
    Effect: 'Allow',
    Action: DECRYPT_ACTION,
    Resource: permission.resources,
    Condition: kmsCondition(permission, partition),
  };
}

/** Returns the condition of a KMS statement: only through Secrets Manager, and only keys with the permission's aliases, if any. */
export function kmsCondition({ region, aliases }: KmsPermission, partition: string): JsonObject {
  const operator = region === '*' ? 'StringLike' : 'StringEquals';
  const viaSecretsManager = { [operator]: { 'kms:ViaService': secretsManagerEndpoint(region, partition) } };
  const withAliases = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': aliases } };
  return aliases.length > 0 ? { ...viaSecretsManager, ...withAliases } : viaSecretsManager;
}

/** Returns the value of `kms:ViaService` for requests by Secrets Manager in that Region. */
export function secretsManagerEndpoint(region: string, partition: string): string {
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `secretsmanager.${region}.${domain}`;
}

export interface TrustOptions {
  account: string;
  /** True if MediaConnect may assume the role only for resources of this account. */
  sourceAccount: boolean;
  /** ARN patterns of the MediaConnect resources that may use the role. Empty for all. */
  sourceArns: string[];
}

/**
 * Returns the trust policy that lets MediaConnect assume the role. The conditions prevent the confused deputy problem. Source:
 * IAM User Guide, "The confused deputy problem".
 */
export function buildTrustPolicy(options: TrustOptions): JsonPolicy {
  return { Version: CURRENT_VERSION, Statement: [trustStatement(options)] };
}

/** Returns the statement that lets MediaConnect assume the role. */
export function trustStatement({ account, sourceAccount, sourceArns }: TrustOptions): JsonStatement {
  const statement: JsonStatement = {
    Effect: 'Allow',
    Principal: { Service: MEDIACONNECT_SERVICE },
    Action: 'sts:AssumeRole',
  };
  const condition: JsonObject = {};
  if (sourceAccount) condition.StringEquals = { 'aws:SourceAccount': account };
  if (sourceArns.length > 0) condition.ArnLike = { 'aws:SourceArn': unique(sourceArns) };
  if (Object.keys(condition).length > 0) statement.Condition = condition;
  return statement;
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}

const PREFIX_ENTRY = /^arn:[^:*?$]+:secretsmanager:[^:*?$]+:[^:*?$]+:secret:(?<prefix>[^*?$]+)\*$/;

/**
 * Returns the name prefix in a `Resource` entry that matches all secrets of one Region with that prefix. Returns undefined for an
 * entry that names one secret or matches all.
 */
export function prefixOfEntry(resource: string): string | undefined {
  return PREFIX_ENTRY.exec(resource)?.groups?.prefix;
}
