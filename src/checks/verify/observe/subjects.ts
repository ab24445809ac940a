import { nameInIamArn, parseArn, parseSecretArn } from '../../../aws/arn.ts';
import type { FlowEncryption, FlowPart, TransitEncryption } from '../../../aws/mediaconnect/flows.ts';
import { seenIn } from '../../../aws/session.ts';
import { type FlowOrRouterObservation, type FlowOrRouterObservations, isRouted } from './flow.ts';
import type { SecretTarget } from './secret.ts';

/** What to verify. */
export interface VerifyRequest {
  groups: VerifyGroup[];
  /** A flow, router input or router output. The secrets and roles in its encryption settings are verified too. */
  flowArn?: string;
}

/** Secrets that belong together, and the role that has to read them. */
export interface VerifyGroup {
  secrets: SecretTarget[];
  /** The name or ARN of the role that has to read them. Absent to verify only what a flow names. */
  role?: string;
  /** A policy that must be attached to that role. */
  policyName?: string;
}

/** A secret, and the role that has to read it. */
export interface RequestedPair {
  /** The secret, by `targetIdOf`. */
  targetId: string;
  /** The name or ARN of the role. */
  roleId: string;
  /** The flow, router input or router output that will assume the role, if known. */
  consumerArn?: string;
}

/** Everything to read, without duplicates. */
export interface Subjects {
  secrets: Map<string, SecretTarget>;
  /** Names or ARNs. */
  roles: string[];
  pairs: RequestedPair[];
}

/** Returns what the request names, what the flow or router names, and the other ends of its connections. Pure. */
export function subjectsOf(
  { groups, flowArn: consumerArn }: VerifyRequest,
  flowOrRouter: FlowOrRouterObservations | undefined,
): Subjects {
  const requestedPairs = groups.flatMap(({ secrets, role }) =>
    secrets.map((target) => ({ target, role, consumerArn })),
  );
  const pairs = [...requestedPairs, ...(flowOrRouter ? secretsNamedIn(flowOrRouter) : [])];
  const roles = [...groups, ...pairs].flatMap((each) => each.role ?? []);
  return {
    secrets: new Map(pairs.map(({ target }) => [targetIdOf(target), target])),
    roles: [...new Set(roles)],
    pairs: pairs.flatMap(({ target, role, consumerArn }) =>
      role === undefined ? [] : [{ targetId: targetIdOf(target), roleId: role, consumerArn }],
    ),
  };
}

/** Returns an ID for a secret and its expected content. A secret that is used both as a static key and as a password has two. */
export function targetIdOf({ id, region, keyType, algorithm }: SecretTarget): string {
  return [keyType, region, id, algorithm ?? ''].join(' ');
}

/** A secret in encryption settings, and the flow, router input or router output with these settings. */
interface NamedSecret {
  target: SecretTarget;
  role: string | undefined;
  consumerArn: string;
}

/** Returns the secrets and roles in encryption settings. The other settings are checked with the resource that has them. */
function secretsNamedIn({ requested, connected }: FlowOrRouterObservations): NamedSecret[] {
  const otherEnd = requested.kind === 'router' ? seenIn(requested.found)?.connectedTo : undefined;
  return [
    ...secretsNamedBy(requested, () => true),
    // For a flow at the other end, only the connected part matters.
    ...[...connected.values()].flatMap((observation) =>
      secretsNamedBy(observation, ({ arn }) => arn === otherEnd?.partArn),
    ),
  ];
}

function secretsNamedBy(
  observation: FlowOrRouterObservation,
  includesPart: (part: FlowPart) => boolean,
): NamedSecret[] {
  if (observation.kind === 'foreign') return [];
  const consumerArn = observation.arn;
  const pairFor = (target: SecretTarget | undefined, role: string | undefined): NamedSecret[] =>
    target ? [{ target, role, consumerArn }] : [];
  if (observation.kind === 'router') {
    return (seenIn(observation.found)?.settings ?? []).flatMap((setting) =>
      setting.kind === 'transit'
        ? pairFor(transitTarget(setting.transit), setting.transit.roleArn)
        : pairFor(targetOf({ ...setting, keyType: 'srt-password' }), setting.roleArn),
    );
  }
  return (seenIn(observation.found)?.parts ?? []).filter(includesPart).flatMap((part) => {
    const { encryption, transit } = part;
    return [
      ...(encryption ? pairFor(targetOf(encryption), encryption.roleArn) : []),
      ...(transit && isRouted(part) ? pairFor(transitTarget(transit), transit.roleArn) : []),
    ];
  });
}

/** Returns the secret of transit encryption, whose key has 64 digits (MediaConnect User Guide, "Encryption in transit"). */
export function transitTarget({ keyType, secretArn, roleArn }: TransitEncryption): SecretTarget | undefined {
  if (keyType !== 'SECRETS_MANAGER' || secretArn === undefined) return undefined;
  const target = targetOf({ keyType: 'static-key', secretArn, roleArn });
  return target && { ...target, algorithm: 'aes256' };
}

/** Returns the secret in a flow's encryption settings, if they name one by its full ARN. SPEKE has none. */
export function targetOf({
  keyType,
  secretArn = '',
  roleArn,
}: Pick<FlowEncryption, 'keyType' | 'secretArn' | 'roleArn'>): SecretTarget | undefined {
  const arn = parseSecretArn(secretArn);
  if (!arn || (keyType !== 'static-key' && keyType !== 'srt-password')) return undefined;
  const roleName = roleArn !== undefined && parseArn(roleArn) ? nameInIamArn(roleArn) : undefined;
  return { id: secretArn, region: arn.region, keyType, readAccess: { roleName } };
}
