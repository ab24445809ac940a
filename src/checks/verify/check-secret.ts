import { expectedSecretArn, parseSecretArn } from '../../aws/arn.ts';
import { type Caller, simulatePassRole } from '../../aws/iam/simulation.ts';
import { look, seenIn } from '../../aws/look.ts';
import type { FoundSecret } from '../../aws/secrets/index.ts';
import type { Aws, Identity } from '../../aws/session.ts';
import type { Remedy } from '../../failure.ts';
import type { KeyMaterial } from '../../key/index.ts';
import { checkKmsKeys, type KmsKeyFinding } from '../access/encryption.ts';
import { judgeContent, primaryOf, rotateRemedy } from './check-value.ts';
import { remedies } from './fixes.ts';
import { verifyWords as words } from './messages.ts';
import type { SecretSight, SecretTarget, ThereSecret } from './observe/secret.ts';
import { checksOf, judgeForeign } from './result.ts';
import type { VerifyCheck } from './types.ts';

/** The ARN of a secret as far as it is known. */
export function subjectOf(sight: SecretSight, identity: Identity): string {
  const { id, region } = sight.target;
  if (sight.kind === 'there' && sight.arn !== undefined) return sight.arn;
  return parseSecretArn(id) ? id : expectedSecretArn(identity, region, id);
}

/** The checks of a secret by itself. Pure. */
export function judgeSecret(sight: SecretSight, identity: Identity): VerifyCheck[] {
  const subject = subjectOf(sight, identity);
  if (sight.kind === 'foreign') {
    return [judgeForeign('secret-account', subject, identity, remedies.storeHere(sight.target.region))];
  }
  if (sight.kind === 'absent') return [judgeAbsence(sight, subject)];
  return [
    ...judgeDescription(sight, subject),
    ...judgeContent(sight, subject, identity),
    ...judgeKmsKey(sight, subject, identity),
  ];
}

function judgeAbsence(
  { target, absence }: Extract<SecretSight, { kind: 'absent' }>,
  subject: string,
): VerifyCheck {
  const { region, keyType, reading } = target;
  const { failed } = checksOf(subject);
  const missing = { name: nameOf(target), region, keyType, ...reading };
  if (absence.kind === 'other-arn') {
    return failed('secret-exists', words.otherArn, remedies.useArn(absence.arn));
  }
  if (absence.kind === 'arn-without-end') {
    return failed('secret-exists', words.arnWithoutEnd, remedies.useArn(absence.arn));
  }
  if (absence.kind === 'arn-end') {
    return failed('secret-exists', words.arnEnd(region), remedies.useName(absence.name, region));
  }
  if (absence.kind === 'absent') {
    return failed('secret-exists', words.absent, storing(target));
  }
  return absence.regions.length > 0
    ? failed('secret-exists', words.elsewhere(region, absence.regions), remedies.storeToo(missing))
    : failed('secret-exists', words.nowhere(region), remedies.store(missing));
}

/** How a secret comes to be that a manifest names: `setup` makes none that is said to exist. */
function storing({ id, manifest }: SecretTarget): Remedy {
  if (parseSecretArn(id)) return remedies.copyArn;
  const { path = '', source } = manifest ?? {};
  return source ? remedies.setUpFrom(path) : remedies.nameSource(path);
}

function nameOf({ id }: SecretTarget): string {
  return parseSecretArn(id)?.name ?? id;
}

function judgeDescription(sight: ThereSecret, subject: string): VerifyCheck[] {
  const make = checksOf(subject);
  const { described, content } = sight;
  if ('unseen' in described) {
    // Whoever may read its value knows that it is there, and that it is not scheduled for deletion.
    const kind = seenIn(content)?.kind;
    const alive = kind === 'text' || kind === 'binary';
    return [
      alive ? make.ok('secret-exists', words.exists) : make.unseen('secret-exists', described.unseen),
      alive ? make.ok('secret-deletion', words.alive) : make.unseen('secret-deletion', described.unseen),
      make.unseen('secret-rotation', described.unseen),
    ];
  }
  return [make.ok('secret-exists', words.exists), ...judgeSeen(described.seen, subject)];
}

function judgeSeen(found: FoundSecret, subject: string): VerifyCheck[] {
  const { deletedAt, rotates, region } = found;
  const make = checksOf(subject);
  if (deletedAt)
    return [make.failed('secret-deletion', words.deleted(deletedAt), remedies.restore(subject, region))];
  return [
    make.ok('secret-deletion', words.alive),
    rotates
      ? make.failed('secret-rotation', words.rotates, remedies.cancelRotation(primaryOf(found, subject)))
      : make.ok('secret-rotation', words.steady),
  ];
}

/**
 * Whether secrets of one name hold the same key, wherever they are: each is compared with the first one. Two entries of a
 * manifest may have two keys of one name, in different Regions. Pure.
 */
export function judgeSameKey(sights: SecretSight[], identity: Identity): VerifyCheck[] {
  const firsts = new Map<string, { subject: string; region: string; held: KeyMaterial }>();
  return sights.flatMap((sight) => {
    if (sight.kind !== 'there') return [];
    const { described } = sight;
    const content = seenIn(sight.content);
    if (content?.kind !== 'text') return [];
    const { region, keyType, manifest } = sight.target;
    const [subject, name, held] = [subjectOf(sight, identity), nameOf(sight.target), content.key];
    const group = `${manifest?.at ?? ''} ${name}`;
    const first = firsts.get(group) ?? { subject, region, held };
    firsts.set(group, first);
    if (first.subject === subject) return [];
    const { ok, failed } = checksOf(subject);
    return held.sameKey(first.held, keyType)
      ? ok('secret-same-key', words.sameKey(first.region))
      : failed(
          'secret-same-key',
          words.otherKeyThan(first.region),
          rotateRemedy({ described, target: sight.target }, [first.region, region]),
        );
  });
}

/**
 * Whether the caller may pass the role to MediaConnect, which whoever puts it into a flow must. A warning only: the caller
 * need not be the one who makes flows.
 */
export async function judgeCaller(
  aws: Aws,
  identity: Identity,
  caller: Caller,
  roleArn: string,
): Promise<VerifyCheck> {
  const { ok, warning, unseen, open } = checksOf(identity.arn, roleArn);
  if (caller.kind === 'root') return ok('caller-pass-role', words.rootPasses);
  if (caller.kind === 'federated') return open('caller-pass-role', words.federated);
  const simulated = await look(simulatePassRole(aws, caller.arn, roleArn));
  if ('unseen' in simulated) {
    // An emulator of AWS may have no policy simulator. Its answer then is no network problem.
    return simulated.unseen.code === 'access-denied'
      ? unseen('caller-pass-role', simulated.unseen)
      : open('caller-pass-role', words.noSimulator);
  }
  if (simulated.seen === 'allowed') return ok('caller-pass-role', words.passes);
  const explicit = simulated.seen === 'explicitDeny';
  return warning(
    'caller-pass-role',
    explicit ? words.passDenied : words.passesNot,
    remedies.passRole(roleArn),
  );
}

type Sight = ThereSecret & { target: SecretTarget };

/** Whether the KMS key of a secret can be used. Pure. */
export function judgeKmsKey(sight: Sight, subject: string, identity: Identity): VerifyCheck[] {
  const { described } = sight;
  const make = checksOf(subject);
  if ('unseen' in described) return [make.unseen('secret-kms-key', described.unseen)];
  if (described.seen.deletedAt) return [];
  return checkKmsKeys(described.seen, sight, identity).map((finding) => {
    if (finding.verdict === 'ok') return make.ok('secret-kms-key', finding.detail);
    if (finding.verdict === 'cannot-tell')
      return 'unseen' in finding
        ? make.unseen('secret-kms-key', finding.unseen)
        : make.open('secret-kms-key', finding.because);
    return make[finding.verdict]('secret-kms-key', finding.detail, remedyFor(finding, sight, subject));
  });
}

function remedyFor(
  { fix, keyArn, keyStoreId }: Extract<KmsKeyFinding, { fix: unknown }>,
  { described, target }: Sight,
  subject: string,
): Remedy {
  const { region } = target;
  const rotate = rotateRemedy({ described, target }, [region]);
  const { kmsKeyId, replicaOf } = seenIn(described) ?? {};
  switch (fix) {
    case 'enable':
      return remedies.enableKmsKey(keyArn, region);
    case 'cancel-deletion':
      return remedies.keepKmsKey(keyArn, region);
    case 'connect-key-store':
      return remedies.connectKeyStore(region, keyStoreId);
    case 'import-key-material':
      return remedies.importKeyMaterial;
    case 'wait':
      return remedies.waitForKmsKey;
    case 'other-key':
      return replicaOf === undefined
        ? remedies.otherKmsKey(subject, region, rotate)
        : remedies.replicateAnew(primaryOf({ region, replicaOf }, subject), region);
    case 'encrypt-anew':
      return remedies.encryptAnew(subject, region, kmsKeyId);
    case 'new-value':
      return rotate;
    case 'foreign-policy':
      return remedies.kmsKeyPolicy;
  }
}
