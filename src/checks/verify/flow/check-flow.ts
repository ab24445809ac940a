import { parseSecretArn } from '../../../aws/arn.ts';
import { seenIn } from '../../../aws/look.ts';
import type { FlowEncryption, FlowPart, FoundFlow } from '../../../aws/mediaconnect/flows.ts';
import { routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import type { Identity } from '../../../aws/session.ts';
import type { Remedy } from '../../../failure.ts';
import { type Algorithm, algorithmOfLength } from '../../../key/index.ts';
import { remedies } from '../fixes.ts';
import { verifyWords as words } from '../messages.ts';
import type { MediaSight, MediaSights } from '../observe/flow.ts';
import type { SecretSight } from '../observe/secret.ts';
import { keyOf, targetOf } from '../observe/subjects.ts';
import { checksOf, judgeForeign } from '../result.ts';
import type { VerifyCheck, VerifyId } from '../types.ts';
import { judgeForeignRouter, judgeRouter, judgeRouting } from './check-router.ts';
import { flowRemedies, partCommand } from './fixes.ts';
import { routerRemedies, routerWords } from './messages.ts';

type Problem = { id: VerifyId; detail: string; remedy: Remedy };
type Sights = ReadonlyMap<string, SecretSight>;

/**
 * The checks of the encryption settings of a flow, a router input or a router output, and of the other end of each connection; what
 * they point to is judged by itself. Pure.
 */
export function judgeMedia(
  { asked, others }: MediaSights,
  secrets: Sights,
  identity: Identity,
): VerifyCheck[] {
  if (asked.kind === 'foreign') return [judgeForeignMedia(asked.arn, identity)];
  if (asked.kind === 'router') return judgeRouter(asked, { others, secrets });
  const routers = [...others.values()].flatMap((other) =>
    other.kind === 'router' && seenIn(other.found) ? judgeRouter(other, { others, secrets }) : [],
  );
  return [...judgeFlow(asked, others, secrets), ...routers];
}

function judgeForeignMedia(arn: string, identity: Identity): VerifyCheck {
  return routerKindOf(arn)
    ? judgeForeignRouter(arn, identity)
    : judgeForeign('flow-account', arn, identity, flowRemedies.otherCredentials);
}

function judgeFlow(
  { arn, found }: Extract<MediaSight, { kind: 'flow' }>,
  others: MediaSights['others'],
  secrets: Sights,
): VerifyCheck[] {
  const { ok, failed, unseen } = checksOf(arn);
  if ('unseen' in found) return [unseen('flow-exists', found.unseen)];
  const flow = found.seen;
  if (!flow) return [failed('flow-exists', words.noFlow, flowRemedies.checkArn)];
  return [
    // MediaConnect's own diagnosis comes first.
    ...flow.errors.map((text) => failed('flow-messages', routerWords.message(text), routerRemedies.message)),
    ok('flow-exists', words.exists),
    ...flow.parts.flatMap((part) => [
      ...(part.encryption || !part.transit ? judgePart(flow, part, secrets) : []),
      ...judgeRouting(part, flow.region, words.part(part.kind, part.name, part.protocol), {
        others,
        secrets,
      }),
    ]),
  ];
}

/** The checks of the encryption settings that a part of a flow has itself. */
export function judgePart(flow: FoundFlow, part: FlowPart, sights: Sights): VerifyCheck[] {
  const { ok, failed } = checksOf(part.arn);
  const what = words.part(part.kind, part.name, part.protocol);
  const { encryption } = part;
  if (!encryption) return [ok('flow-encryption', words.notEncrypted(what))];
  if (encryption.keyType === 'speke') return [ok('flow-encryption', words.speke(what))];
  const problems = [
    ...protocolProblems(flow, part, encryption),
    ...algorithmProblems(flow, part, encryption, sights),
    ...placeProblems(flow, encryption),
  ];
  if (problems.length === 0) {
    return [ok('flow-encryption', words.encrypted(what, encryption.algorithm ?? encryption.keyType))];
  }
  return problems.map(({ id, detail, remedy }) => failed(id, `${what} ${detail}`, remedy));
}

/** MediaConnect User Guide, "Encryption in transit": which protocols take which kind of key. */
function protocolProblems(flow: FoundFlow, part: FlowPart, encryption: FlowEncryption): Problem[] {
  const { kind, protocol } = part;
  // An entitlement, and a source that comes through one, have no protocol of their own.
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
      ? flowRemedies.takePassword(partCommand(flow, part, { ...rest, keyType: takes }))
      : flowRemedies.otherKeyType(takes);
  return [{ id: 'flow-protocol', detail: words.wrongKeyType(encryption.keyType, protocol ?? kind), remedy }];
}

function algorithmProblems(
  flow: FoundFlow,
  part: FlowPart,
  encryption: FlowEncryption,
  sights: Sights,
): Problem[] {
  const { keyType, algorithm } = encryption;
  if (keyType === 'srt-password') {
    return algorithm === undefined
      ? []
      : [
          {
            id: 'flow-algorithm',
            detail: words.passwordWithAlgorithm,
            remedy: flowRemedies.leaveAlgorithmOut,
          },
        ];
  }
  const fitting = algorithmIn(encryption, sights);
  if (algorithm !== undefined && (fitting === undefined || fitting === algorithm)) return [];
  const remedy =
    fitting === undefined
      ? flowRemedies.nameAlgorithm
      : flowRemedies.takeAlgorithm(fitting, partCommand(flow, part, { ...encryption, algorithm: fitting }));
  const detail = algorithm === undefined ? words.noAlgorithm : words.otherAlgorithm(algorithm, fitting ?? '');
  return [{ id: 'flow-algorithm', detail, remedy }];
}

/** The algorithm that the key in the secret is for, where it could be read and is for one. */
function algorithmIn(encryption: FlowEncryption, sights: Sights): Algorithm | undefined {
  const target = targetOf(encryption);
  const sight = target && sights.get(keyOf(target));
  const content = sight?.kind === 'there' ? seenIn(sight.content) : undefined;
  return content?.kind === 'text' ? algorithmOfLength(content.key.length) : undefined;
}

function placeProblems({ region }: FoundFlow, { secretArn = '', roleArn }: FlowEncryption): Problem[] {
  const there = parseSecretArn(secretArn)?.region;
  const noSecret: Problem = { id: 'flow-secret', detail: words.noSecret, remedy: flowRemedies.nameSecret };
  const noRole: Problem = { id: 'flow-role', detail: words.noRoleNamed, remedy: flowRemedies.nameRole };
  const elsewhere = (other: string): Problem => ({
    id: 'flow-secret',
    detail: words.secretElsewhere(other, region),
    remedy: remedies.storeHere(region),
  });
  return [
    ...(there === undefined ? [noSecret] : there === region ? [] : [elsewhere(there)]),
    ...(roleArn === undefined ? [noRole] : []),
  ];
}
