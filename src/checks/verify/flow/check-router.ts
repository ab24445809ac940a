import { parseArn, parseSecretArn } from '../../../aws/arn.ts';
import type { FlowPart, TransitEncryption } from '../../../aws/mediaconnect/flows.ts';
import { type RouterEndState, routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import type { Identity } from '../../../aws/session.ts';
import { seenIn } from '../../../aws/session.ts';
import type { Fix } from '../../../failure.ts';
import type { VerifyId } from '../../catalog/index.ts';
import { fixes } from '../fixes.ts';
import { type FlowOrRouterObservation, type FlowOrRouterObservations, isRouted } from '../observe/flow.ts';
import type { SecretObservation } from '../observe/secret.ts';
import { targetIdOf, transitTarget } from '../observe/subjects.ts';
import type { VerifyCheck } from '../result.ts';
import { checkForeign, checksOf } from '../result.ts';
import { routerMessages as messages, routerFixes } from './messages.ts';

type Observations = ReadonlyMap<string, SecretObservation>;

/** The subject of a check: a part of a flow, or a router input or output. */
interface About {
  ids: Record<'encryption' | 'secret' | 'role' | 'otherEnd', VerifyId>;
  subject: string;
  region: string;
  /** Its name in check messages. */
  what: string;
}

const OF_FLOW = {
  encryption: 'flow-encryption',
  secret: 'flow-secret',
  role: 'flow-role',
  otherEnd: 'flow-other-end',
} as const;
const OF_ROUTER = {
  encryption: 'router-encryption',
  secret: 'router-secret',
  role: 'router-role',
  otherEnd: 'router-other-end',
} as const;

/** Checks a router input or output that was requested or that a flow is connected to. Pure. */
export function checkRouter(
  observation: Extract<FlowOrRouterObservation, { kind: 'router' }>,
  { connected, secrets }: { connected: FlowOrRouterObservations['connected']; secrets: Observations },
): VerifyCheck[] {
  const { ok, failed, unseen, warning } = checksOf(observation.arn);
  const { found } = observation;
  if ('unseen' in found) return [unseen('router-exists', found.unseen)];
  const end = found.seen;
  if (!end) {
    const kind = routerKindOf(observation.arn) ?? 'routerInput';
    return [failed('router-exists', messages.none(kind), routerFixes.checkArn)];
  }
  const settings = end.settings.flatMap((setting) => {
    const about = aboutRouter(end, setting.path);
    return setting.kind === 'transit' ? checkTransit(about, setting.transit) : checkSrt(about, setting);
  });
  return [
    ...end.messages.map((text) => warning('router-messages', messages.message(text), routerFixes.message)),
    ok('router-exists', (say) => say.exists),
    ...(settings.length > 0 ? settings : [ok('router-encryption', messages.openRouter(end.name))]),
    ...checkFlowEnd(end, connected, secrets),
  ];
}

/** Returns the failed check for a resource in another account or partition. */
export function checkForeignRouter(arn: string, identity: Identity): VerifyCheck {
  return checkForeign('router-account', arn, identity, routerFixes.otherCredentials);
}

function aboutRouter(end: RouterEndState, path: string): About {
  return { ids: OF_ROUTER, subject: end.arn, region: end.region, what: path };
}

/** Checks a flow part's settings for routers, and the other end. */
export function checkRouting(
  part: FlowPart,
  region: string,
  what: string,
  { connected, secrets }: { connected: FlowOrRouterObservations['connected']; secrets: Observations },
): VerifyCheck[] {
  const about = { ids: OF_FLOW, subject: part.arn, region, what };
  if (!isRouted(part))
    return part.transit ? [checksOf(part.arn).ok('flow-encryption', messages.disabled(what))] : [];
  return [
    ...(part.transit ? checkTransit(about, part.transit) : []),
    ...(part.connectedTo ? checkRouterEnd(about, part, part.connectedTo, { connected, secrets }) : []),
  ];
}

function checkTransit(about: About, transit: TransitEncryption): VerifyCheck[] {
  const { ok } = checksOf(about.subject);
  const { ids, what } = about;
  if (transit.keyType === 'AUTOMATIC') return [ok(ids.encryption, messages.automatic(what))];
  if (transit.keyType !== 'SECRETS_MANAGER')
    return [ok(ids.encryption, messages.otherKeyType(what, transit.keyType))];
  const problems = problemsOf(about, transit);
  return problems.length > 0 ? problems : [ok(ids.encryption, messages.transit(what))];
}

function checkSrt(about: About, key: { secretArn?: string; roleArn?: string }): VerifyCheck[] {
  const problems = problemsOf(about, key);
  if (problems.length > 0) return problems;
  return [checksOf(about.subject).ok(about.ids.encryption, messages.srt(about.what))];
}

/** Returns problems of a setting on its own. What it points to is checked separately, including the length of the key. */
function problemsOf(
  { ids, subject, region, what }: About,
  { secretArn = '', roleArn }: { secretArn?: string; roleArn?: string },
): VerifyCheck[] {
  const { failed } = checksOf(subject);
  const problem = (id: VerifyId, detail: string, fix: Fix) => failed(id, `${what} ${detail}`, fix);
  const secretRegion = parseSecretArn(secretArn)?.region;
  const path = parseArn(roleArn ?? '')?.resource.replace(/^role|[^/]+$/g, '') ?? '/';
  return [
    ...(secretRegion === undefined ? [problem(ids.secret, messages.noSecret, routerFixes.nameSecret)] : []),
    ...(secretRegion !== undefined && secretRegion !== region
      ? [problem(ids.secret, messages.secretElsewhere(secretRegion, region), fixes.storeHere(region))]
      : []),
    ...(roleArn === undefined ? [problem(ids.role, messages.noRole, routerFixes.nameRole)] : []),
    ...(path === '/' ? [] : [problem(ids.role, messages.rolePath(path), routerFixes.noPath)]),
  ];
}

/** Checks a part of a flow against the router input or output that it is connected to. */
function checkRouterEnd(
  about: About,
  { transit }: FlowPart,
  arn: string,
  { connected, secrets }: { connected: FlowOrRouterObservations['connected']; secrets: Observations },
): VerifyCheck[] {
  const end = otherEndOf(about, connected.get(arn), arn);
  if (end.checks) return end.checks;
  if (end.kind !== 'router') return [];
  const setting = end.router.settings.find(({ path }) => path.startsWith('configuration.mediaConnectFlow.'));
  return compareEnds(
    about,
    { near: transit, far: setting?.kind === 'transit' ? setting.transit : undefined, arn },
    secrets,
  );
}

/** Checks a router input or output against the part of a flow that it is connected to. */
function checkFlowEnd(
  end: RouterEndState,
  connected: FlowOrRouterObservations['connected'],
  secrets: Observations,
): VerifyCheck[] {
  const { flowArn, partArn } = end.connectedTo ?? {};
  const setting = end.settings.find(({ path }) => path.startsWith('configuration.mediaConnectFlow.'));
  // If a flow was requested, the check is made from the flow's side.
  if (flowArn === undefined || setting?.kind !== 'transit' || !connected.has(flowArn)) return [];
  const about = aboutRouter(end, setting.path);
  const { failed } = checksOf(end.arn);
  const otherEnd = otherEndOf(about, connected.get(flowArn), flowArn);
  if (otherEnd.checks) return otherEnd.checks;
  if (otherEnd.kind !== 'flow') return [];
  const part = otherEnd.flow.parts.find((each) => each.arn === partArn);
  if (!part) {
    const detail = messages.noPart(about.what, partArn ?? flowArn);
    return [failed('router-other-end', detail, routerFixes.connectAgain)];
  }
  if (!isRouted(part)) {
    return [failed('router-other-end', messages.endDisabled(about.what, part.arn), routerFixes.enable)];
  }
  const { ok, warning } = checksOf(flowArn);
  return [
    ...otherEnd.flow.errors.map((text) =>
      warning('flow-messages', messages.message(text), routerFixes.message),
    ),
    ok('flow-exists', (say) => say.exists),
    ...checkRouting({ ...part, connectedTo: '' }, end.region, `${part.kind} ${part.name}`, {
      connected,
      secrets,
    }),
    ...compareEnds(about, { near: setting.transit, far: part.transit, arn: part.arn }, secrets),
  ];
}

/** Returns the other end, or the check that says why it could not be read. */
function otherEndOf(about: About, observation: FlowOrRouterObservation | undefined, arn: string) {
  const { failed, unseen, undecided } = checksOf(about.subject);
  const id = about.ids.otherEnd;
  if (!observation || observation.kind === 'foreign')
    return { checks: [undecided(id, messages.foreignEnd(arn))] };
  if ('unseen' in observation.found) return { checks: [unseen(id, observation.found.unseen)] };
  if (!observation.found.seen)
    return { checks: [failed(id, messages.noOtherEnd(about.what, arn), routerFixes.connectAgain)] };
  return 'parts' in observation.found.seen
    ? { kind: 'flow' as const, flow: observation.found.seen }
    : { kind: 'router' as const, router: observation.found.seen };
}

/** Checks whether both ends of a connection have the same key type and, if they use secrets, the same key. */
function compareEnds(
  { ids, subject, what }: About,
  {
    near,
    far,
    arn,
  }: { near: TransitEncryption | undefined; far: TransitEncryption | undefined; arn: string },
  secrets: Observations,
): VerifyCheck[] {
  const { ok, failed, unseen, undecided } = checksOf(subject);
  const id = ids.otherEnd;
  if (!near && !far) return [];
  if (!far) return [failed(id, messages.noSetting(what, arn), routerFixes.sameKeyType)];
  const [nearKeyType, farKeyType] = [near?.keyType ?? 'AUTOMATIC', far.keyType];
  if (nearKeyType !== farKeyType)
    return [failed(id, messages.differ(what, nearKeyType, arn, farKeyType), routerFixes.sameKeyType)];
  if (nearKeyType !== 'SECRETS_MANAGER' || near?.secretArn === far.secretArn)
    return [ok(id, messages.matches(what, arn))];
  const [nearContent, farContent] = [near, far].map((each) => {
    const target = each && transitTarget(each);
    const observation = target && secrets.get(targetIdOf(target));
    return observation?.kind === 'present' ? observation.content : undefined;
  });
  const unread = [nearContent, farContent].find((each) => each && 'unseen' in each);
  if (unread && 'unseen' in unread) return [unseen(id, unread.unseen)];
  const [nearKey, farKey] = [seenIn(nearContent), seenIn(farContent)];
  if (nearKey?.kind !== 'text' || farKey?.kind !== 'text')
    return [undecided(id, messages.keyUnknown(what, arn))];
  return nearKey.key.sameKey(farKey.key, 'static-key')
    ? [ok(id, messages.matches(what, arn))]
    : [failed(id, messages.otherKey(what, arn), routerFixes.sameKey)];
}
