import { policyArn } from '../aws/arn.ts';
import { type FoundPolicy, spellingsOf } from '../aws/policies.ts';
import { DEFAULT_ATTACHMENT_QUOTA } from '../aws/roles.ts';
import { MANY_POLICIES } from '../defaults.ts';
import type { Change, PolicyOutcome } from '../report/types.ts';
import { policyWords as words } from '../report/words/steps.ts';
import { conflictFailure } from './conflict.ts';
import type { PolicyAim } from './policy-aim.ts';
import { policyConflict } from './policy-conflicts.ts';
import { distribute, type PolicyWork, takenName } from './policy-distribution.ts';
import { create, settlePolicies } from './policy-settling.ts';
import { newSettling, outcomeOf, type Settling } from './policy-settling-state.ts';
import { readChain, versionToDelete } from './policy-writing.ts';
import { sharedPrefix } from './shared-prefix.ts';
import { tagsFor } from './tags.ts';
import type { PolicyRequest, Step, StepContext, StepInput, StepPlan } from './types.ts';

export interface FoundPolicies {
  /** The policies `NAME`, `NAME-2`, … up to the first number that is free. */
  chain: FoundPolicy[];
  /** ARNs of all policies with one of these names, also under another path or in other letter case. */
  spellings: string[];
}

export interface PolicyPlan extends StepPlan {
  work: PolicyWork[];
}

/** Step 2 of the AWS guide: the policy that allows reading the secrets, or several when one is full. */
export const readPolicy: Step<PolicyRequest, FoundPolicies, PolicyPlan> = {
  name: 'read-policy',
  inspect,
  plan,
  apply,
};

async function inspect({ aws, policies }: StepContext, { policy }: PolicyRequest): Promise<FoundPolicies> {
  const identity = await aws.identity();
  // What may be extended must be known to be nobody's stack.
  const reader = { ...policies, read: (arn: string) => policies.read(arn, { withStack: true }) };
  const [chain, spellings] = await Promise.all([
    readChain(reader, policy.name, identity),
    spellingsOf(aws, policy.name),
  ]);
  return { chain, spellings };
}

function plan(input: StepInput<PolicyRequest>, { chain, spellings }: FoundPolicies): PolicyPlan {
  const { request, secrets, identity } = input;
  const spread = distribute(secrets, chain, request.policy, identity);
  if ('blocked' in spread) return emptyPlan([policyConflict(spread)]);
  const taken = takenName(spread.work, spellings);
  if (taken) return emptyPlan([policyConflict(taken)]);
  return {
    ...emptyPlan([]),
    work: spread.work,
    warnings: warnings(input, chain.length, spread.work),
    changes: spread.work.map((work) => toChange(work, input)),
    expected: { policies: spread.work.map((work) => expected(work, input)) },
  };
}

function warnings(
  { request, secrets }: StepInput<PolicyRequest>,
  there: number,
  work: PolicyWork[],
): string[] {
  const { scope } = request.policy;
  if (typeof scope === 'object') return /[/_.-]$/.test(scope.prefix) ? [] : [words.openPrefix(scope.prefix)];
  const count = there + work.filter(({ kind }) => kind === 'create').length;
  const grows = work.some(({ kind }) => kind !== 'keep');
  if (scope !== 'secrets' || !grows || count < MANY_POLICIES) return [];
  const flags = words.prefixFlags(sharedPrefix(secrets.map(({ name }) => name)));
  return [words.manyPolicies(count, DEFAULT_ATTACHMENT_QUOTA, flags)];
}

function emptyPlan(conflicts: StepPlan['conflicts']): PolicyPlan {
  return { work: [], changes: [], conflicts, warnings: [], expected: { policies: [] } };
}

function expected(work: PolicyWork, { identity }: StepInput<PolicyRequest>): PolicyOutcome {
  if (work.kind === 'create') {
    return { name: work.name, arn: policyArn(identity, work.name), versionId: 'v1', action: 'created' };
  }
  const { name, arn, versionId } = work.policy;
  return work.kind === 'keep'
    ? { name, arn, versionId, action: 'kept' }
    : { name, arn, versionId: null, action: 'updated' };
}

function toChange(work: PolicyWork, { request }: StepInput<PolicyRequest>): Change {
  if (work.kind === 'keep')
    return { action: 'keep', resource: 'policy', name: work.policy.name, reason: words.keep };
  if (work.kind === 'create') {
    const { scope } = request.policy;
    const first = scope === 'secrets' ? words.create(work.secrets.length) : words.createWide(scope);
    const reason = work.overflowOf ? words.createNext(work.overflowOf) : first;
    return { action: 'create', resource: 'policy', name: work.name, reason, document: work.document };
  }
  const oldest = versionToDelete(work.policy);
  const { scope } = request.policy;
  const added = scope === 'secrets' ? words.update(work.secrets.length) : words.updateWide(scope);
  const reason = [added, ...(oldest ? [words.makesRoom(oldest)] : [])].join('; ');
  return { action: 'update', resource: 'policy', name: work.policy.name, reason, document: work.document };
}

/** The policies shall allow the secrets, and whatever others add meanwhile. */
function aimOf({ request, secrets, identity }: StepInput<PolicyRequest>): PolicyAim {
  return {
    name: request.policy.name,
    gaps: false,
    identity,
    tags: tagsFor('read-policy', request),
    decide(chain) {
      const spread = distribute(secrets, chain, request.policy, identity);
      if ('blocked' in spread) throw conflictFailure([policyConflict(spread)]);
      return spread.work;
    },
    keepOf: (document) => document,
  };
}

async function apply(context: StepContext, input: StepInput<PolicyRequest>, plan: PolicyPlan) {
  const settling = newSettling(plan.work);
  const aim = aimOf(input);
  const policies: PolicyOutcome[] = [];
  for (const work of plan.work) {
    const outcome = work.kind === 'keep' ? expected(work, input) : await begin(context, aim, work, settling);
    // What stands in the account is not what the plan was made on: go by what is there now.
    if (!outcome) {
      const settled = await settlePolicies(context, aim, settling);
      context.record({ policies: settled });
      return { policies: settled };
    }
    context.record({ policies: [outcome] });
    policies.push(outcome);
  }
  return { policies };
}

/** Creates a policy; answers nothing for one that exists, because that is read again before it is extended. */
async function begin(
  context: StepContext,
  aim: PolicyAim,
  work: PolicyWork,
  settling: Settling,
): Promise<PolicyOutcome | undefined> {
  const made = work.kind === 'create' ? await create(context, aim, work, settling) : undefined;
  return made && outcomeOf(made, settling);
}
