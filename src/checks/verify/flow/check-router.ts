import { parseArn, parseSecretArn } from '../../../aws/arn.ts';
import type { FlowPart, TransitEncryption } from '../../../aws/mediaconnect/flows.ts';
import type { RouterSetting, RouterState } from '../../../aws/mediaconnect/routers.ts';
import { seenIn } from '../../../aws/session.ts';
import type { Fix } from '../../../failure.ts';
import { routerMessages as messages } from '../../catalog/flow-checks.ts';
import { fixes, routerFixes, type VerifyId } from '../../catalog/index.ts';
import { type FlowOrRouterObservation, type FlowOrRouterObservations, isRouted } from '../observe/flow.ts';
import type { SecretObservations } from '../observe/secret.ts';
import { targetIdOf, transitTarget } from '../observe/subjects.ts';
import { checksOf, type VerifyCheck } from '../result.ts';

/** What a resource is compared with: the resources at the other ends of its connections, and the secrets. */
export interface RelatedObservations {
  connected: FlowOrRouterObservations['connected'];
  secrets: SecretObservations;
}

/** The subject of a check: a part of a flow, or a router input or output. */
interface About {
  /** The start of the check IDs. */
  kind: 'flow' | 'router';
  subject: string;
  region: string;
  /** Its name in check messages. */
  what: string;
}

/** Checks a router input or output that was requested or that a flow is connected to. Pure. */
export function checkRouter(
  { arn, found }: Extract<FlowOrRouterObservation, { kind: 'router' }>,
  related: RelatedObservations,
): VerifyCheck[] {
  const { ok, failed, unseen, warning } = checksOf(arn);
  if ('unseen' in found) return [unseen('router-exists', found.unseen)];
  const end = found.seen;
  if (!end) return [failed('router-exists', messages.none, routerFixes.checkArn)];
  const settings = end.settings.flatMap((setting) => {
    const about = aboutRouter(end, setting.path);
    return setting.kind === 'transit' ? checkTransit(about, setting.transit) : checkSrt(about, setting);
  });
  return [
    ...end.messages.map((text) => warning('router-messages', messages.message(text), routerFixes.message)),
    ok('router-exists', (words) => words.exists),
    ...(settings.length > 0 ? settings : [ok('router-encryption', messages.openRouter(end.name))]),
    ...checkFlowEnd(end, related),
  ];
}

function aboutRouter(end: RouterState, path: string): About {
  return { kind: 'router', subject: end.arn, region: end.region, what: path };
}

/** Checks a flow part's settings for routers, and the other end. */
export function checkRouting(
  part: FlowPart,
  region: string,
  what: string,
  related: RelatedObservations,
): VerifyCheck[] {
  const about: About = { kind: 'flow', subject: part.arn, region, what };
  if (!isRouted(part))
    return part.transit ? [checksOf(part.arn).ok('flow-encryption', messages.disabled(what))] : [];
  return [
    ...(part.transit ? checkTransit(about, part.transit) : []),
    ...(part.connectedTo ? checkRouterEnd(about, part, part.connectedTo, related) : []),
  ];
}

function checkTransit(about: About, transit: TransitEncryption): VerifyCheck[] {
  const { ok } = checksOf(about.subject);
  const id: VerifyId = `${about.kind}-encryption`;
  if (transit.keyType === 'AUTOMATIC') return [ok(id, messages.automatic(about.what))];
  if (transit.keyType !== 'SECRETS_MANAGER')
    return [ok(id, messages.otherKeyType(about.what, transit.keyType))];
  const problems = problemsOf(about, transit);
  return problems.length > 0 ? problems : [ok(id, messages.transit(about.what))];
}

function checkSrt(about: About, setting: { secretArn?: string; roleArn?: string }): VerifyCheck[] {
  const problems = problemsOf(about, setting);
  const id: VerifyId = `${about.kind}-encryption`;
  return problems.length > 0 ? problems : [checksOf(about.subject).ok(id, messages.srt(about.what))];
}

/** Returns problems of a setting on its own. What it points to is checked separately, including the length of the key. */
function problemsOf(
  { kind, subject, region, what }: About,
  { secretArn = '', roleArn }: { secretArn?: string; roleArn?: string },
): VerifyCheck[] {
  const { failed } = checksOf(subject);
  const problem = (id: VerifyId, detail: string, fix: Fix) => failed(id, `${what} ${detail}`, fix);
  const secretId: VerifyId = `${kind}-secret`;
  const roleId: VerifyId = `${kind}-role`;
  const secretRegion = parseSecretArn(secretArn)?.region;
  const path = parseArn(roleArn ?? '')?.resource.replace(/^role|[^/]+$/g, '') ?? '/';
  const problems: VerifyCheck[] = [];
  if (secretRegion === undefined) problems.push(problem(secretId, messages.noSecret, routerFixes.nameSecret));
  else if (secretRegion !== region)
    problems.push(problem(secretId, messages.secretElsewhere(secretRegion, region), fixes.storeHere(region)));
  if (roleArn === undefined) problems.push(problem(roleId, messages.noRole, routerFixes.nameRole));
  if (path !== '/') problems.push(problem(roleId, messages.rolePath(path), routerFixes.noPath));
  return problems;
}

/** Checks a part of a flow against the router input or output that it is connected to. */
function checkRouterEnd(
  about: About,
  { transit }: FlowPart,
  arn: string,
  { connected, secrets }: RelatedObservations,
): VerifyCheck[] {
  const otherEnd = otherEndOf(about, connected.get(arn), arn);
  if (otherEnd.checks) return otherEnd.checks;
  if (otherEnd.kind !== 'router') return [];
  const setting = flowSetting(otherEnd.router);
  const far = setting?.kind === 'transit' ? setting.transit : undefined;
  return compareEnds(about, { near: transit, far, arn }, secrets);
}

/** Checks a router input or output against the part of a flow that it is connected to. */
function checkFlowEnd(end: RouterState, related: RelatedObservations): VerifyCheck[] {
  const { connected, secrets } = related;
  const { flowArn, partArn } = end.connectedTo ?? {};
  const setting = flowSetting(end);
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
  if (!isRouted(part))
    return [failed('router-other-end', messages.endDisabled(about.what, part.arn), routerFixes.enable)];
  const { ok, warning } = checksOf(flowArn);
  return [
    ...otherEnd.flow.errors.map((text) =>
      warning('flow-messages', messages.message(text), routerFixes.message),
    ),
    ok('flow-exists', (words) => words.exists),
    // Without the connection, which `compareEnds` checks.
    ...checkRouting({ ...part, connectedTo: undefined }, end.region, `${part.kind} ${part.name}`, related),
    ...compareEnds(about, { near: setting.transit, far: part.transit, arn: part.arn }, secrets),
  ];
}

/** Returns a router's encryption setting for the flow that it is connected to. */
function flowSetting({ settings }: RouterState): RouterSetting | undefined {
  return settings.find(({ path }) => path.startsWith('configuration.mediaConnectFlow.'));
}

/** Returns the other end, or the check that says why it could not be read. */
function otherEndOf(about: About, observation: FlowOrRouterObservation | undefined, arn: string) {
  const { failed, unseen, undecided } = checksOf(about.subject);
  const id: VerifyId = `${about.kind}-other-end`;
  if (!observation || observation.kind === 'foreign')
    return { checks: [undecided(id, messages.foreignEnd(arn))] };
  if ('unseen' in observation.found) return { checks: [unseen(id, observation.found.unseen)] };
  if (!observation.found.seen)
    return { checks: [failed(id, messages.noOtherEnd(about.what, arn), routerFixes.connectAgain)] };
  return 'parts' in observation.found.seen
    ? { kind: 'flow' as const, flow: observation.found.seen }
    : { kind: 'router' as const, router: observation.found.seen };
}

/**
 * Checks whether both ends of a connection have the same key type and, if they use secrets, the same key. `near` is the setting of
 * the subject, `far` that of the other end `arn`.
 */
function compareEnds(
  { kind, subject, what }: About,
  { near, far, arn }: { near?: TransitEncryption; far?: TransitEncryption; arn: string },
  secrets: SecretObservations,
): VerifyCheck[] {
  const { ok, failed, unseen, undecided } = checksOf(subject);
  const id: VerifyId = `${kind}-other-end`;
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
  return nearKey.key.equals(farKey.key, 'static-key')
    ? [ok(id, messages.matches(what, arn))]
    : [failed(id, messages.otherKey(what, arn), routerFixes.sameKey)];
}
