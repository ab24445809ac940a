import type { AccountRef } from '../policy/index.ts';

/** The parts of an Amazon Resource Name. */
export interface Arn {
  partition: string;
  service: string;
  region: string;
  account: string;
  resource: string;
}

/** AWS General Reference, "Amazon Resource Names (ARNs)"; AWS's own managed policies have `aws` for an account. */
const ARN =
  /^arn:(?<partition>aws[a-z-]*):(?<service>[a-z0-9-]+):(?<region>[a-z0-9-]*):(?<account>\d{12}|aws|):(?<resource>[\x21-\x7e]+)$/;

/** Longer ones are no ARNs (IAM API reference, `arnType`). */
const LONGEST_ARN = 2_048;

/** Takes an ARN apart; `undefined` when the text is not one. */
export function parseArn(text: string): Arn | undefined {
  const parts = text.length > LONGEST_ARN ? undefined : ARN.exec(text)?.groups;
  if (!parts) return undefined;
  const { partition = '', service = '', region = '', account = '', resource = '' } = parts;
  return { partition, service, region, account, resource };
}

/** A secret's ARN in parts; `undefined` when the text is not the full ARN of a secret, random suffix included. */
export function parseSecretArn(text: string): (Arn & { name: string }) | undefined {
  const arn = parseArn(text);
  const name = arn && /^secret:([A-Za-z0-9/_+=.@-]{1,512})-[A-Za-z0-9]{6}$/.exec(arn.resource)?.[1];
  if (!arn || !name || arn.service !== 'secretsmanager' || !isRegionName(arn.region)) return undefined;
  return /^\d{12}$/.test(arn.account) ? { ...arn, name } : undefined;
}

/** The ARN a secret will get, with `??????` for the six characters that Secrets Manager draws at random. */
export function expectedSecretArn({ partition, account }: AccountRef, region: string, name: string): string {
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-??????`;
}

/** The name at the end of the ARN of a role, a user or a policy, whatever its path; a name by itself stays as it is. */
export function nameInIamArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** The ARN of a customer-managed policy with the path `/`. */
export function policyArn({ partition, account }: AccountRef, name: string): string {
  return `arn:${partition}:iam::${account}:policy/${name}`;
}

/** The ARN of a role with the path `/`. */
export function roleArn({ partition, account }: AccountRef, name: string): string {
  return `arn:${partition}:iam::${account}:role/${name}`;
}

/** Whether the text has the form of a Region's name, such as `eu-west-1` or `us-gov-west-1`. */
export function isRegionName(text: string): boolean {
  return /^[a-z]{2,5}(-[a-z]{1,16}){1,3}-\d{1,2}$/.test(text);
}

/** Whether the text is the number of an AWS account. */
export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}
