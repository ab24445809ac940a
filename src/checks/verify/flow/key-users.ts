import type {
  FlowEncryption,
  FlowPart,
  FlowState,
  TransitEncryption,
} from '../../../aws/mediaconnect/flows.ts';
import type { RouterSetting, RouterState } from '../../../aws/mediaconnect/routers.ts';
import type { SecretState } from '../../../aws/secrets/index.ts';
import { userMessages as messages } from '../../../aws/secrets/messages.ts';
import { spellingsOf } from '../../../aws/secrets/users.ts';
import type { Identity } from '../../../aws/session.ts';
import type { Fix } from '../../../failure.ts';
import type { KeyMaterial } from '../../../key/index.ts';
import { routerMessages } from '../../catalog/flow-checks.ts';
import type { VerifyId } from '../../catalog/index.ts';
import { checkContent } from '../check-value.ts';
import { isRouted } from '../observe/flow.ts';
import type { PresentSecret, SecretTarget } from '../observe/secret.ts';
import { targetIdOf, targetOf, transitTarget } from '../observe/subjects.ts';
import type { VerifyCheck } from '../result.ts';
import { checkPart } from './check-flow.ts';

/** A setting of a flow, router input or router output that doesn't fit a new key of its secret. */
export interface Misfit {
  /** The check that `verify` would report, as a warning. Its subject is the flow, router input or router output. */
  check: VerifyCheck;
  /** True if updating the setting makes it fit; false if only a different key does. */
  isFixedByUpdate: boolean;
}

/** The checks of a flow part that depend on the key. */
const KEY_CHECKS: ReadonlySet<VerifyId> = new Set(['flow-protocol', 'flow-algorithm']);

/** A new key for a secret, and the caller's identity. */
interface NewKey {
  secret: SecretState;
  key: KeyMaterial;
  identity: Identity;
}

/**
 * Returns the problems that `verify` would find in a flow, router input or router output that uses the secret, if the secret held
 * the new key. Pure.
 */
export function misfits(consumer: FlowState | RouterState, newKey: NewKey): Misfit[] {
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
  if (isUnusable(target, newKey)) {
    const what = routerMessages.part(part.kind, part.name, part.protocol);
    const about: About = { id: 'flow-encryption', subject: flow.arn, what };
    const check = warningAbout(about, messages.takesKeyType(encryption.keyType), messages.changeKeyType);
    return [{ check, isFixedByUpdate: true }];
  }
  const secrets = new Map([[targetIdOf(target), observeWith(target, newKey)]]);
  return checkPart(flow, { ...part, encryption: settings }, secrets)
    .filter(({ id, verdict }) => verdict === 'failed' && KEY_CHECKS.has(id))
    .map((check) => ({ check: { ...check, verdict: 'warning', subject: flow.arn }, isFixedByUpdate: true }));
}

function misfitsOfRouter(end: RouterState, setting: RouterSetting, newKey: NewKey): Misfit[] {
  const about: About = { id: 'router-encryption', subject: end.arn, what: setting.path };
  const encryption = setting.kind === 'transit' ? setting.transit : setting;
  if (!usesSecret(encryption, newKey)) return [];
  if (setting.kind === 'transit') return misfitsOfTransit(about, setting.transit, newKey);
  const target = targetOf({ keyType: 'srt-password', secretArn: newKey.secret.arn });
  if (!target || !isUnusable(target, newKey)) return [];
  const check = warningAbout(about, messages.takesKeyType('srt-password'), messages.storePassword);
  return [{ check, isFixedByUpdate: false }];
}

function misfitsOfTransit(about: About, transit: TransitEncryption, newKey: NewKey): Misfit[] {
  const target = transitTarget({ ...transit, secretArn: newKey.secret.arn });
  if (!target || !isUnusable(target, newKey)) return [];
  const check = warningAbout(about, messages.transitTakes, messages.storeLongKey);
  return [{ check, isFixedByUpdate: false }];
}

/** The setting that a check is about. */
interface About {
  id: VerifyId;
  subject: string;
  /** Its name in check messages. */
  what: string;
}

function warningAbout({ id, subject, what }: About, detail: string, fix: Fix): VerifyCheck {
  return { id, verdict: 'warning', subject, detail: `${what} ${detail}`, ...fix };
}

/** Returns true if the new key isn't a key of the expected type. */
function isUnusable(target: SecretTarget, newKey: NewKey): boolean {
  const checks = checkContent(observeWith(target, newKey), newKey.secret.arn, newKey.identity);
  return checks.some(({ verdict }) => verdict === 'failed');
}

/** Returns the observation of the secret as if it held the new key. */
function observeWith(target: SecretTarget, { secret, key }: NewKey): PresentSecret {
  const content = { seen: { kind: 'text' as const, key } };
  return { kind: 'present', arn: secret.arn, described: { seen: secret }, content, target };
}
