import { parseSecretArn } from '../../../aws/arn.ts';
import type { FlowEncryption, FlowPart, FlowState } from '../../../aws/mediaconnect/flows.ts';
import { routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import type { Identity } from '../../../aws/session.ts';
import { seenIn } from '../../../aws/session.ts';
import type { Fix } from '../../../failure.ts';
import { type Algorithm, algorithmOfLength } from '../../../key/index.ts';
import type { VerifyId } from '../../catalog/index.ts';
import { CHECKS } from '../../catalog/index.ts';
import { fixes } from '../fixes.ts';
import type { FlowOrRouterObservation, FlowOrRouterObservations } from '../observe/flow.ts';
import type { SecretObservation } from '../observe/secret.ts';
import { targetIdOf, targetOf } from '../observe/subjects.ts';
import type { VerifyCheck } from '../result.ts';
import { checkForeign, checksOf } from '../result.ts';
import { checkForeignRouter, checkRouter, checkRouting } from './check-router.ts';
import { flowFixes, partCommand } from './fixes.ts';
import { routerFixes, routerMessages } from './messages.ts';

type Problem = { id: VerifyId; detail: string; fix: Fix };
type Observations = ReadonlyMap<string, SecretObservation>;

/**
 * Checks the encryption settings of a flow, router input or router output, and the other end of each connection. The secrets and
 * roles that they point to are checked separately. Pure.
 */
export function checkFlowOrRouter(
  { requested, connected }: FlowOrRouterObservations,
  secrets: Observations,
  identity: Identity,
): VerifyCheck[] {
  if (requested.kind === 'foreign') return [checkForeignResource(requested.arn, identity)];
  if (requested.kind === 'router') return checkRouter(requested, { connected, secrets });
  const routers = [...connected.values()].flatMap((other) =>
    other.kind === 'router' && seenIn(other.found) ? checkRouter(other, { connected, secrets }) : [],
  );
  return [...checkFlow(requested, connected, secrets), ...routers];
}

function checkForeignResource(arn: string, identity: Identity): VerifyCheck {
  return routerKindOf(arn)
    ? checkForeignRouter(arn, identity)
    : checkForeign('flow-account', arn, identity, flowFixes.otherCredentials);
}

function checkFlow(
  { arn, found }: Extract<FlowOrRouterObservation, { kind: 'flow' }>,
  connected: FlowOrRouterObservations['connected'],
  secrets: Observations,
): VerifyCheck[] {
  const { ok, failed, unseen } = checksOf(arn);
  if ('unseen' in found) return [unseen('flow-exists', found.unseen)];
  const flow = found.seen;
  if (!flow) return [failed('flow-exists', (say) => say.noFlow, flowFixes.checkArn)];
  return [
    // MediaConnect's own diagnosis comes first.
    ...flow.errors.map((text) => failed('flow-messages', routerMessages.message(text), routerFixes.message)),
    ok('flow-exists', (say) => say.exists),
    ...flow.parts.flatMap((part) => [
      ...(part.encryption || !part.transit ? checkPart(flow, part, secrets) : []),
      ...checkRouting(part, flow.region, routerMessages.part(part.kind, part.name, part.protocol), {
        connected,
        secrets,
      }),
    ]),
  ];
}

/** Checks the encryption settings of a part of a flow. */
export function checkPart(flow: FlowState, part: FlowPart, observations: Observations): VerifyCheck[] {
  const { ok, failed } = checksOf(part.arn);
  const what = routerMessages.part(part.kind, part.name, part.protocol);
  const { encryption } = part;
  if (!encryption) return [ok('flow-encryption', (say) => say.notEncrypted(what))];
  if (encryption.keyType === 'speke') return [ok('flow-encryption', (say) => say.speke(what))];
  const problems = [
    ...protocolProblems(flow, part, encryption),
    ...algorithmProblems(flow, part, encryption, observations),
    ...secretAndRoleProblems(flow, encryption),
  ];
  if (problems.length === 0) {
    return [ok('flow-encryption', (say) => say.encrypted(what, encryption.algorithm ?? encryption.keyType))];
  }
  return problems.map(({ id, detail, fix }) => failed(id, `${what} ${detail}`, fix));
}

/** Checks that the protocol takes this type of key (MediaConnect User Guide, "Encryption in transit"). */
function protocolProblems(flow: FlowState, part: FlowPart, encryption: FlowEncryption): Problem[] {
  const { kind, protocol } = part;
  const acceptedKeyType = keyTypeFor(protocol);
  if (acceptedKeyType === encryption.keyType) return [];
  const { algorithm: _algorithm, ...rest } = encryption;
  const fix =
    acceptedKeyType === 'srt-password'
      ? flowFixes.takePassword(partCommand(flow, part, { ...rest, keyType: acceptedKeyType }))
      : flowFixes.otherKeyType(acceptedKeyType);
  return [
    {
      id: 'flow-protocol',
      detail: CHECKS['flow-protocol'].words.wrongKeyType(encryption.keyType, protocol ?? kind),
      fix,
    },
  ];
}

/** Returns the key type that a protocol takes; undefined if it takes none. */
function keyTypeFor(protocol: string | undefined): 'static-key' | 'srt-password' | undefined {
  // An entitlement has no protocol of its own, nor does a source from an entitlement.
  if (protocol === undefined || protocol.startsWith('zixi')) return 'static-key';
  return protocol.startsWith('srt') ? 'srt-password' : undefined;
}

function algorithmProblems(
  flow: FlowState,
  part: FlowPart,
  encryption: FlowEncryption,
  observations: Observations,
): Problem[] {
  const { keyType, algorithm } = encryption;
  if (keyType === 'srt-password') {
    return algorithm === undefined
      ? []
      : [
          {
            id: 'flow-algorithm',
            detail: CHECKS['flow-algorithm'].words.passwordWithAlgorithm,
            fix: flowFixes.leaveAlgorithmOut,
          },
        ];
  }
  const matchingAlgorithm = algorithmIn(encryption, observations);
  if (algorithm !== undefined && (matchingAlgorithm === undefined || matchingAlgorithm === algorithm))
    return [];
  const fix =
    matchingAlgorithm === undefined
      ? flowFixes.nameAlgorithm
      : flowFixes.takeAlgorithm(
          matchingAlgorithm,
          partCommand(flow, part, { ...encryption, algorithm: matchingAlgorithm }),
        );
  const detail =
    algorithm === undefined
      ? CHECKS['flow-algorithm'].words.noAlgorithm
      : CHECKS['flow-algorithm'].words.otherAlgorithm(algorithm, matchingAlgorithm ?? '');
  return [{ id: 'flow-algorithm', detail, fix }];
}

/** Returns the algorithm that matches the key in the secret, if it could be read and matches one. */
function algorithmIn(encryption: FlowEncryption, observations: Observations): Algorithm | undefined {
  const target = targetOf(encryption);
  const observation = target && observations.get(targetIdOf(target));
  const content = observation?.kind === 'present' ? seenIn(observation.content) : undefined;
  return content?.kind === 'text' ? algorithmOfLength(content.key.length) : undefined;
}

/** Checks that the settings name a role, and a secret in the Region of the flow. */
function secretAndRoleProblems(
  { region }: FlowState,
  { secretArn = '', roleArn }: FlowEncryption,
): Problem[] {
  const secretRegion = parseSecretArn(secretArn)?.region;
  const noSecret: Problem = {
    id: 'flow-secret',
    detail: CHECKS['flow-secret'].words.noSecret,
    fix: flowFixes.nameSecret,
  };
  const noRole: Problem = {
    id: 'flow-role',
    detail: CHECKS['flow-role'].words.noRoleNamed,
    fix: flowFixes.nameRole,
  };
  const elsewhere = (other: string): Problem => ({
    id: 'flow-secret',
    detail: CHECKS['flow-secret'].words.secretElsewhere(other, region),
    fix: fixes.storeHere(region),
  });
  return [
    ...(secretRegion === undefined ? [noSecret] : []),
    ...(secretRegion !== undefined && secretRegion !== region ? [elsewhere(secretRegion)] : []),
    ...(roleArn === undefined ? [noRole] : []),
  ];
}
