import type { Identity } from '../../aws/session.ts';
import { CURRENT_VERSION, parsePolicy, tryParsePolicy } from '../../policy/index.ts';
import { refusalsOf } from '../access/read-access.ts';
import { CHECKS } from '../catalog/index.ts';
import { fixes } from './fixes.ts';
import type { PresentRole, RoleObservation } from './observe/role.ts';
import type { PresentSecret, SecretObservation } from './observe/secret.ts';
import type { VerifyCheck } from './result.ts';
import { checksOf } from './result.ts';

/** For a role that only the secret's own policy could deny. */
const ALLOW_EVERYTHING = parsePolicy(
  JSON.stringify({ Version: CURRENT_VERSION, Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
);

export function checkResourcePolicy(
  role: Role,
  secret: Secret,
  subject: string,
  identity: Identity,
): VerifyCheck[] {
  const { ok, failed, unseen, undecided } = checksOf(subject);
  const { resourcePolicy: policy, arn, target } = secret;
  if (!policy) return [];
  if ('unseen' in policy) return [unseen('secret-resource-policy', policy.unseen)];
  if (policy.seen === undefined) return [ok('secret-resource-policy', (say) => say.noResourcePolicy)];
  if (!tryParsePolicy(policy.seen) || arn === undefined)
    return [undecided('secret-resource-policy', (say) => say.policyNotUnderstood)];
  const readableSecret = { arn, region: target.region };
  const allowedEverything = { identityPolicies: [ALLOW_EVERYTHING] };
  const [refusal] = refusalsOf(readableSecret, allowedEverything, role.arn, identity, {
    resourcePolicy: policy,
  });
  if (!refusal) return [ok('secret-resource-policy', (say) => say.resourcePolicyLets)];
  return refusal.verdict === 'denied'
    ? [
        failed(
          'secret-resource-policy',
          CHECKS['role-reads-secret'].words.mayNot([refusal.action], refusal.because),
          fixes.resourcePolicy(arn, target.region),
        ),
      ]
    : [undecided('secret-resource-policy', refusal.because)];
}

export type Role = RoleObservation & PresentRole;

export type Secret = SecretObservation & PresentSecret;
