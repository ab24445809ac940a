import { AwsError, denialMessage } from '../errors.ts';
import type { Call, Service } from '../service.ts';
import { askerOf, contextOf, globalFacts } from './context.ts';
import { type Decision, decide } from './evaluate.ts';
import { policiesOf } from './grants.ts';
import type { Need } from './need.ts';

/**
 * Refuses a request that lacks a permission.
 * @throws AwsError the service's denial, in AWS's words.
 */
export function authorize(call: Call, service: Service, need: Need): void {
  const decision = decisionOn(call, need);
  if (!decision.allowed) {
    throw need.refusal ?? denial(call, service, need, reasonOf(decision, need.action));
  }
}

/** Returns whether the caller has a permission. */
export function isAllowed(call: Call, need: Need): boolean {
  return decisionOn(call, need).allowed;
}

/** What the caller's policies, and the resource's own, say of this need. */
function decisionOn(call: Call, need: Need): Decision {
  const context = contextOf(globalFacts(call), need.facts ?? {});
  const question = { action: need.action, resource: need.resource, context };
  return decide(question, askerOf(call), {
    ...policiesOf(call.caller.bearer, call.iam),
    resource: need.resourcePolicy,
    resourceMustAllow: need.resourcePolicyMustAllow ?? false,
  });
}

/** The denial of a request in the service's form; by default that no identity-based policy allows it. */
export function denial(call: Call, service: Service, need: Need, reason?: string): AwsError {
  const [code, status] = service.protocol.deniedError;
  const shown = need.shown ?? need.resource;
  return new AwsError(
    code,
    denialMessage(call.caller.arn, need.action, shown === '' ? undefined : shown, reason),
    status,
  );
}

function reasonOf(decision: Decision & { allowed: false }, action: string): string {
  if (!decision.explicit) {
    return `because no ${decision.by} allows the ${action} action`;
  }
  const article = /^[aeiou]/.test(decision.by) ? 'an' : 'a';
  return `with an explicit deny in ${article} ${decision.by}`;
}
