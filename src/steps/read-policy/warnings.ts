import { DEFAULT_ATTACHMENT_QUOTA } from '../../aws/iam/quotas.ts';
import { sharedPrefix } from '../../options/rules.ts';
import { isWiderThan, secretResources, tryParsePolicy } from '../../policy/index.ts';
import type { PolicyRequest, StepInput } from '../types.ts';
import { continuedName, type PolicyChain } from './chain.ts';
import type { PolicyWork } from './distribute.ts';
import { policyMessages as messages } from './messages.ts';

/** Returns the warnings about a plan: what the policies allow, their names, and their number. */
export function planWarnings(
  input: StepInput<PolicyRequest>,
  chain: PolicyChain,
  work: PolicyWork[],
): string[] {
  const { name } = input.request.policy;
  return [
    ...widthWarnings(input, chain),
    ...continuedPolicies(input.request).map((base) => messages.numberedNames(base, name)),
    ...scopeWarnings(input, chain.policies.length, work),
  ];
}

/** Returns a warning if the first policy gives the role more than requested. */
export function widthWarnings(
  { request, secrets, identity }: StepInput<PolicyRequest>,
  { policies }: PolicyChain,
): string[] {
  const { name, scope } = request.policy;
  const [first] = policies;
  if (secrets.length === 0 || first?.name !== name || first.isOnEveryRole) return [];
  const document = tryParsePolicy(first.document);
  const requestedResources = secretResources(secrets, scope, identity);
  return document && isWiderThan(document, requestedResources) ? [messages.widerThanAsked(name)] : [];
}

/** Returns the names of other policies in the run that this policy's name would continue, such as `NAME` for `NAME-2`. */
function continuedPolicies({ policy, reserved }: PolicyRequest): string[] {
  const base = continuedName(policy.name)?.toLowerCase();
  return reserved.filter((name) => name.toLowerCase() === base);
}

/** At this many policies, the plan suggests the policy scope `prefix` instead of one entry for each secret. */
const MANY_POLICIES = 8;

function scopeWarnings(
  { request, secrets }: StepInput<PolicyRequest>,
  existingCount: number,
  work: PolicyWork[],
): string[] {
  const { scope } = request.policy;
  if (typeof scope === 'object')
    return /[/_.-]$/.test(scope.prefix) ? [] : [messages.openPrefix(scope.prefix)];
  const count = existingCount + work.filter(({ kind }) => kind === 'create').length;
  const grows = work.some(({ kind }) => kind !== 'keep');
  if (scope !== 'secrets' || !grows || count < MANY_POLICIES) return [];
  const flags = messages.prefixFlags(sharedPrefix(secrets.map(({ name }) => name)));
  return [messages.manyPolicies(count, DEFAULT_ATTACHMENT_QUOTA, flags)];
}
