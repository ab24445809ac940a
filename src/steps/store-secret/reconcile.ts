import { allSettledOrThrow, waitUntil } from '../../aws/requests/concurrency.ts';
import type { KeyMaterial } from '../../key/index.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import type { Conflict, SecretOutcome } from '../../plan-types.ts';
import { conflictFailure } from '../conflict.ts';
import {
  type ObservedSecrets,
  type SecretDecision,
  type SecretPlan,
  type SecretRef,
  type StepContext,
  type StepOutput,
  waitOptions,
} from '../types.ts';
import { secretMessages as messages } from './messages.ts';
import { createSecret, replaceValue, restoreSecret } from './write.ts';

/** The decisions for the secrets of a key, and the key to store. */
type Decided = Pick<SecretPlan, 'decisions' | 'key'>;

/** How to plan again after something has changed: read the secrets, then decide. */
export interface Planner {
  observe: () => Promise<ObservedSecrets>;
  decide: (found: ObservedSecrets) => SecretPlan;
}

/** What a run has done so far, and what it knows of its writes. */
interface Progress {
  /** The secrets that have their desired state, by `secretIdOf`. */
  completed: Map<string, SecretRef>;
  /** The secrets that were restored, by `secretIdOf`. */
  restored: Set<string>;
  /** How often each repeatable write was sent, and when it was last sent, in `performance.now()` milliseconds. */
  writes: Map<string, { count: number; lastSentAt: number }>;
  /** Tokens for new values that AWS has rejected. */
  refusedTokens: Set<string>;
}

/**
 * Applies the plan. Reads and decides again if a secret to create turns out to exist, or if a value differs from the one that was
 * read, until the IAM propagation time is over. For each secret, a run sends one request with a change. It repeats the request at
 * most once for each pause in `writeAgainAfterMs`. To store a value, it sends one more request for each spent token.
 */
export async function reconcileSecrets(
  context: StepContext,
  request: SetupRequest,
  plan: Decided,
  planner: Planner,
): Promise<StepOutput> {
  const progress: Progress = {
    completed: new Map(),
    restored: new Set(),
    writes: new Map(),
    refusedTokens: new Set(),
  };
  let next: Decided | undefined = plan;
  const round = async (): Promise<StepOutput | undefined> => {
    const currentPlan = next ?? (await replan(planner, plan));
    next = undefined;
    const decided = await restoreFirst(context, currentPlan, planner, progress);
    if (!(await applyDecisions(context, request, decided, progress))) return undefined;
    const secrets = decided.decisions.flatMap(
      (decision) => progress.completed.get(secretIdOf(decision)) ?? [],
    );
    return { secrets, key: decided.key };
  };
  const options = waitOptions(context, () => messages.reconciling);
  const { value } = await waitUntil(round, (output) => output !== undefined, options);
  if (value) return value;
  throw conflictFailure([lateConflict(messages.keepsChanging)]);
}

/** Returns true if a write may be sent: the first time, or again after a growing pause. If so, records it as sent. */
function maySend({ writes }: Progress, write: string, { limits }: StepContext): boolean {
  const previous = writes.get(write);
  if (previous) {
    const pause = limits.writeAgainAfterMs[previous.count - 1];
    if (pause === undefined || performance.now() - previous.lastSentAt < pause) return false;
  }
  writes.set(write, { count: (previous?.count ?? 0) + 1, lastSentAt: performance.now() });
  return true;
}

/**
 * Applies the decisions, first in one Region and then in all others at once. The first Region is the same in all concurrent runs.
 * If two of them have different keys, one is first, and the other stops before it has written anything. Returns false if the
 * secrets have changed since they were read.
 */
async function applyDecisions(
  context: StepContext,
  request: SetupRequest,
  { decisions, key }: Decided,
  progress: Progress,
): Promise<boolean> {
  const { completed } = progress;
  const applyOnce = async (decision: SecretDecision) => {
    const ref =
      completed.get(secretIdOf(decision)) ?? (await applyDecision(context, request, decision, key, progress));
    if (!ref) return false;
    completed.set(secretIdOf(decision), ref);
    context.record({ secrets: [ref] });
    return true;
  };
  const writes = decisions.filter(({ kind }) => kind !== 'keep');
  const [first] = writes.sort((a, b) => secretIdOf(a).localeCompare(secretIdOf(b)));
  if (first && !(await applyOnce(first))) return false;
  return (await allSettledOrThrow(decisions.map(applyOnce))).every(Boolean);
}

/** Returns the Region of the first write for a key, from the expected outcomes; see `applyDecisions`. */
export function firstWriteRegion(expected: SecretOutcome[] = []): string {
  const written = expected.filter(({ action }) => action !== 'kept').map(({ region }) => region);
  return written.sort((a, b) => a.localeCompare(b))[0] ?? '';
}

/** Returns an ID for a secret that is unique in the run: its Region and its name. */
function secretIdOf(decision: SecretDecision): string {
  if (decision.kind === 'conflict') throw new Error('a conflict cannot be carried out');
  return `${decision.ref.region} ${decision.ref.name}`;
}

/** Reads and decides again after someone else created or changed the secret. */
async function replan({ observe, decide }: Planner, first: Decided): Promise<Decided> {
  const decided = decide(await observe());
  const [conflict = overtakenConflict(first, decided)] = decided.conflicts;
  if (conflict) throw conflictFailure([{ ...conflict, found: messages.changedMeanwhile(conflict.found) }]);
  return decided;
}

/**
 * Returns a conflict if another run has replaced a value that this run was to replace. Replacing that value again could leave
 * different keys in the Regions, because the other run doesn't read again what it has written.
 */
function overtakenConflict(first: Decided, now: Decided): Conflict | undefined {
  const deletedConflict = conflictIfDeleted(first, now);
  if (deletedConflict) return deletedConflict;
  const toReplace = first.decisions.filter((each) => each.kind === 'replace');
  const changed = now.decisions
    .filter((each) => each.kind === 'replace')
    .find(({ ref, found }) =>
      toReplace.some((each) => each.ref.arn === ref.arn && each.found.versionId !== found.versionId),
    );
  return changed && lateConflict(messages.otherValue(changed.ref.name, changed.ref.region));
}

/** Returns a conflict if a secret no longer exists. Creating a new one is not what the plan showed. */
function conflictIfDeleted(first: Decided, { decisions }: Pick<Decided, 'decisions'>): Conflict | undefined {
  const expectedIds = first.decisions.filter(({ kind }) => kind !== 'create').map(secretIdOf);
  const gone = decisions
    .filter((each) => each.kind === 'create')
    .find((each) => expectedIds.includes(secretIdOf(each)));
  return gone && lateConflict(messages.gone(gone.ref.name, gone.ref.region));
}

function lateConflict(found: string): Conflict {
  return { step: 'store-secret', found, details: [], choices: [] };
}

/** Applies a decision. Returns undefined if the secret has changed since it was read. */
async function applyDecision(
  context: StepContext,
  request: SetupRequest,
  decision: SecretDecision,
  key: KeyMaterial | undefined,
  progress: Progress,
): Promise<SecretRef | undefined> {
  switch (decision.kind) {
    case 'conflict':
      throw new Error('a conflict cannot be carried out');
    case 'keep':
      return decision.ref;
    case 'restore':
      // `restoreFirst` has just restored it, but AWS doesn't show that yet, or someone has deleted it again.
      return undefined;
    case 'create':
      return maySend(progress, `create ${secretIdOf(decision)}`, context)
        ? createSecret(context, request, decision.ref, requireKey(key))
        : undefined;
    case 'replace':
      return replaceValue(context, decision, requireKey(key), progress.refusedTokens);
  }
}

function requireKey(key: KeyMaterial | undefined): KeyMaterial {
  if (!key) throw new Error('there is no key to store');
  return key;
}

/**
 * Restores secrets that are scheduled for deletion, and decides again: only now can their values be read, and one may be the key
 * that the other Regions need. This is the only place where a conflict can show up after a change.
 */
async function restoreFirst(
  context: StepContext,
  plan: Decided,
  { decide }: Planner,
  progress: Progress,
): Promise<Decided> {
  const { restored } = progress;
  const withRestoredAction = (decisions: SecretDecision[]) =>
    decisions.map((decision) => (restored.has(secretIdOf(decision)) ? asRestored(decision) : decision));
  if (!plan.decisions.some(({ kind }) => kind === 'restore'))
    return { ...plan, decisions: withRestoredAction(plan.decisions) };
  const targets = await allSettledOrThrow(
    plan.decisions.map(async (decision) => {
      if (decision.kind === 'conflict') throw new Error('a conflict cannot be carried out');
      const { region } = decision.ref;
      if (decision.kind === 'restore' && maySend(progress, `restore ${secretIdOf(decision)}`, context)) {
        restored.add(secretIdOf(decision));
        return { region, secret: await restoreSecret(context, decision.ref) };
      }
      return { region, secret: 'found' in decision ? decision.found : undefined };
    }),
  );
  const { decisions, key, conflicts } = decide({ targets });
  const [conflict = conflictIfDeleted(plan, { decisions })] = conflicts;
  if (conflict) throw conflictFailure([{ ...conflict, found: messages.restoredInVain(conflict.found) }]);
  return { key, decisions: withRestoredAction(decisions) };
}

function asRestored(decision: SecretDecision): SecretDecision {
  return decision.kind === 'conflict'
    ? decision
    : { ...decision, ref: { ...decision.ref, action: 'restored' } };
}
