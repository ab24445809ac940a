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
import { keyOf, targetOf, transitTarget } from '../observe/subjects.ts';
import type { VerifyCheck } from '../result.ts';
import { checkPart } from './check-flow.ts';
import { routerMessages } from './messages.ts';

/** A setting of a flow, router input or router output that doesn't fit a new key of its secret. */
export interface Misfit {
  /** The check that `verify` would report, as a warning. Its subject is the flow, router input or router output. */
  check: VerifyCheck;
  /** True if updating the setting makes it fit; false if only a different key does. */
  canFollow: boolean;
}

/** The checks of a flow part that a new key can fail. */
const OF_KEY: ReadonlySet<VerifyId> = new Set(['flow-protocol', 'flow-algorithm']);

/** A new key for a secret. */
interface Coming {
  secret: SecretState;
  key: KeyMaterial;
  identity: Identity;
}

/** Returns the problems that `verify` would find in a user of a secret if the secret held this key. Pure. */
export function misfits(consumer: FlowState | RouterEndState, coming: Coming): Misfit[] {
  return 'parts' in consumer
    ? consumer.parts.flatMap((part) => misfitsOfPart(consumer, part, coming))
    : consumer.settings.flatMap((setting) => misfitsOfRouter(consumer, setting, coming));
}

function misfitsOfPart(flow: FlowState, part: FlowPart, coming: Coming): Misfit[] {
  const { encryption, transit } = part;
  const what = routerMessages.part(part.kind, part.name, part.protocol);
  return [
    ...(encryption && names(encryption, coming) ? misfitsOfEncryption(flow, part, encryption, coming) : []),
    ...(transit && isRouted(part) && names(transit, coming)
      ? misfitsOfTransit({ id: 'flow-encryption', subject: flow.arn, what }, transit, coming)
      : []),
  ];
}

function names({ secretArn = '' }: { secretArn?: string }, { secret }: Coming): boolean {
  return spellingsOf(secret.arn).includes(secretArn);
}

function misfitsOfEncryption(
  flow: FlowState,
  part: FlowPart,
  encryption: FlowEncryption,
  coming: Coming,
): Misfit[] {
  const settings = { ...encryption, secretArn: coming.secret.arn };
  const target = targetOf(settings);
  if (!target) return [];
  const observation = observeWith(target, coming);
  const what = routerMessages.part(part.kind, part.name, part.protocol);
  const about = { id: 'flow-encryption' as const, subject: flow.arn, what };
  if (unusable(observation, coming.identity)) {
    return [misfit(about, messages.takesKeyType(encryption.keyType), messages.changeKeyType, true)];
  }
  return checkPart(flow, { ...part, encryption: settings }, new Map([[keyOf(target), observation]]))
    .filter(({ id, verdict }) => verdict === 'failed' && OF_KEY.has(id))
    .map((check) => ({ check: { ...check, verdict: 'warning', subject: flow.arn }, canFollow: true }));
}

function misfitsOfRouter(end: RouterEndState, setting: RouterSetting, coming: Coming): Misfit[] {
  const about = { id: 'router-encryption' as const, subject: end.arn, what: setting.path };
  if (setting.kind === 'transit') {
    return names(setting.transit, coming) ? misfitsOfTransit(about, setting.transit, coming) : [];
  }
  if (!names(setting, coming)) return [];
  const target = targetOf({ keyType: 'srt-password', secretArn: coming.secret.arn });
  const isUnusable = target !== undefined && unusable(observeWith(target, coming), coming.identity);
  return isUnusable
    ? [misfit(about, messages.takesKeyType('srt-password'), messages.storePassword, false)]
    : [];
}

function misfitsOfTransit(about: About, transit: TransitEncryption, coming: Coming): Misfit[] {
  const target = transitTarget({ ...transit, secretArn: coming.secret.arn });
  return target && unusable(observeWith(target, coming), coming.identity)
    ? [misfit(about, messages.transitTakes, messages.storeLongKey, false)]
    : [];
}

interface About {
  id: VerifyId;
  subject: string;
  /** Its name in check messages. */
  what: string;
}

function misfit({ id, subject, what }: About, detail: string, remedy: Fix, canFollow: boolean): Misfit {
  return { check: { id, verdict: 'warning', subject, detail: `${what} ${detail}`, ...remedy }, canFollow };
}

/** Returns the observation of the secret as if it held the new key. */
function observeWith(target: SecretTarget, { secret, key }: Coming): PresentSecret & SecretObservation {
  const content = { seen: { kind: 'text' as const, key } };
  return { kind: 'there', arn: secret.arn, described: { seen: secret }, content, target };
}

/** Returns true if such a setting can't use the value. */
function unusable(observation: PresentSecret & SecretObservation, identity: Identity): boolean {
  return checkContent(observation, observation.arn ?? '', identity).some(
    ({ verdict }) => verdict === 'failed',
  );
}
