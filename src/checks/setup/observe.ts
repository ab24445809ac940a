import { policyReader } from '../../aws/iam/policies.ts';
import { type FoundRole, readRole } from '../../aws/iam/roles.ts';
import { inTurns } from '../../aws/requests/concurrency.ts';
import type { FoundSecret } from '../../aws/secrets/index.ts';
import type { Aws, Identity } from '../../aws/session.ts';
import { FLEET } from '../../defaults.ts';
import { type Decryption, decryptionReaders, readDecryption } from '../access/decryption.ts';

/** A secret with what decides who may decrypt it, which is not read while it is scheduled for deletion. */
export type ObservedSecret = FoundSecret & { decryption?: Decryption };

/** What AWS holds: the secrets that are there, and the role with all that decides what it may do. */
export interface Observed {
  secrets: ObservedSecret[];
  role?: FoundRole;
}

/** The role to look at. The versions of its policies are a guess that saves a round trip when it is right. */
export interface Subject {
  policies: { arn: string; versionId: string | null }[];
  roleName: string;
}

/** Reads a role back, with as few dependent round trips as can be. */
export function observeRole(aws: Aws, { policies, roleName }: Subject): Promise<FoundRole | undefined> {
  const reader = policyReader(aws);
  for (const { arn, versionId } of policies) if (versionId) reader.expect(arn, versionId);
  return readRole(aws, reader, roleName, { known: true });
}

/**
 * Reads what decides who may decrypt the secrets.
 * @param written the ARNs of those whose current version this run has written
 */
export function observeSecrets(
  aws: Aws,
  identity: Identity,
  secrets: FoundSecret[],
  written: ReadonlySet<string>,
): Promise<ObservedSecret[]> {
  const readers = decryptionReaders(aws);
  return inTurns(FLEET.readAtOnce, secrets, async (secret) => {
    if (secret.deletedAt) return secret;
    const isWritten = written.has(secret.arn);
    return { ...secret, decryption: await readDecryption(readers, identity, secret, isWritten) };
  });
}
