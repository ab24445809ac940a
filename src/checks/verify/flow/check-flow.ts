import { parseSecretArn } from '../../../aws/arn.ts';
import type { FlowEncryption, FlowPart, FlowState } from '../../../aws/mediaconnect/flows.ts';
import { routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import { type Identity, seenIn } from '../../../aws/session.ts';
import type { Fix } from '../../../failure.ts';
import { type Algorithm, algorithmOfLength } from '../../../key/index.ts';
import { escapeJson } from '../../../text.ts';
import { awsCommand } from '../../../ui/commands.ts';
import { routerMessages } from '../../catalog/flow-checks.ts';
import { CHECKS, fixes, flowFixes, routerFixes, type VerifyId } from '../../catalog/index.ts';
import type { FlowOrRouterObservation, FlowOrRouterObservations } from '../observe/flow.ts';
import type { SecretObservations } from '../observe/secret.ts';
import { targetIdOf, targetOf } from '../observe/subjects.ts';
import { checkForeign, checksOf, type VerifyCheck } from '../result.ts';
import { checkRouter, checkRouting, type RelatedObservations } from './check-router.ts';

/** A wrong setting of a part of a flow. `detail` continues a sentence that starts with the part. */
type Problem = { id: VerifyId; detail: string; fix: Fix };

/**
 * Checks the encryption settings of a flow, router input or router output, and the other end of each connection. The secrets and
 * roles that they point to are checked separately. Pure.
 */
export function checkFlowOrRouter(
  { requested, connected }: FlowOrRouterObservations,
  secrets: SecretObservations,
  identity: Identity,
): VerifyCheck[] {
  const related = { connected, secrets };
  if (requested.kind === 'foreign') return [checkForeignResource(requested.arn, identity)];
  if (requested.kind === 'router') return checkRouter(requested, related);
  const routers = [...connected.values()].flatMap((other) =>
    other.kind === 'router' && seenIn(other.found) ? checkRouter(other, related) : [],
  );
  return [...checkFlow(requested, related), ...routers];
}

function checkForeignResource(arn: string, identity: Identity): VerifyCheck {
  return routerKindOf(arn)
    ? checkForeign('router-account', arn, identity, routerFixes.otherCredentials)
    : checkForeign('flow-account', arn, identity, flowFixes.otherCredentials);
}

function checkFlow(
  { arn, found }: Extract<FlowOrRouterObservation, { kind: 'flow' }>,
  related: RelatedObservations,
): VerifyCheck[] {
  const { ok, failed, unseen } = checksOf(arn);
  if ('unseen' in found) return [unseen('flow-exists', found.unseen)];
  const flow = found.seen;
  if (!flow) return [failed('flow-exists', (words) => words.noFlow, flowFixes.checkArn)];
  return [
    // MediaConnect's own diagnosis comes first.
    ...flow.errors.map((text) => failed('flow-messages', routerMessages.message(text), routerFixes.message)),
    ok('flow-exists', (words) => words.exists),
    ...flow.parts.flatMap((part) => [
      // A part that is connected to a router may have transit encryption alone, which `checkRouting` checks.
      ...(part.encryption || !part.transit ? checkPart(flow, part, related.secrets) : []),
      ...checkRouting(part, flow.region, routerMessages.part(part.kind, part.name, part.protocol), related),
    ]),
  ];
}

/** Checks the encryption settings of a part of a flow. */
export function checkPart(flow: FlowState, part: FlowPart, secrets: SecretObservations): VerifyCheck[] {
  const { ok, failed } = checksOf(part.arn);
  const what = routerMessages.part(part.kind, part.name, part.protocol);
  const { encryption } = part;
  if (!encryption) return [ok('flow-encryption', (words) => words.notEncrypted(what))];
  if (encryption.keyType === 'speke') return [ok('flow-encryption', (words) => words.speke(what))];
  const problems = [
    ...protocolProblems(flow, part, encryption),
    ...algorithmProblems(flow, part, encryption, secrets),
    ...secretAndRoleProblems(flow, encryption),
  ];
  const { algorithm, keyType } = encryption;
  if (problems.length === 0)
    return [ok('flow-encryption', (words) => words.encrypted(what, algorithm ?? keyType))];
  return problems.map(({ id, detail, fix }) => failed(id, `${what} ${detail}`, fix));
}

/** Checks that the protocol supports this type of key (MediaConnect User Guide, "Encryption in transit"). */
function protocolProblems(flow: FlowState, part: FlowPart, encryption: FlowEncryption): Problem[] {
  const { kind, protocol } = part;
  const acceptedKeyType = keyTypeFor(protocol);
  if (acceptedKeyType === encryption.keyType) return [];
  const { algorithm: _algorithm, ...rest } = encryption;
  const fix =
    acceptedKeyType === 'srt-password'
      ? flowFixes.usePassword(partCommand(flow, part, { ...rest, keyType: acceptedKeyType }))
      : flowFixes.otherKeyType(acceptedKeyType);
  const detail = CHECKS['flow-protocol'].words.wrongKeyType(encryption.keyType, protocol ?? kind);
  return [{ id: 'flow-protocol', detail, fix }];
}

/** Returns the key type that a protocol supports; undefined if it supports none. */
function keyTypeFor(protocol: string | undefined): 'static-key' | 'srt-password' | undefined {
  // An entitlement has no protocol of its own, nor does a source from an entitlement.
  if (protocol === undefined || protocol.startsWith('zixi')) return 'static-key';
  return protocol.startsWith('srt') ? 'srt-password' : undefined;
}

/** Checks that a static key has the algorithm for its length, if that is known, and that a password has none. */
function algorithmProblems(
  flow: FlowState,
  part: FlowPart,
  encryption: FlowEncryption,
  secrets: SecretObservations,
): Problem[] {
  const { passwordWithAlgorithm, noAlgorithm, otherAlgorithm } = CHECKS['flow-algorithm'].words;
  const problem = (detail: string, fix: Fix): Problem[] => [{ id: 'flow-algorithm', detail, fix }];
  const { keyType, algorithm } = encryption;
  if (keyType === 'srt-password')
    return algorithm === undefined ? [] : problem(passwordWithAlgorithm, flowFixes.removeAlgorithm);
  const fitting = algorithmIn(encryption, secrets);
  if (fitting === undefined)
    return algorithm === undefined ? problem(noAlgorithm, flowFixes.setAlgorithm) : [];
  if (algorithm === fitting) return [];
  const command = partCommand(flow, part, { ...encryption, algorithm: fitting });
  const detail = algorithm === undefined ? noAlgorithm : otherAlgorithm(algorithm, fitting);
  return problem(detail, flowFixes.useAlgorithm(fitting, command));
}

/** Returns the algorithm that matches the key in the secret, if it could be read and matches one. */
function algorithmIn(encryption: FlowEncryption, secrets: SecretObservations): Algorithm | undefined {
  const target = targetOf(encryption);
  const observation = target && secrets.get(targetIdOf(target));
  const content = observation?.kind === 'present' ? seenIn(observation.content) : undefined;
  return content?.kind === 'text' ? algorithmOfLength(content.key.length) : undefined;
}

/** Checks that the settings name a role, and a secret in the Region of the flow. */
function secretAndRoleProblems(
  { region }: FlowState,
  { secretArn = '', roleArn }: FlowEncryption,
): Problem[] {
  const { noSecret, secretElsewhere } = CHECKS['flow-secret'].words;
  const secretRegion = parseSecretArn(secretArn)?.region;
  const problems: Problem[] = [];
  if (secretRegion === undefined)
    problems.push({ id: 'flow-secret', detail: noSecret, fix: flowFixes.nameSecret });
  else if (secretRegion !== region) {
    const detail = secretElsewhere(secretRegion, region);
    problems.push({ id: 'flow-secret', detail, fix: fixes.storeHere(region) });
  }
  if (roleArn === undefined) {
    const detail = CHECKS['flow-role'].words.noRoleNamed;
    problems.push({ id: 'flow-role', detail, fix: flowFixes.nameRole });
  }
  return problems;
}

const COMMANDS = {
  source: ['update-flow-source', '--source-arn', '--decryption'],
  output: ['update-flow-output', '--output-arn', '--encryption'],
  entitlement: ['update-flow-entitlement', '--entitlement-arn', '--encryption'],
} as const;

/** Returns the AWS CLI command that gives a part of a flow these encryption settings. */
function partCommand(
  flow: { arn: string; region: string },
  part: { kind: keyof typeof COMMANDS; arn: string },
  { keyType, algorithm, roleArn, secretArn }: FlowEncryption,
): string {
  const [command, arnOption, settingsOption] = COMMANDS[part.kind];
  // The AWS CLI capitalizes the field names.
  const settings = { KeyType: keyType, Algorithm: algorithm, RoleArn: roleArn, SecretArn: secretArn };
  return awsCommand(
    ...['mediaconnect', command, '--region', flow.region, '--flow-arn', flow.arn],
    ...[arnOption, part.arn, settingsOption, escapeJson(JSON.stringify(settings))],
  );
}
