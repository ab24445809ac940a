import { parseArn } from '../../aws/arn.ts';
import { policyReader } from '../../aws/iam/policies.ts';
import { type Caller, callerOf } from '../../aws/iam/simulation.ts';
import { atMost } from '../../aws/requests/concurrency.ts';
import type { Aws, Identity } from '../../aws/session.ts';
import { readingChecker } from './check-reading.ts';
import { checkPolicies, checkRole, type RoleSpec } from './check-role.ts';
import { checkCaller, checkSameKey, checkSecret, subjectOf } from './check-secret.ts';
import { withoutGuess } from './check-value.ts';
import { checkMedia } from './flow/check-flow.ts';
import { observeMedia } from './observe/flow.ts';
import { observeRole, type RoleObservation } from './observe/role.ts';
import type { SecretObservation } from './observe/secret.ts';
import { type Pair, type Subjects, subjectsOf, type VerifyRequest } from './observe/subjects.ts';
import type { VerifyCheck } from './result.ts';
import { observeSecrets, type Reader, readersOf } from './settings.ts';

export type { ManifestEntry, SecretTarget } from './observe/secret.ts';
export type { VerifyGroup, VerifyRequest } from './observe/subjects.ts';
export type { Reader } from './settings.ts';

/** IAM allows few concurrent requests, and each role takes several. */
const ROLES_AT_ONCE = 3;

/** The result of `verify`. */
export interface Verification {
  checks: VerifyCheck[];
  /** Each secret with the role that has to read it. */
  readers: Reader[];
}

/**
 * Checks whether MediaConnect can read the keys, and if not, why. Changes nothing. Reads the values of the secrets, which updates
 * their dates of last access. A check is `cannot-tell` if something could not be read.
 * @throws Failure if there are no valid credentials
 */
export async function verify(aws: Aws, request: VerifyRequest): Promise<VerifyCheck[]> {
  return (await verification(aws, request)).checks;
}

/**
 * Like `verify`, and also returns what the next screen asks for.
 * @param onSecret called with each secret that has been observed
 */
export async function verification(
  aws: Aws,
  request: VerifyRequest,
  onSecret: () => void = () => undefined,
): Promise<Verification> {
  const identity = await aws.identity();
  const { flowArn } = request;
  const media = flowArn === undefined ? undefined : await observeMedia(aws, identity, flowArn);
  const seen = await lookAt(aws, identity, subjectsOf(request, media), onSecret);
  const observations = [...seen.secrets.values()];
  const ofRoles = await atMost(ROLES_AT_ONCE, [...seen.roles], ([id, role]) =>
    checkOneRole(aws, identity, request, { id, role, seen }),
  );
  const checks = [
    ...(media ? checkMedia(media, seen.secrets, identity) : []),
    ...observations.flatMap((observation) => withoutGuess(checkSecret(observation, identity), observation)),
    ...checkSameKey(observations, identity),
    ...ofRoles.flat(),
  ];
  return { checks: once(checks), readers: readersOf(seen, identity) };
}

/** All observations, by the keys that the pairs use. */
interface Seen {
  secrets: ReadonlyMap<string, SecretObservation>;
  roles: ReadonlyMap<string, RoleObservation>;
  pairs: Pair[];
  caller: Caller;
}

async function lookAt(
  aws: Aws,
  identity: Identity,
  { secrets, roles, pairs }: Subjects,
  onSecret: () => void,
): Promise<Seen> {
  const reader = policyReader(aws);
  const [secretSights, roleSights, caller] = await Promise.all([
    observeSecrets(aws, identity, secrets, onSecret),
    atMost(ROLES_AT_ONCE, roles, async (id) => [id, await observeRole(aws, reader, identity, id)] as const),
    callerOf(aws, identity.arn),
  ]);
  return { secrets: secretSights, roles: new Map(roleSights), pairs, caller };
}

async function checkOneRole(
  aws: Aws,
  identity: Identity,
  request: VerifyRequest,
  { id, role, seen }: { id: string; role: RoleObservation; seen: Seen },
): Promise<VerifyCheck[]> {
  const secrets = seen.pairs.flatMap((pair) =>
    pair.role === id ? (seen.secrets.get(pair.secret) ?? []) : [],
  );
  const spec = specFor(id, secrets, request);
  const users = seen.pairs.flatMap(({ role: read, user }) => (read === id ? (user ?? []) : []));
  const itself = (users.length > 0 ? [...new Set(users)] : [request.flowArn]).flatMap((user) =>
    checkRole(role, { ...spec, flowArn: user }, identity),
  );
  if (role.kind !== 'there') return itself;
  const checkReading = readingChecker(role, spec, identity);
  const reading = secrets.flatMap((secret) =>
    secret.kind === 'there' ? checkReading(secret, subjectOf(secret, identity)) : [],
  );
  const passing = await checkCaller(aws, identity, seen.caller, role.arn);
  return [...itself, ...reading, ...checkPolicies(role, spec, identity), passing];
}

/** Returns what a role is needed for. `id` is its name or ARN. */
function specFor(id: string, secrets: SecretObservation[], { groups, flowArn }: VerifyRequest): RoleSpec {
  const flowRegion = flowArn === undefined ? [] : [parseArn(flowArn)?.region ?? ''];
  const named = groups.flatMap(({ role, policyName }) => (role === id ? (policyName ?? []) : []));
  return {
    regions: [...new Set([...secrets.map(({ target }) => target.region), ...flowRegion])],
    secrets: secrets.flatMap((secret) => {
      const arn = secret.kind === 'there' ? secret.arn : undefined;
      return arn === undefined ? [] : [{ arn, keyType: secret.target.keyType }];
    }),
    flowArn,
    policyNames: [...new Set(named)],
    manifest: secrets[0]?.target.manifest?.path,
  };
}

/** Removes duplicates: a secret requested by name that a flow names by ARN is reported once. */
function once(checks: VerifyCheck[]): VerifyCheck[] {
  return [
    ...new Map(
      checks.map((check) => [[check.id, check.subject, check.role, check.detail].join('\n'), check]),
    ).values(),
  ];
}
