import type { AccountRef } from '../policy/index.ts';

/** The parts of an ARN. */
export interface Arn {
  partition: string;
  service: string;
  region: string;
  account: string;
  resource: string;
}

/** Source: AWS General Reference, "Amazon Resource Names (ARNs)". AWS managed policies have `aws` as the account. */
const ARN =
  /^arn:(?<partition>aws[a-z-]*):(?<service>[a-z0-9-]+):(?<region>[a-z0-9-]*):(?<account>\d{12}|aws|):(?<resource>[\x21-\x7e]+)$/;

/** The maximum length of an ARN (IAM API reference, `arnType`). */
const LONGEST_ARN = 2_048;

/** Parses an ARN. Returns undefined if the text is not an ARN. */
export function parseArn(text: string): Arn | undefined {
  const parts = text.length > LONGEST_ARN ? undefined : ARN.exec(text)?.groups;
  if (!parts) return undefined;
  const { partition = '', service = '', region = '', account = '', resource = '' } = parts;
  return { partition, service, region, account, resource };
}

/** Parses a secret's ARN. Returns undefined if the text is not a full ARN with the random suffix. */
export function parseSecretArn(text: string): (Arn & { name: string }) | undefined {
  const arn = parseArn(text);
  const name = arn && /^secret:([A-Za-z0-9/_+=.@-]{1,512})-[A-Za-z0-9]{6}$/.exec(arn.resource)?.[1];
  if (!arn || !name || arn.service !== 'secretsmanager' || !isRegionName(arn.region)) return undefined;
  return isAccountId(arn.account) ? { ...arn, name } : undefined;
}

/** Returns the ARN that a new secret will get, with `??????` for the six random characters that Secrets Manager adds. */
export function expectedSecretArn({ partition, account }: AccountRef, region: string, name: string): string {
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-??????`;
}

/** Returns the name at the end of the ARN of a role, user or policy, without the path. A plain name is returned as is. */
export function nameInIamArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** Returns the ARN of a customer managed policy with the path `/`. */
export function policyArn({ partition, account }: AccountRef, name: string): string {
  return `arn:${partition}:iam::${account}:policy/${name}`;
}

/** Returns the ARN of a role with the path `/`. */
export function roleArn({ partition, account }: AccountRef, name: string): string {
  return `arn:${partition}:iam::${account}:role/${name}`;
}

/** Returns true if the text has the form of a Region name, such as `eu-west-1` or `us-gov-west-1`. */
export function isRegionName(text: string): boolean {
  return /^[a-z]{2,5}(-[a-z]{1,16}){1,3}-\d{1,2}$/.test(text);
}

/** Returns true if the text is an AWS account ID. */
export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}
