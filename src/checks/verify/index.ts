import { parseArn } from '../../aws/arn.ts';
import { policyReader } from '../../aws/iam/policies.ts';
import { type CallerPrincipal, callerPrincipal } from '../../aws/iam/simulation.ts';
import { atMost } from '../../aws/requests/concurrency.ts';
import type { Aws, Identity } from '../../aws/session.ts';
import { readAccessChecker } from './check-reading.ts';
import { checkPolicies, checkRole, type RoleSpec } from './check-role.ts';
import { checkCaller, checkSameKey, checkSecret, subjectOf } from './check-secret.ts';
import { withoutGuess } from './check-value.ts';
import { checkFlowOrRouter } from './flow/check-flow.ts';
import { observeFlowOrRouter } from './observe/flow.ts';
import { observeRole, type RoleObservation } from './observe/role.ts';
import { observeSecrets, type SecretObservation } from './observe/secret.ts';
import { type Subjects, subjectsOf, type VerifyRequest } from './observe/subjects.ts';
import type { VerifyCheck } from './result.ts';
import { type ObservedPairs, type SecretRolePair, secretRolePairs } from './settings.ts';

export type { ManifestEntry, SecretTarget } from './observe/secret.ts';
export type { VerifyGroup, VerifyRequest } from './observe/subjects.ts';
export type { SecretRolePair } from './settings.ts';

/** IAM allows few concurrent requests, and each role takes several. */
const ROLES_AT_ONCE = 3;

/** The result of `verify`. */
export interface Verification {
  checks: VerifyCheck[];
  /** Each secret with the role that has to read it. */
  pairs: SecretRolePair[];
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
 * Like `verify`, and also returns the encryption settings for MediaConnect.
 * @param onSecret called with each secret that has been observed
 */
export async function verification(
  aws: Aws,
  request: VerifyRequest,
  onSecret: () => void = () => undefined,
): Promise<Verification> {
  const identity = await aws.identity();
  const { flowArn } = request;
  const flowOrRouter = flowArn === undefined ? undefined : await observeFlowOrRouter(aws, identity, flowArn);
  const observed = await observeSubjects(aws, identity, subjectsOf(request, flowOrRouter), onSecret);
  const observations = [...observed.secrets.values()];
  const roleChecks = await atMost(ROLES_AT_ONCE, [...observed.roles], ([id, role]) =>
    checkRoleAndAccess(aws, identity, request, { id, role, observed }),
  );
  const checks = [
    ...(flowOrRouter ? checkFlowOrRouter(flowOrRouter, observed.secrets, identity) : []),
    ...observations.flatMap((observation) => withoutGuess(checkSecret(observation, identity), observation)),
    ...checkSameKey(observations, identity),
    ...roleChecks.flat(),
  ];
  return { checks: withoutDuplicates(checks), pairs: secretRolePairs(observed, identity) };
}

interface VerifyObservations extends ObservedPairs {
  caller: CallerPrincipal;
}

async function observeSubjects(
  aws: Aws,
  identity: Identity,
  { secrets, roles, pairs }: Subjects,
  onSecret: () => void,
): Promise<VerifyObservations> {
  const reader = policyReader(aws);
  const [observedSecrets, observedRoles, caller] = await Promise.all([
    observeSecrets(aws, identity, secrets, onSecret),
    atMost(ROLES_AT_ONCE, roles, async (id) => [id, await observeRole(aws, reader, identity, id)] as const),
    callerPrincipal(aws, identity.arn),
  ]);
  return { secrets: observedSecrets, roles: new Map(observedRoles), pairs, caller };
}

async function checkRoleAndAccess(
  aws: Aws,
  identity: Identity,
  request: VerifyRequest,
  { id, role, observed }: { id: string; role: RoleObservation; observed: VerifyObservations },
): Promise<VerifyCheck[]> {
  const pairs = observed.pairs.filter(({ roleId }) => roleId === id);
  const secrets = pairs.flatMap(({ targetId }) => observed.secrets.get(targetId) ?? []);
  const spec = specFor(id, secrets, request);
  const consumerArns = pairs.flatMap(({ consumerArn }) => consumerArn ?? []);
  const flowArns = consumerArns.length > 0 ? [...new Set(consumerArns)] : [request.flowArn];
  const ownChecks = flowArns.flatMap((flowArn) => checkRole(role, { ...spec, flowArn }, identity));
  if (role.kind !== 'present') return ownChecks;
  const checkReading = readAccessChecker(role, spec, identity);
  const readChecks = secrets.flatMap((secret) =>
    secret.kind === 'present' ? checkReading(secret, subjectOf(secret, identity)) : [],
  );
  const callerCheck = await checkCaller(aws, identity, observed.caller, role.arn);
  return [...ownChecks, ...readChecks, ...checkPolicies(role, spec, identity), callerCheck];
}

/** Returns what a role is needed for. `id` is the name or ARN of the role. */
function specFor(id: string, secrets: SecretObservation[], { groups, flowArn }: VerifyRequest): RoleSpec {
  const flowRegions = flowArn === undefined ? [] : [parseArn(flowArn)?.region ?? ''];
  const policyNames = groups.flatMap(({ role, policyName }) => (role === id ? (policyName ?? []) : []));
  return {
    regions: [...new Set([...secrets.map(({ target }) => target.region), ...flowRegions])],
    secrets: secrets.flatMap((secret) => {
      const arn = secret.kind === 'present' ? secret.arn : undefined;
      return arn === undefined ? [] : [{ arn, keyType: secret.target.keyType }];
    }),
    flowArn,
    policyNames: [...new Set(policyNames)],
    manifest: secrets[0]?.target.manifest?.path,
  };
}

/** Removes duplicates: a secret requested by name that a flow names by ARN is reported once. */
function withoutDuplicates(checks: VerifyCheck[]): VerifyCheck[] {
  const byContent = checks.map(
    (check) => [[check.id, check.subject, check.role, check.detail].join('\n'), check] as const,
  );
  return [...new Map(byContent).values()];
}
