import type { Call } from '../service.ts';
import { SRT_PROTOCOLS, ZIXI_PROTOCOLS } from './members.ts';
import {
  badRequest,
  type Encryption,
  type PartKind,
  type SecretsManagerKey,
  type TransitEncryption,
} from './store.ts';

const SPEKE_REQUIRED = ['deviceId', 'region', 'resourceId', 'url'] as const;
const SPEKE_ONLY = [...SPEKE_REQUIRED, 'constantInitializationVector'] as const;

/**
 * Checks that MediaConnect accepts encryption settings. Only the settings themselves are checked: AWS does not document that the
 * role or the secret is used before a stream needs the key. So settings with a nonexistent role or an unreadable secret are
 * accepted, and fail when the flow runs (`stream.ts`).
 * Source: `Encryption` in the MediaConnect API reference, and "Encryption in transit" in its user guide.
 * @param protocol undefined for an entitlement, and for a source that comes through an entitlement.
 * @throws AwsError BadRequestException.
 */
export function checkEncryption(
  call: Call,
  encryption: Encryption | undefined,
  kind: PartKind,
  protocol: string | undefined,
): void {
  if (!encryption) return;
  const keyType = encryption.keyType ?? 'static-key';
  checkKeyType(keyType, kind, protocol);
  checkRole(call, encryption.roleArn ?? '');
  if (keyType === 'speke') {
    requireMembers(encryption, SPEKE_REQUIRED, keyType);
    rejectMembers(encryption, ['secretArn'], keyType);
    return;
  }
  rejectMembers(encryption, SPEKE_ONLY, keyType);
  requireMembers(encryption, ['secretArn'], keyType);
  if (keyType === 'static-key') {
    requireMembers(encryption, ['algorithm'], keyType);
  } else {
    rejectMembers(encryption, ['algorithm'], keyType);
  }
  checkSecret(call, encryption.secretArn ?? '');
}

/**
 * Checks that MediaConnect accepts transit encryption settings. Like `checkEncryption`, it checks only the settings themselves.
 * Source: `FlowTransitEncryption` and `SecretsManagerEncryptionKeyConfiguration` in the MediaConnect API reference.
 * @throws AwsError BadRequestException.
 */
export function checkTransitEncryption(call: Call, transit: TransitEncryption | undefined): void {
  if (!transit) return;
  const { secretsManager, automatic } = transit.encryptionKeyConfiguration;
  if ((secretsManager === undefined) === (automatic === undefined)) {
    throw badRequest('encryptionKeyConfiguration has exactly one of secretsManager and automatic.');
  }
  const expectedType = secretsManager ? 'SECRETS_MANAGER' : 'AUTOMATIC';
  if (transit.encryptionKeyType !== undefined && transit.encryptionKeyType !== expectedType) {
    throw badRequest(`The encryptionKeyType ${transit.encryptionKeyType} does not fit its configuration.`);
  }
  checkSecretsManagerKey(call, secretsManager);
}

/** @throws AwsError BadRequestException. */
export function checkSecretsManagerKey(call: Call, key: SecretsManagerKey | undefined): void {
  if (key) {
    checkRole(call, key.roleArn);
    checkSecret(call, key.secretArn);
  }
}

function checkKeyType(keyType: string, kind: PartKind, protocol: string | undefined): void {
  if (!keyTypesFor(kind, protocol).includes(keyType)) {
    const protocolText = protocol === undefined ? '' : ` with the protocol ${protocol}`;
    throw badRequest(`The encryption key type ${keyType} is not valid for this ${kind}${protocolText}.`);
  }
}

function keyTypesFor(kind: PartKind, protocol: string | undefined): string[] {
  if (kind === 'entitlement') return ['static-key', 'speke'];
  // A source that comes through an entitlement has no protocol. It is decrypted with the entitlement's static key.
  if (protocol === undefined || ZIXI_PROTOCOLS.includes(protocol)) return ['static-key'];
  return SRT_PROTOCOLS.includes(protocol) ? ['srt-password'] : [];
}

/**
 * Checks a role's ARN. The API model has no pattern for `roleArn` of `Encryption`, so this is the pattern that it has for the
 * roles of newer operations.
 */
function checkRole({ account }: Call, arn: string): void {
  const arnPrefix = `arn:${account.partition}:iam::${account.accountId}:role/`;
  if (!arn.startsWith(arnPrefix) || !/^[a-zA-Z0-9_+=,.@-]+$/.test(arn.slice(arnPrefix.length))) {
    throw badRequest(`The roleArn ${arn} is not the ARN of a role of this account without a path.`);
  }
}

function checkSecret({ account, region }: Call, arn: string): void {
  const arnPrefix = `arn:${account.partition}:secretsmanager:${region}:${account.accountId}:secret:`;
  if (!arn.startsWith(arnPrefix) || !/^[a-zA-Z0-9/_+=.@-]+$/.test(arn.slice(arnPrefix.length))) {
    throw badRequest(`The secretArn ${arn} is not the ARN of a secret in ${region} and in this account.`);
  }
}

function requireMembers(
  encryption: Encryption,
  members: readonly (keyof Encryption)[],
  keyType: string,
): void {
  const missingMember = members.find((member) => !encryption[member]);
  if (missingMember !== undefined) {
    throw badRequest(`${missingMember} is required for the encryption key type ${keyType}.`);
  }
}

function rejectMembers(
  encryption: Encryption,
  members: readonly (keyof Encryption)[],
  keyType: string,
): void {
  const unexpectedMember = members.find((member) => encryption[member] !== undefined);
  if (unexpectedMember !== undefined) {
    throw badRequest(`${unexpectedMember} is not valid for the encryption key type ${keyType}.`);
  }
}

/**
 * Returns the encryption after an update. The update contains only the changes. If the key type changes, only the role is kept,
 * because no other member applies to all key types.
 */
export function updatedEncryption(
  current: Encryption | undefined,
  update: Encryption | undefined,
): Encryption | undefined {
  if (!update || Object.keys(update).length === 0) return current;
  const changesKeyType = update.keyType !== undefined && update.keyType !== current?.keyType;
  return changesKeyType ? { roleArn: current?.roleArn, ...update } : { ...current, ...update };
}
