import { expectedSecretArn, parseSecretArn } from '../../aws/arn.ts';
import { type CallerPrincipal, simulatePassRole } from '../../aws/iam/simulation.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import { type Aws, type Identity, observed, seenIn } from '../../aws/session.ts';
import type { Fix } from '../../failure.ts';
import type { KeyMaterial } from '../../key/index.ts';
import { tryParsePolicy } from '../../policy/index.ts';
import { checkKmsKeys, type KmsKeyFinding } from '../access/encryption.ts';
import { refusalsOf } from '../access/read-access.ts';
import { ALLOW_EVERYTHING } from '../access/read-requests.ts';
import { CHECKS, fixes } from '../catalog/index.ts';
import { checkContent, primaryOf, rotateFix } from './check-value.ts';
import type { PresentRole } from './observe/role.ts';
import type { PresentSecret, SecretObservation, SecretTarget } from './observe/secret.ts';
import { checkForeign, checksOf, type VerifyCheck } from './result.ts';

/** Returns the ARN of a secret, as far as it is known. */
export function subjectOf(observation: SecretObservation, identity: Identity): string {
  const { id, region } = observation.target;
  if (observation.kind === 'present' && observation.arn !== undefined) return observation.arn;
  return parseSecretArn(id) ? id : expectedSecretArn(identity, region, id);
}

/** Checks a secret on its own. Pure. */
export function checkSecret(observation: SecretObservation, identity: Identity): VerifyCheck[] {
  const subject = subjectOf(observation, identity);
  if (observation.kind === 'foreign')
    return [checkForeign('secret-account', subject, identity, fixes.storeHere(observation.target.region))];
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
  const { region, keyType, readAccess } = target;
  const { failed } = checksOf(subject);
  const missing = { name: nameOf(target), region, keyType, ...readAccess };
  switch (absence.kind) {
    case 'other-arn':
      return failed('secret-exists', (words) => words.otherArn, fixes.useArn(absence.arn));
    case 'arn-without-end':
      return failed('secret-exists', (words) => words.arnWithoutEnd, fixes.useArn(absence.arn));
    case 'arn-end':
      return failed('secret-exists', (words) => words.arnEnd(region), fixes.useName(absence.name, region));
    case 'absent':
      return failed('secret-exists', (words) => words.absent, storeFix(target));
    case 'elsewhere':
      if (absence.regions.length === 0)
        return failed('secret-exists', (words) => words.nowhere(region), fixes.store(missing));
      return failed(
        'secret-exists',
        (words) => words.elsewhere(region, absence.regions),
        fixes.storeToo(missing),
      );
  }
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

function checkDescribeResponse({ described, content }: PresentSecret, subject: string): VerifyCheck[] {
  const { ok, unseen } = checksOf(subject);
  if ('seen' in described)
    return [ok('secret-exists', (words) => words.exists), ...checkSecretState(described.seen, subject)];
  const failure = described.unseen;
  // If the value can be read, the secret exists and isn't scheduled for deletion.
  const kind = seenIn(content)?.kind;
  const isReadable = kind === 'text' || kind === 'binary';
  return [
    isReadable ? ok('secret-exists', (words) => words.exists) : unseen('secret-exists', failure),
    isReadable ? ok('secret-deletion', (words) => words.notDeleted) : unseen('secret-deletion', failure),
    unseen('secret-rotation', failure),
  ];
}

function checkSecretState(secret: SecretState, subject: string): VerifyCheck[] {
  const { deletedAt, rotationEnabled, region } = secret;
  const { ok, failed } = checksOf(subject);
  if (deletedAt)
    return [failed('secret-deletion', (words) => words.deleted(deletedAt), fixes.restore(subject, region))];
  return [
    ok('secret-deletion', (words) => words.notDeleted),
    rotationEnabled
      ? failed('secret-rotation', (words) => words.rotates, fixes.cancelRotation(primaryOf(secret, subject)))
      : ok('secret-rotation', (words) => words.noRotation),
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
    const { target } = observation;
    const content = seenIn(observation.content);
    if (content?.kind !== 'text') return [];
    const { region, keyType, manifest } = target;
    const subject = subjectOf(observation, identity);
    const { key } = content;
    const group = `${manifest?.position ?? ''} ${nameOf(target)}`;
    const first = firstOfGroup.get(group) ?? { subject, region, key };
    firstOfGroup.set(group, first);
    if (first.subject === subject) return [];
    const { ok, failed } = checksOf(subject);
    if (key.equals(first.key, keyType)) return ok('secret-same-key', (words) => words.sameKey(first.region));
    const fix = rotateFix(observation, [first.region, region]);
    return failed('secret-same-key', (words) => words.otherKeyThan(first.region), fix);
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
  if (caller.kind === 'root') return ok('caller-pass-role', (words) => words.rootPasses);
  if (caller.kind === 'federated') return undecided('caller-pass-role', (words) => words.federated);
  const simulated = await observed(simulatePassRole(aws, caller.arn, roleArn));
  if ('unseen' in simulated) {
    // Emulators of AWS may have no policy simulator. Their error then is not a network problem.
    return simulated.unseen.code === 'access-denied'
      ? unseen('caller-pass-role', simulated.unseen)
      : undecided('caller-pass-role', (words) => words.noSimulator);
  }
  if (simulated.seen === 'allowed') return ok('caller-pass-role', (words) => words.passes);
  const isExplicitDeny = simulated.seen === 'explicitDeny';
  return warning(
    'caller-pass-role',
    (words) => (isExplicitDeny ? words.passDenied : words.passesNot),
    fixes.passRole(roleArn),
  );
}

/** Checks whether a secret's KMS key is usable. Pure. */
export function kmsKeyChecks(secret: PresentSecret, subject: string, identity: Identity): VerifyCheck[] {
  const { described } = secret;
  const make = checksOf(subject);
  if ('unseen' in described) return [make.unseen('secret-kms-key', described.unseen)];
  if (described.seen.deletedAt) return [];
  return checkKmsKeys(described.seen, secret, identity).map((finding) => {
    if (finding.verdict === 'ok') return make.ok('secret-kms-key', finding.detail);
    if (finding.verdict === 'cannot-tell')
      return 'unseen' in finding
        ? make.unseen('secret-kms-key', finding.unseen)
        : make.undecided('secret-kms-key', finding.because);
    return make[finding.verdict]('secret-kms-key', finding.detail, fixFor(finding, secret, subject));
  });
}

function fixFor(
  { fix, keyArn, keyStoreId }: Extract<KmsKeyFinding, { fix: unknown }>,
  secret: PresentSecret,
  subject: string,
): Fix {
  const { region } = secret.target;
  const rotate = rotateFix(secret, [region]);
  const { kmsKeyId, primaryRegion } = seenIn(secret.described) ?? {};
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
      return primaryRegion === undefined
        ? fixes.otherKmsKey(subject, region, rotate)
        : fixes.replicateAnew(primaryOf({ region, primaryRegion }, subject), region);
    case 'encrypt-anew':
      return fixes.encryptAnew(subject, region, kmsKeyId);
    case 'new-value':
      return rotate;
    case 'foreign-policy':
      return fixes.kmsKeyPolicy;
  }
}

/** Checks whether a secret's resource policy keeps the role from reading it, whatever the role's own policies allow. Pure. */
export function checkResourcePolicy(
  role: PresentRole,
  secret: PresentSecret,
  subject: string,
  identity: Identity,
): VerifyCheck[] {
  const { ok, failed, unseen, undecided } = checksOf(subject);
  const { resourcePolicy, arn, target } = secret;
  if (!resourcePolicy) return [];
  if ('unseen' in resourcePolicy) return [unseen('secret-resource-policy', resourcePolicy.unseen)];
  if (resourcePolicy.seen === undefined)
    return [ok('secret-resource-policy', (words) => words.noResourcePolicy)];
  if (!tryParsePolicy(resourcePolicy.seen) || arn === undefined)
    return [undecided('secret-resource-policy', (words) => words.policyNotUnderstood)];
  const readableSecret = { arn, region: target.region };
  const documents = { identityPolicies: [ALLOW_EVERYTHING] };
  const [refusal] = refusalsOf(readableSecret, documents, role.arn, identity, { resourcePolicy });
  if (!refusal) return [ok('secret-resource-policy', (words) => words.resourcePolicyLets)];
  if (refusal.verdict !== 'denied') return [undecided('secret-resource-policy', refusal.because)];
  const detail = CHECKS['role-reads-secret'].words.cannotPerform([refusal.action], refusal.because);
  return [failed('secret-resource-policy', detail, fixes.resourcePolicy(arn, target.region))];
}
