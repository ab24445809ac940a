import { nameInIamArn, parseArn, parseSecretArn } from '../../../aws/arn.ts';
import type { FlowEncryption, FlowPart, TransitEncryption } from '../../../aws/mediaconnect/flows.ts';
import { seenIn } from '../../../aws/session.ts';
import { isRouted, type MediaObservation, type MediaObservations } from './flow.ts';
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
export interface Pair {
  /** The key from `keyOf`. */
  secret: string;
  role: string;
  /** The flow, router input or router output that will assume the role, if known. */
  user?: string;
}

/** Everything to read, without duplicates. */
export interface Subjects {
  secrets: Map<string, SecretTarget>;
  /** Names or ARNs. */
  roles: string[];
  pairs: Pair[];
}

/** Returns what the request names, what the flow or router names, and the other ends of its connections. Pure. */
export function subjectsOf(
  { groups, flowArn }: VerifyRequest,
  media: MediaObservations | undefined,
): Subjects {
  const user = flowArn;
  const asked = groups.flatMap(({ secrets, role }) => secrets.map((target) => ({ target, role, user })));
  const all = [...asked, ...(media ? namedIn(media) : [])];
  const roles = [...groups, ...all].flatMap((each) => each.role ?? []);
  return {
    secrets: new Map(all.map(({ target }) => [keyOf(target), target])),
    roles: [...new Set(roles)],
    pairs: all.flatMap((each) =>
      each.role === undefined
        ? []
        : [
            {
              secret: keyOf(each.target),
              role: each.role,
              user: each.user,
            },
          ],
    ),
  };
}

/** Returns a key for a secret and its expected content. A secret that is used both as a static key and as a password has two. */
export function keyOf({ id, region, keyType, algorithm }: SecretTarget): string {
  return [keyType, region, id, algorithm ?? ''].join(' ');
}

interface Named {
  target: SecretTarget;
  role: string | undefined;
  user: string;
}

/** Returns the secrets and roles in encryption settings. The other settings are checked with the resource that has them. */
function namedIn({ asked, others }: MediaObservations): Named[] {
  const end = asked.kind === 'router' ? seenIn(asked.found)?.connectedTo : undefined;
  return [
    ...namedBy(asked, () => true),
    // For a flow at the other end, only the connected part matters.
    ...[...others.values()].flatMap((observation) => namedBy(observation, ({ arn }) => arn === end?.partArn)),
  ];
}

function namedBy(observation: MediaObservation, isMeant: (part: FlowPart) => boolean): Named[] {
  if (observation.kind === 'foreign') return [];
  const user = observation.arn;
  const named = (target: SecretTarget | undefined, role: string | undefined): Named[] =>
    target ? [{ target, role, user }] : [];
  if (observation.kind === 'router') {
    return (seenIn(observation.found)?.settings ?? []).flatMap((setting) =>
      setting.kind === 'transit'
        ? named(transitTarget(setting.transit), setting.transit.roleArn)
        : named(targetOf({ ...setting, keyType: 'srt-password' }), setting.roleArn),
    );
  }
  return (seenIn(observation.found)?.parts ?? []).filter(isMeant).flatMap((part) => {
    const { encryption, transit } = part;
    return [
      ...(encryption ? named(targetOf(encryption), encryption.roleArn) : []),
      ...(transit && isRouted(part) ? named(transitTarget(transit), transit.roleArn) : []),
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
  return { id: secretArn, region: arn.region, keyType, reading: { roleName } };
}
