import { expectedSecretArn, parseSecretArn } from '../../aws/arn.ts';
import { kmsKeyRef, maybeSameKmsKey } from '../../aws/kms/index.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import { namedSecretMessages } from '../../aws/secrets/messages.ts';
import type { Identity } from '../../aws/session.ts';
import { algorithmOfLength, checkStoredKey, type KeyMaterial, mayBePassword } from '../../key/index.ts';
import type { NewSecret, SetupRequest } from '../../options/setup-request.ts';
import type { Choice, OutcomeAction } from '../../plan-types.ts';
import type { ConflictDecision, SecretDecision, SecretRef, StepInput } from '../types.ts';
import { secretMessages as messages } from './messages.ts';

const KEEP: Choice = { id: 'keep-key', flag: '--existing-key keep', text: messages.choiceKeep };
const REPLACE: Choice = { id: 'replace-key', flag: '--existing-key replace', text: messages.choiceReplace };
const RESTORE: Choice = { id: 'restore', flag: '--restore', text: messages.choiceRestore };
const OTHER_NAME: Choice = { id: 'secret-name', flag: '--secret-name NAME', text: messages.choiceName };
const AS_PASSWORD: Choice = { id: 'key-type', flag: '--key-type srt-password', text: messages.choiceKeyType };

/** The key of the run, and whether it was adopted from an existing secret. */
export interface KeyChoice {
  key: KeyMaterial;
  adopted: boolean;
}

/**
 * Chooses the key of the run, usually the requested one. A key that a secret already holds takes precedence over a generated key
 * and, with `--existing-key keep`, over any key. So all Regions get the same key.
 */
export function chooseKey(
  secret: NewSecret,
  existing: SecretState[],
  request: SetupRequest,
): KeyChoice | ConflictDecision {
  const { existingKey } = request.answers;
  const prefersExistingKey = existingKey === 'keep' || (secret.generated && existingKey !== 'replace');
  const readableSecrets = existing.filter((found) => !found.deletedAt);
  if (!prefersExistingKey || readableSecrets.length === 0) return { key: secret.key, adopted: false };

  const keys: KeyMaterial[] = [];
  for (const found of readableSecrets) {
    const problem = contentProblem(found, request);
    if (problem) return conflict(problem.found, [REPLACE, OTHER_NAME], problem.details);
    if (found.content.kind === 'text') keys.push(found.content.key);
  }
  const [key] = keys;
  if (!key) return { key: secret.key, adopted: false };
  if (keys.some((other) => !other.equals(key, request.keyType))) {
    const regions = readableSecrets.map(({ region }) => region);
    return conflict(messages.differ(secret.name, regions), [REPLACE, OTHER_NAME]);
  }
  return { key, adopted: true };
}

/** Decides what to do in a Region that has no secret with this name. */
export function decideNew(
  { identity, request }: StepInput<SetupRequest>,
  { name, kmsKeyId }: NewSecret,
  region: string,
  { key, adopted }: KeyChoice,
): SecretDecision {
  const kmsKey = kmsKeyOf(kmsKeyId, region, identity);
  if (kmsKeyId !== undefined && !kmsKey) return conflict(messages.kmsWrongRegion(region), []);
  const arn = expectedSecretArn(identity, region, name);
  return {
    kind: 'create',
    ref: { region, name, arn, versionId: null, action: 'created', kmsKey },
    reason: messages.create(adopted ? messages.copy : descriptionOf(key, request.keyType), kmsKeyId),
    warnings: /-[A-Za-z0-9]{6}$/.test(name) ? [messages.nameLooksLikeArn(name)] : [],
  };
}

/** Returns what the secret will hold, such as `AES-256 key`. */
function descriptionOf({ length }: KeyMaterial, keyType: SetupRequest['keyType']): string {
  const algorithm = keyType === 'static-key' ? algorithmOfLength(length) : undefined;
  return algorithm ? messages.staticKey(algorithm) : messages.password;
}

/** Decides what to do about an existing secret with this name. */
export function decideStored(
  input: StepInput<SetupRequest>,
  secret: NewSecret,
  found: SecretState,
  { key, adopted }: KeyChoice,
): SecretDecision {
  const { keyType, answers } = input.request;
  const holdsKey = found.content.kind === 'text' && found.content.key.equals(key, keyType);
  const ownershipConflict = checkOwnership(found, secret, holdsKey);
  if (ownershipConflict) return ownershipConflict;
  // A key of another type would make the secret's tag wrong, and flows that use the secret would fail.
  if (!holdsKey && !adopted && found.keyType !== undefined && found.keyType !== keyType)
    return conflict(
      messages.otherKeyType(found.name, found.region, found.keyType, keyType),
      [OTHER_NAME],
      [messages.otherKeyTypeHint],
    );
  const warnings = warningsFor(found, secret.kmsKeyId, input.identity);
  if (found.deletedAt) return decideDeleted(input, secret, found, warnings);
  if (holdsKey) {
    const reason = adopted ? messages.keepHeld : messages.keepSame;
    return { kind: 'keep', ref: refOf(found, 'kept', input.identity), reason, warnings, found };
  }
  if (answers.existingKey === 'replace') {
    const ref = refOf(found, 'updated', input.identity);
    warnings.push(...replaceWarnings(found));
    return { kind: 'replace', ref, reason: messages.replace, warnings, found };
  }
  const problem = contentProblem(found, input.request);
  const choices = problem ? [REPLACE, OTHER_NAME] : [KEEP, REPLACE, OTHER_NAME];
  const otherValue =
    found.content.kind === 'text' ? messages.otherValue(found.name, found.region) : undefined;
  return conflict(otherValue ?? problem?.found ?? '', choices, problem?.details);
}

function decideDeleted(
  { request, identity }: StepInput<SetupRequest>,
  secret: NewSecret,
  found: SecretState,
  warnings: string[],
): SecretDecision {
  const { name, region, deletedAt = new Date(0) } = found;
  if (!request.answers.restore)
    return conflict(messages.deleted(name, region, deletedAt), [RESTORE, OTHER_NAME]);
  // A generated key is only for secrets that have no key yet.
  const existingKey = request.answers.existingKey ?? (secret.generated ? 'keep' : 'compare');
  const reason = {
    compare: messages.restoreAndCompare,
    keep: messages.restoreAndKeep,
    replace: messages.restoreAndReplace,
  }[existingKey];
  const valueWarnings = existingKey === 'replace' ? replaceWarnings(found) : [];
  const ref = refOf(found, 'restored', identity);
  return { kind: 'restore', ref, reason, warnings: [...warnings, ...valueWarnings], found };
}

/** Decides what to do about a secret that the user named by ARN: it is used as is, or there is a conflict. */
export function decideExisting(
  input: StepInput<SetupRequest>,
  arn: string,
  found: SecretState | undefined,
): SecretDecision {
  const { account } = input.identity;
  if (parseSecretArn(arn)?.account !== account) return conflict(messages.foreignArn(arn, account), []);
  if (!found) return conflict(messages.absentArn(arn), [], [namedSecretMessages.copyArn]);
  return decideUsedAsIs(input, found);
}

/** Decides what to do about a secret that the user named and marked as existing: it is used as is, or there is a conflict. */
export function decideNamed(
  input: StepInput<SetupRequest>,
  { name, region }: { name: string; region: string },
  found: SecretState | undefined,
): SecretDecision {
  return found ? decideUsedAsIs(input, found) : conflict(messages.absentNamed(name, region), []);
}

function decideUsedAsIs(input: StepInput<SetupRequest>, found: SecretState): SecretDecision {
  const warnings = warningsFor(found, undefined, input.identity);
  if (found.deletedAt) {
    if (!input.request.answers.restore)
      return conflict(messages.deleted(found.name, found.region, found.deletedAt), [RESTORE]);
    const ref = refOf(found, 'restored', input.identity);
    return { kind: 'restore', ref, reason: messages.restoreGiven, warnings, found };
  }
  const problem = contentProblem(found, input.request);
  if (problem && mayBeSrtPassword(input.request, found))
    return conflict(messages.notStaticKey(found.name, found.region), [AS_PASSWORD], problem.details);
  if (problem) return conflict(problem.found, [], problem.details);
  const ref = refOf(found, 'kept', input.identity);
  return { kind: 'keep', ref, reason: messages.keepGiven, warnings, found };
}

/** Returns true if the value may be an SRT password: neither the user nor a tag gives the key type, so `static-key` is a guess. */
function mayBeSrtPassword({ keyTypeGuessed }: SetupRequest, { keyType, content }: SecretState): boolean {
  const isGuess = keyTypeGuessed === true && keyType === undefined;
  return isGuess && content.kind === 'text' && mayBePassword(content.key);
}

/**
 * Returns a conflict if the secret can't be changed where it is. A replica that already holds the key can be used as is; only its
 * primary can get a different value.
 */
function checkOwnership(
  found: SecretState,
  requested: NewSecret,
  holdsKey: boolean,
): ConflictDecision | undefined {
  const { name, region, primaryRegion, owningService } = found;
  if (primaryRegion && !holdsKey) {
    const hint = requested.regions.includes(primaryRegion)
      ? messages.primaryFirst(primaryRegion)
      : messages.replicaHint;
    return conflict(messages.replica(name, region, primaryRegion), [OTHER_NAME], [hint]);
  }
  return owningService ? conflict(messages.owned(name, region, owningService), [OTHER_NAME]) : undefined;
}

function refOf(found: SecretState, action: OutcomeAction, identity: Identity): SecretRef {
  const { region, name, arn, versionId = null } = found;
  const kmsKey = kmsKeyOf(found.kmsKeyId, region, identity);
  return { region, name, arn, versionId, action, kmsKey, resourcePolicy: found.resourcePolicy || undefined };
}

/** Returns the customer managed KMS key with this ID, ARN or alias, if Secrets Manager can use it in the Region. */
function kmsKeyOf(id: string | undefined, region: string, identity: Identity): SecretRef['kmsKey'] {
  return id === undefined ? undefined : kmsKeyRef(id, region, identity);
}

function conflict(found: string, choices: Choice[], details: string[] = []): ConflictDecision {
  return { kind: 'conflict', conflict: { step: 'store-secret', found, details, choices } };
}

/** Returns why MediaConnect can't use the value of a secret; undefined if it can. */
function contentProblem(
  { content, name, region }: SecretState,
  { keyType, algorithm }: SetupRequest,
): { found: string; details: string[] } | undefined {
  if (content.kind === 'binary') return { found: messages.binary(name, region), details: [] };
  if (content.kind === 'none') return { found: messages.noValue(name, region), details: [] };
  const problems = checkStoredKey(content.key, { keyType, algorithm });
  if (problems.length === 0) return undefined;
  return { found: messages.unusable(name, region), details: problems.map((problem) => problem.message) };
}

/**
 * Returns warnings about an existing secret that the run uses.
 * @param requestedKmsKeyId absent if no KMS key was requested
 */
function warningsFor(
  { name, region, rotationEnabled, kmsKeyId }: SecretState,
  requestedKmsKeyId: string | undefined,
  identity: Identity,
): string[] {
  const hasOtherKmsKey =
    requestedKmsKeyId !== undefined &&
    (kmsKeyId === undefined || !maybeSameKmsKey(requestedKmsKeyId, kmsKeyId, region, identity));
  return [
    ...(rotationEnabled ? [messages.rotates(name, region)] : []),
    ...(hasOtherKmsKey ? [messages.otherKmsKey(name, region)] : []),
  ];
}

/** Returns warnings about side effects of a new value, and about what may overwrite it. */
function replaceWarnings({ name, region, replicas, stack }: SecretState): string[] {
  return [
    ...(stack ? [messages.replaceInStack(name, region, stack)] : []),
    ...(replicas ? [messages.replaceReplicas(name, region, replicas)] : []),
  ];
}
