/** How a request names a key. Source: `KeyId` of DescribeKey in the AWS KMS API reference. */
export interface KeyName {
  readonly kind: 'id' | 'alias';
  /** The key ID, or the alias including `alias/`. */
  readonly text: string;
}

export const MULTI_REGION_ID = /^mrk-[0-9a-f]{32}$/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ALIAS = /^alias\/[a-zA-Z0-9/_-]+$/;

/**
 * Parses a key ID, a key ARN, an alias or an alias ARN.
 * @param arnPrefix `arn:PARTITION:kms:REGION:ACCOUNT:` of the request's Region and account.
 * @returns undefined for anything else, and for an ARN of another Region or account.
 */
export function parseKeyName(text: string, arnPrefix: string): KeyName | undefined {
  if (text.startsWith(`${arnPrefix}key/`)) return parseId(text.slice(arnPrefix.length + 'key/'.length));
  const localName = text.startsWith(arnPrefix) ? text.slice(arnPrefix.length) : text;
  if (ALIAS.test(localName)) return { kind: 'alias', text: localName };
  return localName === text ? parseId(text) : undefined;
}

/**
 * Parses the ARN of a key or an alias that belongs to another account in the same Region.
 * @returns undefined for anything else.
 */
export function parseCrossAccountName(
  text: string,
  arnPrefix: string,
): (KeyName & { arnPrefix: string }) | undefined {
  const regionPrefix = arnPrefix.replace(/\d{12}:$/, '');
  const [account = ''] = text.slice(regionPrefix.length).split(':', 1);
  const otherPrefix = `${regionPrefix}${account}:`;
  const isOtherAccount = /^\d{12}$/.test(account) && otherPrefix !== arnPrefix;
  const name = isOtherAccount && text.startsWith(otherPrefix) ? parseKeyName(text, otherPrefix) : undefined;
  return name && { ...name, arnPrefix: otherPrefix };
}

function parseId(text: string): KeyName | undefined {
  return ID.test(text) || MULTI_REGION_ID.test(text) ? { kind: 'id', text } : undefined;
}
