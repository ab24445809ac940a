import { expectedSecretArn, parseSecretArn } from '../../aws/arn.ts';
import { type CallerPrincipal, simulatePassRole } from '../../aws/iam/simulation.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import type { Aws, Identity } from '../../aws/session.ts';
import { observed, seenIn } from '../../aws/session.ts';
import type { Fix } from '../../failure.ts';
import type { KeyMaterial } from '../../key/index.ts';
import { checkKmsKeys, type KmsKeyFinding } from '../access/encryption.ts';
import { checkContent, primaryOf, rotateFix } from './check-value.ts';
import { fixes } from './fixes.ts';
import type { PresentSecret, SecretObservation, SecretTarget } from './observe/secret.ts';
import type { VerifyCheck } from './result.ts';
import { checkForeign, checksOf } from './result.ts';

/** Returns the ARN of a secret, as far as it is known. */
export function subjectOf(observation: SecretObservation, identity: Identity): string {
  const { id, region } = observation.target;
  if (observation.kind === 'present' && observation.arn !== undefined) return observation.arn;
  return parseSecretArn(id) ? id : expectedSecretArn(identity, region, id);
}

/** Checks a secret on its own. Pure. */
export function checkSecret(observation: SecretObservation, identity: Identity): VerifyCheck[] {
  const subject = subjectOf(observation, identity);
  if (observation.kind === 'foreign') {
    return [checkForeign('secret-account', subject, identity, fixes.storeHere(observation.target.region))];
  }
  if (observation.kind === 'absent') return [checkAbsence(observation, subject)];
  return [
    ...checkDescribeResponse(observation, subject),
    ...checkContent(observation, subject, identity),
    ...kmsKeyChecks(observation, subject, identity),
  ];
}

function checkAbsence(
  { target, absence }: Extract<SecretObservation, { kind: 'absent' }>,
  subject: string,
): VerifyCheck {
  const { region, keyType, reading } = target;
  const { failed } = checksOf(subject);
  const missing = { name: nameOf(target), region, keyType, ...reading };
  if (absence.kind === 'other-arn') {
    return failed('secret-exists', (say) => say.otherArn, fixes.useArn(absence.arn));
  }
  if (absence.kind === 'arn-without-end') {
    return failed('secret-exists', (say) => say.arnWithoutEnd, fixes.useArn(absence.arn));
  }
  if (absence.kind === 'arn-end') {
    return failed('secret-exists', (say) => say.arnEnd(region), fixes.useName(absence.name, region));
  }
  if (absence.kind === 'absent') {
    return failed('secret-exists', (say) => say.absent, storeFix(target));
  }
  return absence.regions.length > 0
    ? failed('secret-exists', (say) => say.elsewhere(region, absence.regions), fixes.storeToo(missing))
    : failed('secret-exists', (say) => say.nowhere(region), fixes.store(missing));
}

/** Returns how to create a secret that a manifest names. `setup` doesn't create one that is marked as existing. */
function storeFix({ id, manifest }: SecretTarget): Fix {
  if (parseSecretArn(id)) return fixes.copyArn;
  const { path = '', source } = manifest ?? {};
  return source ? fixes.setUpFrom(path) : fixes.nameSource(path);
}

function nameOf({ id }: SecretTarget): string {
  return parseSecretArn(id)?.name ?? id;
}

function checkDescribeResponse(observation: PresentSecret, subject: string): VerifyCheck[] {
  const make = checksOf(subject);
  const { described, content } = observation;
  if ('unseen' in described) {
    // If the value can be read, the secret exists and isn't scheduled for deletion.
    const kind = seenIn(content)?.kind;
    const isReadable = kind === 'text' || kind === 'binary';
    return [
      isReadable
        ? make.ok('secret-exists', (say) => say.exists)
        : make.unseen('secret-exists', described.unseen),
      isReadable
        ? make.ok('secret-deletion', (say) => say.notDeleted)
        : make.unseen('secret-deletion', described.unseen),
      make.unseen('secret-rotation', described.unseen),
    ];
  }
  return [make.ok('secret-exists', (say) => say.exists), ...checkSecretState(described.seen, subject)];
}

function checkSecretState(found: SecretState, subject: string): VerifyCheck[] {
  const { deletedAt, rotationEnabled, region } = found;
  const make = checksOf(subject);
  if (deletedAt)
    return [make.failed('secret-deletion', (say) => say.deleted(deletedAt), fixes.restore(subject, region))];
  return [
    make.ok('secret-deletion', (say) => say.notDeleted),
    rotationEnabled
      ? make.failed('secret-rotation', (say) => say.rotates, fixes.cancelRotation(primaryOf(found, subject)))
      : make.ok('secret-rotation', (say) => say.noRotation),
  ];
}

/**
 * Checks whether secrets with the same name hold the same key in all Regions: each is compared with the first one. Two entries of
 * a manifest may have different keys under one name, in different Regions. Pure.
 */
export function checkSameKey(observations: SecretObservation[], identity: Identity): VerifyCheck[] {
  const firstOfGroup = new Map<string, { subject: string; region: string; key: KeyMaterial }>();
  return observations.flatMap((observation) => {
    if (observation.kind !== 'present') return [];
    const { described } = observation;
    const content = seenIn(observation.content);
    if (content?.kind !== 'text') return [];
    const { region, keyType, manifest } = observation.target;
    const subject = subjectOf(observation, identity);
    const { key } = content;
    const group = `${manifest?.position ?? ''} ${nameOf(observation.target)}`;
    const first = firstOfGroup.get(group) ?? { subject, region, key };
    firstOfGroup.set(group, first);
    if (first.subject === subject) return [];
    const { ok, failed } = checksOf(subject);
    return key.sameKey(first.key, keyType)
      ? ok('secret-same-key', (say) => say.sameKey(first.region))
      : failed(
          'secret-same-key',
          (say) => say.otherKeyThan(first.region),
          rotateFix({ described, target: observation.target }, [first.region, region]),
        );
  });
}

/**
 * Checks whether the caller may pass the role to MediaConnect, which is required to use it in a flow. Only a warning, because
 * someone else may create the flows.
 */
export async function checkCaller(
  aws: Aws,
  identity: Identity,
  caller: CallerPrincipal,
  roleArn: string,
): Promise<VerifyCheck> {
  const { ok, warning, unseen, undecided } = checksOf(identity.arn, roleArn);
  if (caller.kind === 'root') return ok('caller-pass-role', (say) => say.rootPasses);
  if (caller.kind === 'federated') return undecided('caller-pass-role', (say) => say.federated);
  const simulated = await observed(simulatePassRole(aws, caller.arn, roleArn));
  if ('unseen' in simulated) {
    // Emulators of AWS may have no policy simulator. Their error then is not a network problem.
    return simulated.unseen.code === 'access-denied'
      ? unseen('caller-pass-role', simulated.unseen)
      : undecided('caller-pass-role', (say) => say.noSimulator);
  }
  if (simulated.seen === 'allowed') return ok('caller-pass-role', (say) => say.passes);
  const isExplicitDeny = simulated.seen === 'explicitDeny';
  return warning(
    'caller-pass-role',
    (say) => (isExplicitDeny ? say.passDenied : say.passesNot),
    fixes.passRole(roleArn),
  );
}

type Observation = PresentSecret & { target: SecretTarget };

/** Checks whether a secret's KMS key is usable. Pure. */
export function kmsKeyChecks(observation: Observation, subject: string, identity: Identity): VerifyCheck[] {
  const { described } = observation;
  const make = checksOf(subject);
  if ('unseen' in described) return [make.unseen('secret-kms-key', described.unseen)];
  if (described.seen.deletedAt) return [];
  return checkKmsKeys(described.seen, observation, identity).map((finding) => {
    if (finding.verdict === 'ok') return make.ok('secret-kms-key', finding.detail);
    if (finding.verdict === 'cannot-tell')
      return 'unseen' in finding
        ? make.unseen('secret-kms-key', finding.unseen)
        : make.undecided('secret-kms-key', finding.because);
    return make[finding.verdict]('secret-kms-key', finding.detail, fixFor(finding, observation, subject));
  });
}

function fixFor(
  { fix, keyArn, keyStoreId }: Extract<KmsKeyFinding, { fix: unknown }>,
  { described, target }: Observation,
  subject: string,
): Fix {
  const { region } = target;
  const rotate = rotateFix({ described, target }, [region]);
  const { kmsKeyId, replicaOf } = seenIn(described) ?? {};
  switch (fix) {
    case 'enable':
      return fixes.enableKmsKey(keyArn, region);
    case 'cancel-deletion':
      return fixes.keepKmsKey(keyArn, region);
    case 'connect-key-store':
      return fixes.connectKeyStore(region, keyStoreId);
    case 'import-key-material':
      return fixes.importKeyMaterial;
    case 'wait':
      return fixes.waitForKmsKey;
    case 'other-key':
      return replicaOf === undefined
        ? fixes.otherKmsKey(subject, region, rotate)
        : fixes.replicateAnew(primaryOf({ region, replicaOf }, subject), region);
    case 'encrypt-anew':
      return fixes.encryptAnew(subject, region, kmsKeyId);
    case 'new-value':
      return rotate;
    case 'foreign-policy':
      return fixes.kmsKeyPolicy;
  }
}
