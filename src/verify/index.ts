import { parseArn } from '../aws/arn.ts';
import { policyReader } from '../aws/policies.ts';
import type { Aws, Identity } from '../aws/session.ts';
import { type Caller, callerOf } from '../aws/simulation.ts';
import { atMost } from '../aws/together.ts';
import { algorithmOfLength } from '../key/index.ts';
import type { EncryptionSettings } from '../report/types.ts';
import type { VerifyCheck } from '../report/verify-types.ts';
import { sightFlow } from './flow-sight.ts';
import { judgeCaller } from './judge-caller.ts';
import { judgeFlow } from './judge-flow.ts';
import { judgePolicies } from './judge-policies.ts';
import { judgeReading } from './judge-reading.ts';
import { judgeRole, type RoleWish } from './judge-role.ts';
import { judgeSameKey, judgeSecret, subjectOf } from './judge-secret.ts';
import { seenIn } from './look.ts';
import { type RoleSight, sightRole } from './role-sight.ts';
import { type SecretSight, sightSecret } from './secret-sight.ts';
import { type Pair, type Subjects, subjectsOf, type VerifyRequest } from './subjects.ts';

export type { SecretTarget } from './secret-sight.ts';
export type { VerifyRequest } from './subjects.ts';

/** A secret takes up to three requests at once, a role some more, and IAM allows few. */
const SECRETS_AT_ONCE = 6;
const ROLES_AT_ONCE = 3;

/** What was found out about a set-up. */
export interface Verification {
  checks: VerifyCheck[];
  /** What MediaConnect's API takes, for each secret that could be read and its role. */
  encryption: EncryptionSettings[];
}

/**
 * Whether MediaConnect can read the keys in question, and if not, why. Changes nothing; reads the secrets' values, which
 * moves their dates of last access. What cannot be looked at makes a check that cannot be told.
 * @throws Failure when there are no credentials that AWS knows
 */
export async function verify(aws: Aws, request: VerifyRequest): Promise<VerifyCheck[]> {
  return (await verification(aws, request)).checks;
}

/** The same, with the settings that the next screen asks for. */
export async function verification(aws: Aws, request: VerifyRequest): Promise<Verification> {
  const identity = await aws.identity();
  const { flowArn } = request;
  const flow = flowArn === undefined ? undefined : await sightFlow(aws, identity, flowArn);
  const found = flow?.kind === 'there' ? seenIn(flow.found) : undefined;
  const seen = await lookAt(aws, identity, subjectsOf(request, found));
  const sights = [...seen.secrets.values()];
  const ofRoles = await atMost(ROLES_AT_ONCE, [...seen.roles], ([id, role]) =>
    judgeOneRole(aws, identity, request, { id, role, seen }),
  );
  const checks = [
    ...(flow ? judgeFlow(flow, seen.secrets, identity) : []),
    ...sights.flatMap((sight) => judgeSecret(sight, identity)),
    ...judgeSameKey(sights, identity),
    ...ofRoles.flat(),
  ];
  return { checks: once(checks), encryption: encryptionOf(seen) };
}

/** All that was looked at, by the names that the pairs have for it. */
interface Seen {
  secrets: ReadonlyMap<string, SecretSight>;
  roles: ReadonlyMap<string, RoleSight>;
  pairs: Pair[];
  caller: Caller;
}

async function lookAt(aws: Aws, identity: Identity, { secrets, roles, pairs }: Subjects): Promise<Seen> {
  const reader = policyReader(aws);
  const [secretSights, roleSights, caller] = await Promise.all([
    atMost(
      SECRETS_AT_ONCE,
      [...secrets],
      async ([key, target]) => [key, await sightSecret(aws, identity, target)] as const,
    ),
    atMost(ROLES_AT_ONCE, roles, async (id) => [id, await sightRole(aws, reader, identity, id)] as const),
    callerOf(aws, identity.arn),
  ]);
  return { secrets: new Map(secretSights), roles: new Map(roleSights), pairs, caller };
}

async function judgeOneRole(
  aws: Aws,
  identity: Identity,
  { role: asked, policyName, flowArn }: VerifyRequest,
  { id, role, seen }: { id: string; role: RoleSight; seen: Seen },
): Promise<VerifyCheck[]> {
  const secrets = seen.pairs.flatMap((pair) =>
    pair.role === id ? (seen.secrets.get(pair.secret) ?? []) : [],
  );
  const flowRegion = flowArn === undefined ? [] : [parseArn(flowArn)?.region ?? ''];
  const wish: RoleWish = {
    regions: [...new Set([...secrets.map(({ target }) => target.region), ...flowRegion])],
    secrets: secrets.flatMap((secret) => {
      const arn = secret.kind === 'there' ? secret.arn : undefined;
      return arn === undefined ? [] : [{ arn, keyType: secret.target.keyType }];
    }),
    ...(flowArn === undefined ? {} : { flowArn }),
    ...(id === asked && policyName !== undefined ? { policyName } : {}),
  };
  const itself = judgeRole(role, wish, identity);
  if (role.kind !== 'there') return itself;
  const reading = secrets.flatMap((secret) =>
    secret.kind === 'there' ? judgeReading(role, secret, subjectOf(secret, identity), identity) : [],
  );
  const passing = await judgeCaller(aws, identity, seen.caller, role.arn);
  return [...itself, ...reading, ...judgePolicies(role, wish, identity), passing];
}

/** A secret that was asked for by its name, and that a flow names by its ARN, is told once. */
function once(checks: VerifyCheck[]): VerifyCheck[] {
  return [
    ...new Map(
      checks.map((check) => [[check.id, check.subject, check.role, check.detail].join('\n'), check]),
    ).values(),
  ];
}

function encryptionOf({ secrets, roles, pairs }: Seen): EncryptionSettings[] {
  const settings = pairs.flatMap((pair) => {
    const [secret, role] = [secrets.get(pair.secret), roles.get(pair.role)];
    const content = secret?.kind === 'there' ? seenIn(secret.content) : undefined;
    if (secret?.kind !== 'there' || secret.arn === undefined || !role || content?.kind !== 'text') return [];
    const { region, keyType } = secret.target;
    const algorithm = keyType === 'static-key' ? algorithmOfLength(content.key.length) : undefined;
    return [
      { region, keyType, ...(algorithm ? { algorithm } : {}), roleArn: role.arn, secretArn: secret.arn },
    ];
  });
  return [...new Map(settings.map((each) => [JSON.stringify(each), each])).values()];
}
