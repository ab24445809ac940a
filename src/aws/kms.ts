import type { AccountRef, KmsKeyRef } from '../policy/index.ts';
import { parseArn } from './arn.ts';

/**
 * The customer-managed KMS key that a name means in one Region: a key ARN, a key ID, an alias, or an alias ARN.
 * A multi-Region key (`mrk-…`) has the same ID in every Region, so its ARN is carried over to this one.
 * Answers `undefined` for a key ARN that belongs to another Region: Secrets Manager could not use it.
 */
export function kmsKeyRef(
  id: string,
  region: string,
  { partition, account }: AccountRef,
): KmsKeyRef | undefined {
  const arn = parseArn(id);
  const resource = arn?.resource ?? (id.startsWith('alias/') ? id : `key/${id}`);
  if (resource.startsWith('alias/')) return { kind: 'alias', alias: resource };
  if (arn && arn.region !== region && !resource.startsWith('key/mrk-')) return undefined;
  return { kind: 'key', arn: `arn:${partition}:kms:${region}:${arn?.account ?? account}:${resource}` };
}

/**
 * The name of a KMS key as it is good in one Region. KMS takes an ARN in its own Region only, so that of a multi-Region key
 * has to be the one there (KMS Developer Guide, "Multi-Region keys in AWS KMS"), and an alias goes by its name.
 */
export function kmsKeyIdIn(id: string, region: string, ref: KmsKeyRef | undefined): string {
  const elsewhere = parseArn(id) !== undefined && parseArn(id)?.region !== region;
  if (!elsewhere || !ref) return id;
  return ref.kind === 'key' ? ref.arn : ref.alias;
}

/** Whether two names of a KMS key may well mean the same key; an alias and an ID cannot be told apart without asking KMS. */
export function maybeSameKmsKey(a: string, b: string): boolean {
  const tail = (id: string) => parseArn(id)?.resource ?? (id.startsWith('alias/') ? id : `key/${id}`);
  const [first, second] = [tail(a), tail(b)];
  return first === second || first.startsWith('alias/') !== second.startsWith('alias/');
}
