import { inBatches } from '../aws/requests/concurrency.ts';
import type { Identity } from '../aws/session.ts';
import { type Attempt, Failure, isCredentialFailure } from '../failure.ts';
import { BATCH_RUN } from '../limits.ts';
import type { SetupRequest } from '../options/setup-request.ts';
import type { StepName } from '../plan-types.ts';
import { type Group, policyGroups, roleGroups } from './groups.ts';
import { type ObservedPolicies, readPolicy } from './read-policy/index.ts';
import { storeSecret } from './store-secret/index.ts';
import type { ObservedRole } from './trust-role/conflicts.ts';
import { trustRole } from './trust-role/index.ts';
import type { ObservedSecrets, PolicyRequest, RoleRequest, StepContext } from './types.ts';

/** The observed state of a policy or role that several keys share. */
export interface ObservedGroup<Request, Found> extends Group<Request> {
  found: Attempt<Found>;
}

/** Everything that the steps have read: enough to plan all or some of the keys, repeatedly. */
export interface ObservedKeys {
  identity: Identity;
  /** The original requests. A key type that the user didn't give is taken from the secrets' tag. */
  requests: SetupRequest[];
  /** One item for each request. */
  secrets: Attempt<ObservedSecrets>[];
  policies: ObservedGroup<PolicyRequest, ObservedPolicies>[];
  roles: ObservedGroup<RoleRequest, ObservedRole>[];
}

/**
 * Reads the current state for all keys and all steps at once. Changes nothing.
 * @param onKey called with each key whose secrets have been read
 */
export async function observeAll(
  context: StepContext,
  requests: SetupRequest[],
  onKey: () => void = () => undefined,
): Promise<ObservedKeys> {
  const secrets = inBatches(BATCH_RUN.readAtOnce, requests, (request) =>
    attemptInStep(storeSecret.name, () => storeSecret.observe(context, request)).finally(onKey),
  );
  const policies = policyGroups(requests).map(async (group) => ({
    ...group,
    found: await attemptInStep(readPolicy.name, () => readPolicy.observe(context, group.request)),
  }));
  const roles = roleGroups(requests).map(async (group) => ({
    ...group,
    found: await attemptInStep(trustRole.name, () => trustRole.observe(context, group.request)),
  }));
  // Waits for all reads, even after a failure, so that nothing keeps running.
  await Promise.allSettled([secrets, ...policies, ...roles]);
  const observedSecrets = await secrets;
  return {
    identity: await context.aws.identity(),
    requests: requests.map((request, index) => withTaggedType(request, observedSecrets[index])),
    secrets: observedSecrets,
    policies: await Promise.all(policies),
    roles: await Promise.all(roles),
  };
}

/** Returns the request with the key type from the tag of its existing secrets, if the user didn't give one. */
function withTaggedType(request: SetupRequest, found: Attempt<ObservedSecrets> | undefined): SetupRequest {
  if (!request.keyTypeGuessed || request.secret.kind === 'store' || !found || 'failure' in found)
    return request;
  const [keyType] = found.value.targets.flatMap(({ secret }) => secret?.keyType ?? []);
  return keyType ? { ...request, keyType } : request;
}

/** Like `toAttempt`, for work that is part of a step. */
export function attemptInStep<T>(step: StepName, work: () => Promise<T>): Promise<Attempt<T>> {
  return toAttempt(() => inStep(step, work));
}

/**
 * Runs work for one key, policy or role. Its failure doesn't affect the others.
 * @throws errors that concern everything: an interruption, or invalid credentials
 */
export async function toAttempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof Failure) || isCredentialFailure(error)) throw error;
    return { failure: error };
  }
}

/** Adds the step to a failure. */
export async function inStep<T>(step: StepName, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) error.step ??= step;
    throw error;
  }
}
