import { policyArn } from '../../aws/arn.ts';
import { policyTags } from '../../aws/tags.ts';
import type { Change, Conflict, Difference, PolicyOutcome } from '../../plan-types.ts';
import { type JsonPolicy, tryParsePolicy } from '../../policy/index.ts';
import { MOST_LINES } from '../../text.ts';
import { conflictFailure } from '../conflict.ts';
import {
  type PolicyRequest,
  type Step,
  type StepContext,
  type StepInput,
  type StepPlan,
  warnOfNew,
} from '../types.ts';
import {
  type ChainSearch,
  continuedName,
  lookFor,
  type PolicyChain,
  readChain,
  searchChain,
} from './chain.ts';
import { versionToDelete } from './compare-and-swap.ts';
import { type DesiredPolicies, policyConflict } from './desired.ts';
import { type Distribution, distribute, type PolicyWork, takenName } from './distribute.ts';
import { policyMessages as messages } from './messages.ts';
import { createAndRecord, reconcilePolicies } from './reconcile.ts';
import { newReconcileState, outcomeOf } from './reconcile-state.ts';
import { planWarnings, widthWarnings } from './warnings.ts';

export interface ObservedPolicies {
  search: ChainSearch;
  chain: PolicyChain;
  /** ARNs of all policies with one of these names, with any path and case. */
  spellings: string[];
}

export interface PolicyPlan extends StepPlan {
  work: PolicyWork[];
  search: ChainSearch;
}

/** Step 2 of the AWS guide: the policy that allows reading the secrets, or several if one is full. */
export const readPolicy: Step<PolicyRequest, ObservedPolicies, PolicyPlan> = {
  name: 'read-policy',
  observe,
  plan,
  apply,
};

async function observe(
  { aws, policies }: StepContext,
  { policy: { name }, roleNames, reserved }: PolicyRequest,
): Promise<ObservedPolicies> {
  const identity = await aws.identity();
  const search = await searchChain(policies, { name, roleNames, reserved }, identity);
  return { search, chain: await readChain(policies, search), spellings: await policies.arnsNamedLike(name) };
}

function plan(input: StepInput<PolicyRequest>, { search, chain, spellings }: ObservedPolicies): PolicyPlan {
  const distribution = distributeSecrets(input, chain);
  if ('conflict' in distribution) return emptyPlan(search, [distribution.conflict]);
  const taken = takenName(distribution.work, spellings);
  if (taken) return emptyPlan(search, [policyConflict(taken)]);
  return {
    ...emptyPlan(search, []),
    work: distribution.work,
    warnings: planWarnings(input, chain, distribution.work),
    changes: distribution.work.map((work) => toChange(work, input)),
    expected: { policies: distribution.work.map((work) => expectedOutcome(work, input)) },
  };
}

/** Distributes the secrets over the policies, or returns the conflict that prevents it. */
function distributeSecrets(
  { request: { policy }, secrets, identity }: StepInput<PolicyRequest>,
  chain: PolicyChain,
): Distribution | { conflict: Conflict } {
  const [first] = chain.policies;
  const baseName = continuedName(policy.name);
  if (first?.overflow && first.name === policy.name && baseName !== undefined)
    return { conflict: policyConflict({ overflow: policy.name, baseName }) };
  const result = distribute(secrets, chain, policy, identity);
  return 'work' in result ? result : { conflict: policyConflict(result) };
}

function emptyPlan(search: ChainSearch, conflicts: Conflict[]): PolicyPlan {
  return { search, work: [], changes: [], conflicts, warnings: [], expected: { policies: [] } };
}

function expectedOutcome(work: PolicyWork, { identity }: StepInput<PolicyRequest>): PolicyOutcome {
  if (work.kind === 'create')
    return { name: work.name, arn: policyArn(identity, work.name), versionId: 'v1', action: 'created' };
  const { name, arn, versionId } = work.policy;
  return work.kind === 'keep'
    ? { name, arn, versionId, action: 'kept' }
    : { name, arn, versionId: null, action: 'updated' };
}

function toChange(work: PolicyWork, { request }: StepInput<PolicyRequest>): Change {
  if (work.kind === 'keep')
    return { action: 'keep', resource: 'policy', name: work.policy.name, reason: messages.keep };
  const { scope } = request.policy;
  if (work.kind === 'create') {
    const first = scope === 'secrets' ? messages.create(work.secrets.length) : messages.createWide(scope);
    const reason = work.overflowOf ? messages.createNext(work.overflowOf) : first;
    return { action: 'create', resource: 'policy', name: work.name, reason, document: work.document };
  }
  const oldest = versionToDelete(work.policy);
  const added = scope === 'secrets' ? messages.update(work.secrets.length) : messages.updateWide(scope);
  const reason = [added, ...(oldest ? [messages.makesRoom(oldest)] : [])].join('; ');
  const { policy, document } = work;
  const difference = resourceDifference(policy.document, document);
  return { action: 'update', resource: 'policy', name: policy.name, reason, document, difference };
}

/** Existing entries that are listed; of more, only the number is given. */
const MOST_EXISTING = 3;

/** Returns the resources that an update adds to a policy, and those that it keeps. */
function resourceDifference(current: string, desired: JsonPolicy): Difference | undefined {
  const before = resourcesIn(current);
  const after = resourcesIn(JSON.stringify(desired));
  const kept = after.filter((resource) => before.includes(resource));
  const added = after.filter((resource) => !before.includes(resource));
  if (added.length === 0) return undefined;
  const keptLines = kept.length > MOST_EXISTING ? [messages.existingEntries(kept.length)] : kept;
  const shown = added.slice(0, MOST_LINES);
  const more = added.length > shown.length ? [messages.moreEntries(added.length - shown.length)] : [];
  return {
    title: messages.resources,
    lines: [
      ...keptLines.map((text) => ({ mark: '=' as const, text })),
      ...[...shown, ...more].map((text) => ({ mark: '+' as const, text })),
    ],
  };
}

/** Returns the unique resources in the statements of a policy. */
function resourcesIn(text: string): string[] {
  const statements = tryParsePolicy(text)?.statements ?? [];
  return [...new Set(statements.flatMap(({ resources }) => resources?.values ?? []))];
}

/**
 * Returns the desired state: the policies allow the secrets, and keep what others add in the meantime.
 * @param onDecided called with each chain that a decision is based on
 */
function desiredPoliciesOf(
  input: StepInput<PolicyRequest>,
  search: ChainSearch,
  onDecided: (chain: PolicyChain) => void,
): DesiredPolicies {
  const { request, identity } = input;
  return {
    name: request.policy.name,
    identity,
    read: (reader) => readChain(reader, search),
    tags: (work) => policyTags(work, request),
    decide(chain) {
      const distribution = distributeSecrets(input, chain);
      if ('conflict' in distribution) throw conflictFailure([distribution.conflict]);
      lookForCreated(search, distribution.work);
      onDecided(chain);
      return distribution.work;
    },
  };
}

async function apply(context: StepContext, input: StepInput<PolicyRequest>, plan: PolicyPlan) {
  const { work: plannedWork, search } = plan;
  const reconciling = newReconcileState(plannedWork, context.limits);
  lookForCreated(search, plannedWork);
  let latestWarnings: string[] = [];
  const desired = desiredPoliciesOf(input, search, (chain) => {
    latestWarnings = widthWarnings(input, chain);
  });
  const policies: PolicyOutcome[] = [];
  for (const work of plannedWork) {
    const created =
      work.kind === 'create' ? await createAndRecord(context, desired, work, reconciling) : undefined;
    const outcome =
      work.kind === 'keep' ? expectedOutcome(work, input) : created && outcomeOf(created, reconciling);
    // A policy to update, or one that another run has created meanwhile, must be read before it is extended.
    if (!outcome) {
      const reconciled = await reconcilePolicies(context, desired, reconciling);
      warnOfNew(context, plan, { warnings: latestWarnings });
      context.record({ policies: reconciled });
      return { policies: reconciled };
    }
    context.record({ policies: [outcome] });
    policies.push(outcome);
  }
  return { policies };
}

/** Makes later reads of the chain include the policies that this run will create, because another run may create them first. */
function lookForCreated(search: ChainSearch, work: PolicyWork[]): void {
  for (const each of work) if (each.kind === 'create') lookFor(search, each.name);
}
