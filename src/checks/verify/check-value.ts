import { parseSecretArn } from '../../aws/arn.ts';
import { seenIn } from '../../aws/observed.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import type { Identity } from '../../aws/session.ts';
import type { Fix } from '../../failure.ts';
import {
  algorithmOfLength,
  checkStoredKey,
  type KeyMaterial,
  type KeyProblem,
  type KeyProblemCode,
  mayBePassword,
} from '../../key/index.ts';
import { DECRYPT_ACTION } from '../../policy/index.ts';
import { callerDenial } from '../access/decryption.ts';
import type { VerifyId } from '../catalog/index.ts';
import { fixes } from './fixes.ts';
import type { PresentSecret, SecretObservation, SecretTarget } from './observe/secret.ts';
import type { VerifyCheck } from './result.ts';
import { checksOf } from './result.ts';

/** Which check a problem with a value belongs to; all other problems are things around or between the key's characters. */
const CHECK_OF: Partial<Record<KeyProblemCode, VerifyId>> = {
  json: 'secret-plaintext',
  control: 'secret-characters',
  'non-ascii': 'secret-characters',
  invisible: 'secret-characters',
  'look-alike': 'secret-characters',
  base64: 'secret-characters',
  'not-hexadecimal': 'secret-characters',
  empty: 'secret-length',
  'too-long': 'secret-length',
  'odd-length': 'secret-length',
  'wrong-length': 'secret-length',
  'wrong-algorithm': 'secret-length',
  'srt-length': 'secret-length',
};

/** The checks of what a secret holds. Pure. */
export function checkContent(
  observation: PresentSecret & { target: SecretTarget },
  subject: string,
  identity: Identity,
): VerifyCheck[] {
  const { content, described, target } = observation;
  const { ok, failed, unseen } = checksOf(subject);
  const rotate = rotateRemedy({ described, target }, [target.region]);
  // It waits for its deletion; then nothing of its value can be read.
  if (!content) return [];
  if ('unseen' in content) {
    const ids: VerifyId[] = [
      'secret-version',
      'secret-plaintext',
      'secret-form',
      'secret-characters',
      'secret-length',
    ];
    const denial = deniedDecryption(observation, subject, identity);
    return [...ids, ...(target.key ? (['secret-key'] as const) : [])].map((id) => ({
      ...unseen(id, content.unseen),
      ...denial,
    }));
  }
  const { seen } = content;
  if (seen.kind === 'none') return [failed('secret-version', (say) => say.noVersion, rotate)];
  const version = ok('secret-version', (say) => say.hasVersion);
  if (seen.kind === 'binary') return [version, failed('secret-plaintext', (say) => say.binary, rotate)];
  return [version, ...checkText(seen.key, target, subject, rotate)];
}

/** What is to be done where a policy of a KMS key in use denies the caller the decryption; undefined where none does for sure. */
function deniedDecryption(
  { decryption, target, content }: PresentSecret & { target: SecretTarget },
  arn: string,
  identity: Identity,
): Fix | undefined {
  const isOfKms = content && 'unseen' in content && content.unseen.awsAction === DECRYPT_ACTION;
  const secret = { arn, region: target.region };
  const because = isOfKms && decryption && callerDenial(secret, decryption, identity);
  return because ? fixes.keyPolicyDenies(because) : undefined;
}

/**
 * How the right key is stored, with no change to what is right already. A key that is generated has no copy elsewhere, so that
 * all Regions of its entry get a new one.
 * @param regions where the value is not right; a replica gets its own from the primary
 */
export function rotateRemedy(
  { described, target }: Pick<PresentSecret, 'described'> & { target: SecretTarget },
  regions: string[],
): Fix {
  const { id, region, keyType, manifest, reading } = target;
  if (manifest?.rotates) return fixes.rotateAll(manifest.path);
  const primary = seenIn(described)?.replicaOf;
  const written = regions.map((each) => (each === region ? (primary ?? each) : each));
  const { source, roleName = reading?.roleName } = manifest ?? {};
  return fixes.rotate({
    name: parseSecretArn(id)?.name ?? id,
    regions: source?.kind === 'generate' ? (manifest?.regions ?? []) : [...new Set(written)],
    keyType,
    source,
    roleName,
  });
}

/** Where a secret can be changed: a replica only by its primary, whose ARN is the same but for the Region. */
export function primaryOf(
  { region, replicaOf = region }: Pick<SecretState, 'region' | 'replicaOf'>,
  arn: string,
): { arn: string; region: string } {
  return {
    arn: arn.replace(`:secretsmanager:${region}:`, `:secretsmanager:${replicaOf}:`),
    region: replicaOf,
  };
}

function checkText(held: KeyMaterial, target: SecretTarget, subject: string, rotate: Fix): VerifyCheck[] {
  const { keyType, algorithm, key } = target;
  const { ok, failed } = checksOf(subject);
  const problems = checkStoredKey(held, { keyType, ...(algorithm ? { algorithm } : {}) });
  const isPassword =
    problems.some(({ code }) => code === 'not-hexadecimal') &&
    checkStoredKey(held, { keyType: 'srt-password' }).length === 0;
  const remedy = isPassword ? fixes.orPassword(rotate) : rotate;
  const wrong = problems.map((problem) => failed(checkOf(problem), problem.message, remedy));
  const isKey = key === undefined || held.sameKey(key, keyType);
  return [
    ...wrong,
    ...(wrong.length === 0 ? rightText(held, target, subject) : []),
    ...(wrong.length > 0 && !wrong.some(({ id }) => id === 'secret-plaintext')
      ? [ok('secret-plaintext', (say) => say.plaintext)]
      : []),
    ...(key === undefined
      ? []
      : [
          isKey
            ? ok('secret-key', (say) => say.thisKey)
            : failed('secret-key', (say) => say.otherKey, rotate),
        ]),
  ];
}

function rightText({ length }: KeyMaterial, { keyType }: SecretTarget, subject: string): VerifyCheck[] {
  const { ok } = checksOf(subject);
  const hexadecimal = keyType === 'static-key';
  // Which algorithm a static key is for is asked for by the next screen; how long a password is nobody has to know.
  return [
    ok('secret-plaintext', (say) => say.plaintext),
    ok('secret-form', (say) => say.bare),
    ok('secret-characters', (say) => (hexadecimal ? say.hexadecimal : say.printable)),
    ok('secret-length', (say) =>
      hexadecimal ? say.digits(length, algorithmOfLength(length) ?? '') : say.passwordLength,
    ),
  ];
}

function checkOf({ code }: KeyProblem): VerifyId {
  return CHECK_OF[code] ?? 'secret-form';
}

/** The checks that depend on what kind of key a secret is to hold. */
const OF_VALUE: ReadonlySet<VerifyId> = new Set([
  'secret-plaintext',
  'secret-form',
  'secret-characters',
  'secret-length',
]);

/**
 * Returns the checks of a secret without those that only a guess has failed: of a value that may be an SRT password it cannot be said
 * that it is a damaged static key, where it is not given which of the two it is. Pure.
 */
export function withoutGuess(checks: VerifyCheck[], observation: SecretObservation): VerifyCheck[] {
  if (observation.kind !== 'there' || !observation.target.keyTypeGuessed) return checks;
  // The expected key has a type as well.
  if (observation.target.key || observation.target.manifest?.source) return checks;
  const content = seenIn(observation.content);
  const isGuess = ({ id, verdict }: VerifyCheck) => verdict === 'failed' && OF_VALUE.has(id);
  const [failed] = checks.filter(isGuess);
  if (!failed || content?.kind !== 'text' || !mayBePassword(content.key)) return checks;
  const { subject } = failed;
  return [
    ...checks.filter((check) => !isGuess(check)),
    {
      id: 'secret-characters',
      verdict: 'cannot-tell',
      subject,
      detail: keyTypeMessages.unknown,
      remedy: keyTypeMessages.unknownRemedy,
    },
  ];
}

/** Messages about what kind of key a secret holds. */
const keyTypeMessages = {
  unknown:
    'whether its characters are right cannot be told: it may be either an SRT password or a damaged static key',
  unknownRemedy:
    'For an SRT password, run verify with --key-type srt-password. For a static key, use --key-type static-key.',
};
