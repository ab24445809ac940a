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
import type { MediaObservation, MediaObservations } from '../observe/flow.ts';
import type { SecretObservation } from '../observe/secret.ts';
import { keyOf, targetOf } from '../observe/subjects.ts';
import type { VerifyCheck } from '../result.ts';
import { checkForeign, checksOf } from '../result.ts';
import { checkForeignRouter, checkRouter, checkRouting } from './check-router.ts';
import { flowFixes, partCommand } from './fixes.ts';
import { routerFixes, routerMessages } from './messages.ts';

type Problem = { id: VerifyId; detail: string; remedy: Fix };
type Observations = ReadonlyMap<string, SecretObservation>;

/**
 * Checks the encryption settings of a flow, router input or router output, and the other end of each connection. The secrets and
 * roles that they point to are checked separately. Pure.
 */
export function checkMedia(
  { asked, others }: MediaObservations,
  secrets: Observations,
  identity: Identity,
): VerifyCheck[] {
  if (asked.kind === 'foreign') return [checkForeignMedia(asked.arn, identity)];
  if (asked.kind === 'router') return checkRouter(asked, { others, secrets });
  const routers = [...others.values()].flatMap((other) =>
    other.kind === 'router' && seenIn(other.found) ? checkRouter(other, { others, secrets }) : [],
  );
  return [...checkFlow(asked, others, secrets), ...routers];
}

function checkForeignMedia(arn: string, identity: Identity): VerifyCheck {
  return routerKindOf(arn)
    ? checkForeignRouter(arn, identity)
    : checkForeign('flow-account', arn, identity, flowFixes.otherCredentials);
}

function checkFlow(
  { arn, found }: Extract<MediaObservation, { kind: 'flow' }>,
  others: MediaObservations['others'],
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
        others,
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
    ...placeProblems(flow, encryption),
  ];
  if (problems.length === 0) {
    return [ok('flow-encryption', (say) => say.encrypted(what, encryption.algorithm ?? encryption.keyType))];
  }
  return problems.map(({ id, detail, remedy }) => failed(id, `${what} ${detail}`, remedy));
}

/** Checks that the protocol takes this type of key (MediaConnect User Guide, "Encryption in transit"). */
function protocolProblems(flow: FlowState, part: FlowPart, encryption: FlowEncryption): Problem[] {
  const { kind, protocol } = part;
  // An entitlement has no protocol of its own, nor does a source from an entitlement.
  const takes =
    protocol === undefined || protocol.startsWith('zixi')
      ? 'static-key'
      : protocol.startsWith('srt')
        ? 'srt-password'
        : undefined;
  if (takes === encryption.keyType) return [];
  const { algorithm: _algorithm, ...rest } = encryption;
  const remedy =
    takes === 'srt-password'
      ? flowFixes.takePassword(partCommand(flow, part, { ...rest, keyType: takes }))
      : flowFixes.otherKeyType(takes);
  return [
    {
      id: 'flow-protocol',
      detail: CHECKS['flow-protocol'].words.wrongKeyType(encryption.keyType, protocol ?? kind),
      remedy,
    },
  ];
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
            remedy: flowFixes.leaveAlgorithmOut,
          },
        ];
  }
  const fitting = algorithmIn(encryption, observations);
  if (algorithm !== undefined && (fitting === undefined || fitting === algorithm)) return [];
  const remedy =
    fitting === undefined
      ? flowFixes.nameAlgorithm
      : flowFixes.takeAlgorithm(fitting, partCommand(flow, part, { ...encryption, algorithm: fitting }));
  const detail =
    algorithm === undefined
      ? CHECKS['flow-algorithm'].words.noAlgorithm
      : CHECKS['flow-algorithm'].words.otherAlgorithm(algorithm, fitting ?? '');
  return [{ id: 'flow-algorithm', detail, remedy }];
}

/** Returns the algorithm that matches the key in the secret, if it could be read and matches one. */
function algorithmIn(encryption: FlowEncryption, observations: Observations): Algorithm | undefined {
  const target = targetOf(encryption);
  const observation = target && observations.get(keyOf(target));
  const content = observation?.kind === 'there' ? seenIn(observation.content) : undefined;
  return content?.kind === 'text' ? algorithmOfLength(content.key.length) : undefined;
}

function placeProblems({ region }: FlowState, { secretArn = '', roleArn }: FlowEncryption): Problem[] {
  const there = parseSecretArn(secretArn)?.region;
  const noSecret: Problem = {
    id: 'flow-secret',
    detail: CHECKS['flow-secret'].words.noSecret,
    remedy: flowFixes.nameSecret,
  };
  const noRole: Problem = {
    id: 'flow-role',
    detail: CHECKS['flow-role'].words.noRoleNamed,
    remedy: flowFixes.nameRole,
  };
  const elsewhere = (other: string): Problem => ({
    id: 'flow-secret',
    detail: CHECKS['flow-secret'].words.secretElsewhere(other, region),
    remedy: fixes.storeHere(region),
  });
  return [
    ...(there === undefined ? [noSecret] : there === region ? [] : [elsewhere(there)]),
    ...(roleArn === undefined ? [noRole] : []),
  ];
}
