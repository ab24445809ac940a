import { parseSecretArn } from '../../aws/arn.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import { type Identity, seenIn } from '../../aws/session.ts';
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
import { cannotTell, fixes, type VerifyId } from '../catalog/index.ts';
import type { PresentSecret, SecretObservation, SecretTarget } from './observe/secret.ts';
import { checksOf, type VerifyCheck } from './result.ts';

/**
 * The check that each problem with a value belongs to. All other problems are extra characters around or between those of the
 * key.
 */
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

/** The checks that depend on the expected key type. */
const KEY_TYPE_CHECKS: ReadonlySet<VerifyId> = new Set([
  'secret-plaintext',
  'secret-form',
  'secret-characters',
  'secret-length',
]);

/** Checks the value of a secret. Pure. */
export function checkContent(secret: PresentSecret, subject: string, identity: Identity): VerifyCheck[] {
  const { content, target } = secret;
  const { ok, failed, unseen } = checksOf(subject);
  const rotate = rotateFix(secret, [target.region]);
  // While the secret is scheduled for deletion, its value can't be read.
  if (!content) return [];
  if ('unseen' in content) {
    const ids: VerifyId[] = ['secret-version', ...KEY_TYPE_CHECKS];
    if (target.key) ids.push('secret-key');
    const denialFix = keyPolicyDenialFix(secret, subject, identity);
    return ids.map((id) => ({ ...unseen(id, content.unseen), ...denialFix }));
  }
  const { seen } = content;
  if (seen.kind === 'none') return [failed('secret-version', (words) => words.noVersion, rotate)];
  const version = ok('secret-version', (words) => words.hasVersion);
  if (seen.kind === 'binary') return [version, failed('secret-plaintext', (words) => words.binary, rotate)];
  return [version, ...checkText(seen.key, target, subject, rotate)];
}

/** Returns the fix if the policy of a KMS key in use certainly denies the caller decryption; undefined otherwise. */
function keyPolicyDenialFix(
  { decryption, target, content }: PresentSecret,
  arn: string,
  identity: Identity,
): Fix | undefined {
  const isKmsFailure = content && 'unseen' in content && content.unseen.awsAction === DECRYPT_ACTION;
  const because =
    isKmsFailure && decryption && callerDenial({ arn, region: target.region }, decryption, identity);
  return because ? fixes.keyPolicyDenies(because) : undefined;
}

/**
 * Returns how to store the right key without changing anything that is already right. A generated key exists nowhere else, so all
 * Regions of its entry get a new one.
 * @param regions the Regions with a wrong value; a replica gets its value from the primary secret
 */
export function rotateFix({ described, target }: PresentSecret, regions: string[]): Fix {
  const { id, region, keyType, manifest, readAccess } = target;
  if (manifest?.canRotate) return fixes.rotateAll(manifest.path);
  const primary = seenIn(described)?.primaryRegion;
  const writableRegions = regions.map((each) => (each === region ? (primary ?? each) : each));
  const { source, roleName = readAccess?.roleName } = manifest ?? {};
  return fixes.rotate({
    name: parseSecretArn(id)?.name ?? id,
    regions: source?.kind === 'generate' ? (manifest?.regions ?? []) : [...new Set(writableRegions)],
    keyType,
    source,
    roleName,
  });
}

/**
 * Returns where a secret can be changed. A replica can only be changed through its primary, whose ARN differs only in the Region.
 */
export function primaryOf(
  { region, primaryRegion = region }: Pick<SecretState, 'region' | 'primaryRegion'>,
  arn: string,
): { arn: string; region: string } {
  return {
    arn: arn.replace(`:secretsmanager:${region}:`, `:secretsmanager:${primaryRegion}:`),
    region: primaryRegion,
  };
}

function checkText(
  storedKey: KeyMaterial,
  target: SecretTarget,
  subject: string,
  rotate: Fix,
): VerifyCheck[] {
  const { keyType, algorithm, key } = target;
  const { ok, failed } = checksOf(subject);
  const problems = checkStoredKey(storedKey, { keyType, algorithm });
  const isPassword =
    problems.some(({ code }) => code === 'not-hexadecimal') &&
    checkStoredKey(storedKey, { keyType: 'srt-password' }).length === 0;
  const fix = isPassword ? fixes.orPassword(rotate) : rotate;
  const failedChecks = problems.map((problem) => failed(checkOf(problem), problem.message, fix));
  const isPlaintext = !failedChecks.some(({ id }) => id === 'secret-plaintext');
  const textChecks =
    failedChecks.length === 0
      ? passedTextChecks(storedKey, target, subject)
      : [...failedChecks, ...(isPlaintext ? [ok('secret-plaintext', (words) => words.plaintext)] : [])];
  if (!key) return textChecks;
  const keyCheck = storedKey.equals(key, keyType)
    ? ok('secret-key', (words) => words.thisKey)
    : failed('secret-key', (words) => words.otherKey, rotate);
  return [...textChecks, keyCheck];
}

function passedTextChecks(
  { length }: KeyMaterial,
  { keyType }: SecretTarget,
  subject: string,
): VerifyCheck[] {
  const { ok } = checksOf(subject);
  const isStaticKey = keyType === 'static-key';
  // The MediaConnect console asks for a static key's algorithm, so show it. Nobody needs the length of a password.
  return [
    ok('secret-plaintext', (words) => words.plaintext),
    ok('secret-form', (words) => words.bare),
    ok('secret-characters', (words) => (isStaticKey ? words.hexadecimal : words.printable)),
    ok('secret-length', (words) =>
      isStaticKey ? words.digits(length, algorithmOfLength(length) ?? '') : words.passwordLength,
    ),
  ];
}

function checkOf({ code }: KeyProblem): VerifyId {
  return CHECK_OF[code] ?? 'secret-form';
}

/**
 * Removes the failed checks that are based on a guess. If the key type is not given and the value may be an SRT password, it
 * can't be called a damaged static key. Pure.
 */
export function withoutGuess(checks: VerifyCheck[], observation: SecretObservation): VerifyCheck[] {
  if (observation.kind !== 'present' || !observation.target.keyTypeGuessed) return checks;
  // The expected key has a type too.
  if (observation.target.key || observation.target.manifest?.source) return checks;
  const content = seenIn(observation.content);
  const isGuess = ({ id, verdict }: VerifyCheck) => verdict === 'failed' && KEY_TYPE_CHECKS.has(id);
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

/** Messages about an unknown key type. */
const keyTypeMessages = {
  unknown: cannotTell('secret-characters', "it's an SRT password or a damaged static key"),
  unknownRemedy:
    'Run verify with --key-type srt-password for an SRT password, or --key-type static-key for a static key.',
};
