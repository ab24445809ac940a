import { type FoundKmsKey, kmsKeyRef, readKmsKey } from '../../aws/kms/index.ts';
import { type Look, seenIn } from '../../aws/look.ts';
import type { Aws, Identity } from '../../aws/session.ts';
import {
  type Decryption,
  type DecryptionReaders,
  decryptionReaders,
  type EncryptedSecret,
  type KmsRequester,
  readDecryption,
  requestAtOnce,
} from './decryption.ts';

/** The KMS keys of a secret, as far as they could be looked at. */
export interface Encryption {
  /** The key that the secret names; absent for a secret that names none. */
  kmsKey?: Look<FoundKmsKey | undefined>;
  /** What decides who may decrypt it. */
  decryption: Decryption;
  /** The keys of the current version that are not the one that the secret names now. */
  earlierKmsKeys: { arn: string; key: Look<FoundKmsKey | undefined> }[];
}

/** Looks at KMS keys by their ID, ARN or alias, each once in a run. */
export type KmsKeyReader = (region: string, id: string) => Promise<Look<FoundKmsKey | undefined>>;

/** Makes a reader for a run. */
export function kmsKeyReader(aws: Aws, request: KmsRequester = requestAtOnce): KmsKeyReader {
  const reads = new Map<string, Promise<Look<FoundKmsKey | undefined>>>();
  return (region, id) => {
    const place = `${region} ${id}`;
    const reading =
      reads.get(place) ?? request({ region, id }, (limit) => readKmsKey(aws, region, id, limit));
    reads.set(place, reading);
    return reading;
  };
}

/** What reads all that there is to know of the encryption of secrets. */
export interface EncryptionReaders extends DecryptionReaders {
  kmsKeyOf: KmsKeyReader;
}

/** Makes the readers for a run. */
export function encryptionReaders(aws: Aws): EncryptionReaders {
  return { ...decryptionReaders(aws), kmsKeyOf: kmsKeyReader(aws) };
}

/** Reads which KMS keys a secret and its current version have, and what is to be known of these keys. */
export async function readEncryption(
  readers: EncryptionReaders,
  identity: Identity,
  secret: EncryptedSecret,
): Promise<Encryption> {
  const { region, kmsKeyId } = secret;
  const [kmsKey, decryption] = await Promise.all([
    kmsKeyId === undefined ? undefined : readers.kmsKeyOf(region, kmsKeyId),
    readDecryption(readers, identity, secret),
  ]);
  const earlierKmsKeys = await Promise.all(
    earlierArns(secret, kmsKey, decryption, identity).map(async (arn) => ({
      arn,
      key: await readers.kmsKeyOf(region, arn),
    })),
  );
  return { ...(kmsKey ? { kmsKey } : {}), decryption, earlierKmsKeys };
}

function earlierArns(
  { region, kmsKeyId }: EncryptedSecret,
  kmsKey: Encryption['kmsKey'],
  { versionKeys }: Decryption,
  identity: Identity,
): string[] {
  const named = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, identity);
  const namedArn = seenIn(kmsKey)?.arn ?? named?.arn;
  // Which key an alias stands for may not be known.
  if (named && namedArn === undefined) return [];
  const arns = (seenIn(versionKeys) ?? []).flatMap(({ arn }) => arn ?? []);
  return arns.filter((arn) => arn !== namedArn);
}

/**
 * Returns what decides who may decrypt a secret, without the AWS managed key, whose use needs no permission. Pure.
 */
export function decryptionByCustomerKeys({
  decryption,
  kmsKey,
}: Pick<Encryption, 'decryption' | 'kmsKey'>): Decryption {
  const named = seenIn(kmsKey);
  const isAws = ({ key }: Decryption['keyPolicies'][number]) =>
    named?.managedByAws === true && (key.arn === undefined || key.arn === named.arn);
  return { ...decryption, keyPolicies: decryption.keyPolicies.filter((each) => !isAws(each)) };
}
