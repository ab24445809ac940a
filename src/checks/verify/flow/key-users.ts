import type {
  FlowEncryption,
  FlowPart,
  FlowState,
  TransitEncryption,
} from '../../../aws/mediaconnect/flows.ts';
import type { RouterEndState, RouterSetting } from '../../../aws/mediaconnect/routers.ts';
import type { SecretState } from '../../../aws/secrets/index.ts';
import { userMessages as messages } from '../../../aws/secrets/messages.ts';
import { spellingsOf } from '../../../aws/secrets/users.ts';
import type { Identity } from '../../../aws/session.ts';
import type { Fix } from '../../../failure.ts';
import type { KeyMaterial } from '../../../key/index.ts';
import type { VerifyId } from '../../catalog/index.ts';
import { checkContent } from '../check-value.ts';
import { isRouted } from '../observe/flow.ts';
import type { PresentSecret, SecretObservation, SecretTarget } from '../observe/secret.ts';
import { targetIdOf, targetOf, transitTarget } from '../observe/subjects.ts';
import type { VerifyCheck } from '../result.ts';
import { checkPart } from './check-flow.ts';
import { routerMessages } from './messages.ts';

/** A setting of a flow, router input or router output that doesn't fit a new key of its secret. */
export interface Misfit {
  /** The check that `verify` would report, as a warning. Its subject is the flow, router input or router output. */
  check: VerifyCheck;
  /** True if updating the setting makes it fit; false if only a different key does. */
  isFixedByUpdate: boolean;
}

/** The checks of a flow part that depend on the key. */
const KEY_CHECKS: ReadonlySet<VerifyId> = new Set(['flow-protocol', 'flow-algorithm']);

/** A new key for a secret. */
interface NewKey {
  secret: SecretState;
  key: KeyMaterial;
  identity: Identity;
}

/**
 * Returns the problems that `verify` would find in a flow, router input or router output that uses the secret, if the secret held
 * the new key. Pure.
 */
export function misfits(consumer: FlowState | RouterEndState, newKey: NewKey): Misfit[] {
  return 'parts' in consumer
    ? consumer.parts.flatMap((part) => misfitsOfPart(consumer, part, newKey))
    : consumer.settings.flatMap((setting) => misfitsOfRouter(consumer, setting, newKey));
}

function misfitsOfPart(flow: FlowState, part: FlowPart, newKey: NewKey): Misfit[] {
  const { encryption, transit } = part;
  const what = routerMessages.part(part.kind, part.name, part.protocol);
  return [
    ...(encryption && usesSecret(encryption, newKey)
      ? misfitsOfEncryption(flow, part, encryption, newKey)
      : []),
    ...(transit && isRouted(part) && usesSecret(transit, newKey)
      ? misfitsOfTransit({ id: 'flow-encryption', subject: flow.arn, what }, transit, newKey)
      : []),
  ];
}

function usesSecret({ secretArn = '' }: { secretArn?: string }, { secret }: NewKey): boolean {
  return spellingsOf(secret.arn).includes(secretArn);
}

function misfitsOfEncryption(
  flow: FlowState,
  part: FlowPart,
  encryption: FlowEncryption,
  newKey: NewKey,
): Misfit[] {
  const settings = { ...encryption, secretArn: newKey.secret.arn };
  const target = targetOf(settings);
  if (!target) return [];
  const observation = observeWith(target, newKey);
  const what = routerMessages.part(part.kind, part.name, part.protocol);
  const about = { id: 'flow-encryption' as const, subject: flow.arn, what };
  if (isUnusable(observation, newKey.identity)) {
    return [
      misfit(about, messages.takesKeyType(encryption.keyType), messages.changeKeyType, {
        isFixedByUpdate: true,
      }),
    ];
  }
  return checkPart(flow, { ...part, encryption: settings }, new Map([[targetIdOf(target), observation]]))
    .filter(({ id, verdict }) => verdict === 'failed' && KEY_CHECKS.has(id))
    .map((check) => ({ check: { ...check, verdict: 'warning', subject: flow.arn }, isFixedByUpdate: true }));
}

function misfitsOfRouter(end: RouterEndState, setting: RouterSetting, newKey: NewKey): Misfit[] {
  const about = { id: 'router-encryption' as const, subject: end.arn, what: setting.path };
  if (setting.kind === 'transit') {
    return usesSecret(setting.transit, newKey) ? misfitsOfTransit(about, setting.transit, newKey) : [];
  }
  if (!usesSecret(setting, newKey)) return [];
  const target = targetOf({ keyType: 'srt-password', secretArn: newKey.secret.arn });
  return target && isUnusable(observeWith(target, newKey), newKey.identity)
    ? [
        misfit(about, messages.takesKeyType('srt-password'), messages.storePassword, {
          isFixedByUpdate: false,
        }),
      ]
    : [];
}

function misfitsOfTransit(about: About, transit: TransitEncryption, newKey: NewKey): Misfit[] {
  const target = transitTarget({ ...transit, secretArn: newKey.secret.arn });
  return target && isUnusable(observeWith(target, newKey), newKey.identity)
    ? [misfit(about, messages.transitTakes, messages.storeLongKey, { isFixedByUpdate: false })]
    : [];
}

/** The setting that a check is about. */
interface About {
  id: VerifyId;
  subject: string;
  /** Its name in check messages. */
  what: string;
}

function misfit(
  { id, subject, what }: About,
  detail: string,
  fix: Fix,
  { isFixedByUpdate }: { isFixedByUpdate: boolean },
): Misfit {
  return { check: { id, verdict: 'warning', subject, detail: `${what} ${detail}`, ...fix }, isFixedByUpdate };
}

/** Returns the observation of the secret as if it held the new key. */
function observeWith(target: SecretTarget, { secret, key }: NewKey): PresentSecret & SecretObservation {
  const content = { seen: { kind: 'text' as const, key } };
  return { kind: 'present', arn: secret.arn, described: { seen: secret }, content, target };
}

/** Returns true if the observed value isn't a key of the expected type. */
function isUnusable(observation: PresentSecret & SecretObservation, identity: Identity): boolean {
  return checkContent(observation, observation.arn ?? '', identity).some(
    ({ verdict }) => verdict === 'failed',
  );
}
