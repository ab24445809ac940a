import { seenIn } from '../../../aws/observed.ts';
import { mayBePassword } from '../../../key/index.ts';
import type { VerifyCheck, VerifyId } from '../types.ts';
import type { SecretObservation } from './secret.ts';

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
