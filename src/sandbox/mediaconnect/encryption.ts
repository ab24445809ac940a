import type { Call } from '../service.ts';
import { SRT, ZIXI } from './members.ts';
import {
  badRequest,
  type Encryption,
  type PartKind,
  type SecretKey,
  type TransitEncryption,
} from './store.ts';

/** The part of a flow that is encrypted. An entitlement has no protocol, and neither has a source that comes through one. */
export interface Place {
  readonly kind: PartKind;
  readonly protocol: string | undefined;
}

const SPEKE_REQUIRED = ['deviceId', 'region', 'resourceId', 'url'] as const;
const SPEKE_ONLY = [...SPEKE_REQUIRED, 'constantInitializationVector'] as const;

/**
 * Checks that MediaConnect accepts encryption settings. Only the settings themselves are checked: AWS does not document that the
 * role or the secret is tried before a stream needs the key. So settings that refer to something nonexistent or unreadable are
 * accepted here too, and fail when the flow runs (`stream.ts`).
 * Source: `Encryption` in the MediaConnect API reference, and "Encryption in transit" in its user guide.
 * @throws AwsError BadRequestException.
 */
export function checkEncryption(call: Call, encryption: Encryption | undefined, place: Place): void {
  if (!encryption) {
    return;
  }
  const keyType = encryption.keyType ?? 'static-key';
  checkPlace(keyType, place);
  checkRole(call, encryption.roleArn ?? '');
  if (keyType === 'speke') {
    demand(encryption, SPEKE_REQUIRED, keyType);
    refuse(encryption, ['secretArn'], keyType);
    return;
  }
  refuse(encryption, SPEKE_ONLY, keyType);
  demand(encryption, ['secretArn'], keyType);
  if (keyType === 'static-key') {
    demand(encryption, ['algorithm'], keyType);
  } else {
    refuse(encryption, ['algorithm'], keyType);
  }
  checkSecret(call, encryption.secretArn ?? '');
}

/**
 * Checks that MediaConnect accepts transit encryption settings. Like `checkEncryption`, it checks only the settings themselves.
 * Source: `FlowTransitEncryption` and `SecretsManagerEncryptionKeyConfiguration` in the MediaConnect API reference.
 * @throws AwsError BadRequestException.
 */
export function checkTransit(call: Call, transit: TransitEncryption | undefined): void {
  if (!transit) {
    return;
  }
  const { secretsManager, automatic } = transit.encryptionKeyConfiguration;
  if ((secretsManager === undefined) === (automatic === undefined)) {
    throw badRequest('encryptionKeyConfiguration has exactly one of secretsManager and automatic.');
  }
  const fitting = secretsManager ? 'SECRETS_MANAGER' : 'AUTOMATIC';
  if (transit.encryptionKeyType !== undefined && transit.encryptionKeyType !== fitting) {
    throw badRequest(`The encryptionKeyType ${transit.encryptionKeyType} does not fit its configuration.`);
  }
  checkSecretKey(call, secretsManager);
}

/** @throws AwsError BadRequestException. */
export function checkSecretKey(call: Call, key: SecretKey | undefined): void {
  if (key) {
    checkRole(call, key.roleArn);
    checkSecret(call, key.secretArn);
  }
}

function checkPlace(keyType: string, { kind, protocol }: Place): void {
  if (!keyTypesFor(kind, protocol).includes(keyType)) {
    const which = protocol === undefined ? '' : ` with the protocol ${protocol}`;
    throw badRequest(`The encryption key type ${keyType} is not valid for this ${kind}${which}.`);
  }
}

function keyTypesFor(kind: PartKind, protocol: string | undefined): string[] {
  if (kind === 'entitlement') {
    return ['static-key', 'speke'];
  }
  // The subscriber of an encrypted entitlement decrypts with the same static key.
  if (protocol === undefined || ZIXI.includes(protocol)) {
    return ['static-key'];
  }
  return SRT.includes(protocol) ? ['srt-password'] : [];
}

/**
 * Checks a role's ARN. The pattern is the one in the API model for the role of newer operations; AWS publishes none for this
 * member.
 */
function checkRole({ world }: Call, arn: string): void {
  const own = `arn:${world.partition}:iam::${world.account}:role/`;
  if (!arn.startsWith(own) || !/^[a-zA-Z0-9_+=,.@-]+$/.test(arn.slice(own.length))) {
    throw badRequest(`The roleArn ${arn} is not the ARN of a role of this account without a path.`);
  }
}

function checkSecret({ world, region }: Call, arn: string): void {
  const own = `arn:${world.partition}:secretsmanager:${region}:${world.account}:secret:`;
  if (!arn.startsWith(own) || !/^[a-zA-Z0-9/_+=.@-]+$/.test(arn.slice(own.length))) {
    throw badRequest(`The secretArn ${arn} is not the ARN of a secret in ${region} and in this account.`);
  }
}

function demand(encryption: Encryption, members: readonly (keyof Encryption)[], keyType: string): void {
  const absent = members.find((member) => !encryption[member]);
  if (absent !== undefined) {
    throw badRequest(`${absent} is required for the encryption key type ${keyType}.`);
  }
}

function refuse(encryption: Encryption, members: readonly (keyof Encryption)[], keyType: string): void {
  const present = members.find((member) => encryption[member] !== undefined);
  if (present !== undefined) {
    throw badRequest(`${present} is not valid for the encryption key type ${keyType}.`);
  }
}

/**
 * Returns the encryption after an update, which contains only the changes. If the key type changes, only the role is kept,
 * because no other member applies to all key types.
 */
export function updatedEncryption(
  present: Encryption | undefined,
  update: Encryption | undefined,
): Encryption | undefined {
  if (!update || Object.keys(update).length === 0) {
    return present;
  }
  const isOther = update.keyType !== undefined && update.keyType !== present?.keyType;
  return isOther ? { roleArn: present?.roleArn, ...update } : { ...present, ...update };
}
