/** How a request identifies a key. Source: `KeyId` of DescribeKey in the AWS KMS API reference. */
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
export function keyName(text: string, arnPrefix: string): KeyName | undefined {
  if (text.startsWith(`${arnPrefix}key/`)) {
    return idName(text.slice(arnPrefix.length + 'key/'.length));
  }
  const local = text.startsWith(arnPrefix) ? text.slice(arnPrefix.length) : text;
  if (ALIAS.test(local)) {
    return { kind: 'alias', text: local };
  }
  return local === text ? idName(text) : undefined;
}

/**
 * Parses the ARN of a key or an alias that belongs to another account in the same Region.
 * @returns undefined for anything else.
 */
export function foreignName(text: string, arnPrefix: string): (KeyName & { arnPrefix: string }) | undefined {
  const [own, theirs] = [arnPrefix.split(':'), text.split(':').slice(0, 5)];
  const differs = own.findIndex((part, index) => part !== theirs[index]);
  const prefix = `${theirs.join(':')}:`;
  const isForeign =
    text.startsWith(prefix) && differs === ACCOUNT_PART && /^\d{12}$/.test(theirs[differs] ?? '');
  const name = isForeign ? keyName(text, prefix) : undefined;
  return name && { ...name, arnPrefix: prefix };
}

const ACCOUNT_PART = 4;

function idName(text: string): KeyName | undefined {
  return ID.test(text) || MULTI_REGION_ID.test(text) ? { kind: 'id', text } : undefined;
}
