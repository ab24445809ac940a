import { policyArn } from '../../aws/arn.ts';
import { DEFAULT_ATTACHMENT_QUOTA } from '../../aws/iam/quotas.ts';
import { policyTags } from '../../aws/tags.ts';
import { sharedPrefix } from '../../options/rules.ts';
import type { Change, Conflict, PolicyOutcome } from '../../plan-types.ts';
import { isWiderThan, secretResources, tryParsePolicy } from '../../policy/index.ts';
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
import { create, reconcilePolicies } from './reconcile.ts';
import { newReconcileState, outcomeOf, type ReconcileState } from './reconcile-state.ts';

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
  if ('work' in result) return result;
  return { conflict: policyConflict(result) };
}

function planWarnings(input: StepInput<PolicyRequest>, chain: PolicyChain, work: PolicyWork[]): string[] {
  const { name } = input.request.policy;
  return [
    ...widthWarnings(input, chain),
    ...numberedNames(input.request).map((base) => messages.numberedNames(base, name)),
    ...scopeWarnings(input, chain.policies.length, work),
  ];
}

/** Returns warnings about a policy that gives the role more than requested. */
function widthWarnings(
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

/** Returns the names of other policies in the run that this policy's name would continue. */
function numberedNames({ policy, reserved }: PolicyRequest): string[] {
  const base = continuedName(policy.name)?.toLowerCase();
  return reserved.filter((name) => name.toLowerCase() === base);
}

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

function emptyPlan(search: ChainSearch, conflicts: StepPlan['conflicts']): PolicyPlan {
  return { search, work: [], changes: [], conflicts, warnings: [], expected: { policies: [] } };
}

function expectedOutcome(work: PolicyWork, { identity }: StepInput<PolicyRequest>): PolicyOutcome {
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
    return { action: 'keep', resource: 'policy', name: work.policy.name, reason: messages.keep };
  if (work.kind === 'create') {
    const { scope } = request.policy;
    const first = scope === 'secrets' ? messages.create(work.secrets.length) : messages.createWide(scope);
    const reason = work.overflowOf ? messages.createNext(work.overflowOf) : first;
    return { action: 'create', resource: 'policy', name: work.name, reason, document: work.document };
  }
  const oldest = versionToDelete(work.policy);
  const { scope } = request.policy;
  const added = scope === 'secrets' ? messages.update(work.secrets.length) : messages.updateWide(scope);
  const reason = [added, ...(oldest ? [messages.makesRoom(oldest)] : [])].join('; ');
  return { action: 'update', resource: 'policy', name: work.policy.name, reason, document: work.document };
}

/** Returns the desired state: the policies allow the secrets, and keep what others add in the meantime. */
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
  const { work: planned, search } = plan;
  const reconciling = newReconcileState(planned, context.limits);
  lookForCreated(search, planned);
  let latestWarnings: string[] = [];
  const desired = desiredPoliciesOf(input, search, (chain) => {
    latestWarnings = widthWarnings(input, chain);
  });
  const policies: PolicyOutcome[] = [];
  for (const work of planned) {
    const outcome =
      work.kind === 'keep'
        ? expectedOutcome(work, input)
        : await tryCreate(context, desired, work, reconciling);
    // The account has changed since the plan was made, so reconcile with its current state.
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

/** Makes later reads look for the policies that this run will create, because another run may create them first. */
function lookForCreated(search: ChainSearch, work: PolicyWork[]): void {
  for (const each of work) if (each.kind === 'create') lookFor(search, each.name);
}

/** Creates a policy. Returns undefined for a policy that exists, now or in the plan: it must be read before it is extended. */
async function tryCreate(
  context: StepContext,
  desired: DesiredPolicies,
  work: PolicyWork,
  reconciling: ReconcileState,
): Promise<PolicyOutcome | undefined> {
  const created = work.kind === 'create' ? await create(context, desired, work, reconciling) : undefined;
  return created && outcomeOf(created, reconciling);
}

/** At this many policies, the plan suggests the policy scope `prefix` instead of one entry for each secret. */
export const MANY_POLICIES = 8;
