import { allSettledOrThrow, waitUntil } from '../../aws/requests/concurrency.ts';
import type { KeyMaterial } from '../../key/index.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import type { Conflict, SecretOutcome } from '../../plan-types.ts';
import { conflictFailure } from '../conflict.ts';
import type { SecretRef, StepContext, StepOutput } from '../types.ts';
import type { ObservedSecrets, SecretDecision, SecretPlan } from './decision-types.ts';
import { secretMessages as messages } from './messages.ts';
import { createSecret, replaceValue, restoreSecret } from './write.ts';

/** The decisions, and the key. */
type Decided = Pick<SecretPlan, 'decisions' | 'key'>;

/** Reads the secrets again, and decides again. */
export interface Again {
  look: () => Promise<ObservedSecrets>;
  decide: (found: ObservedSecrets) => SecretPlan;
}

/** What a run has done so far, and what it knows of its writes. */
interface Progress {
  /** The secrets that have their desired state, by place. */
  done: Map<string, SecretRef>;
  /** The places of secrets that were restored. */
  restored: Set<string>;
  /** How often each repeatable write was sent, and when it was last sent. */
  writes: Map<string, { times: number; at: number }>;
  /** Tokens for new values that AWS has rejected. */
  refusedTokens: Set<string>;
}

/**
 * Applies the plan. It reads and decides again if a secret to create turns out to exist, or if a value differs from the one that
 * was read. This ends when the IAM propagation time is over. For each secret, a run sends one request with a change, and repeats
 * it at most once for each pause in `writeAgainAfterMs`. To store a value, it sends one more request for each spent token.
 */
export async function reconcileSecrets(
  context: StepContext,
  request: SetupRequest,
  plan: Decided,
  again: Again,
): Promise<StepOutput> {
  const { limits, interrupt } = context;
  const progress: Progress = {
    done: new Map(),
    restored: new Set(),
    writes: new Map(),
    refusedTokens: new Set(),
  };
  let next: Decided | undefined = plan;
  const round = async (): Promise<StepOutput | undefined> => {
    const planned = next ?? (await decideAgain(again, plan));
    next = undefined;
    const decided = await restoreFirst(context, planned, again, progress);
    if (!(await carryOutAll(context, request, decided, progress))) return undefined;
    const secrets = decided.decisions.flatMap((decision) => progress.done.get(placeOf(decision)) ?? []);
    return { secrets, key: decided.key };
  };
  const { value } = await waitUntil(round, (output) => output !== undefined, {
    limits,
    interrupt,
    onWait: (elapsed) => context.waiting(messages.reconciling, elapsed),
  });
  if (value) return value;
  throw conflictFailure([lateConflict(messages.keepsChanging)]);
}

/** Returns true if a write may be sent: the first time, or again after a growing pause. If so, records it as sent. */
function maySend({ writes }: Progress, write: string, { limits }: StepContext): boolean {
  const last = writes.get(write);
  if (last) {
    const pause = limits.writeAgainAfterMs[last.times - 1];
    if (pause === undefined || performance.now() - last.at < pause) return false;
  }
  writes.set(write, { times: (last?.times ?? 0) + 1, at: performance.now() });
  return true;
}

/**
 * Applies the decisions, first in one Region and then in all others at once. The first Region is the same in all concurrent runs.
 * If two of them have different keys, one is first, and the other stops before it has written anything. Returns false if the
 * current state is not what was read.
 */
async function carryOutAll(
  context: StepContext,
  request: SetupRequest,
  { decisions, key }: Decided,
  progress: Progress,
): Promise<boolean> {
  const { done } = progress;
  const carry = async (decision: SecretDecision) => {
    const ref = done.get(placeOf(decision)) ?? (await carryOut(context, request, decision, key, progress));
    if (!ref) return false;
    done.set(placeOf(decision), ref);
    context.record({ secrets: [ref] });
    return true;
  };
  const writes = decisions.filter(({ kind }) => kind !== 'keep');
  const [first] = writes.sort((a, b) => placeOf(a).localeCompare(placeOf(b)));
  if (first && !(await carry(first))) return false;
  return (await allSettledOrThrow(decisions.map(carry))).every(Boolean);
}

/** Returns the Region of the first write for a key, from the expected outcomes; see `carryOutAll`. */
export function beginsIn(expected: SecretOutcome[] = []): string {
  const written = expected.filter(({ action }) => action !== 'kept').map(({ region }) => region);
  return written.sort((a, b) => a.localeCompare(b))[0] ?? '';
}

/** Returns a unique ID for a secret in a Region. */
function placeOf(decision: SecretDecision): string {
  if (decision.kind === 'conflict') throw new Error('a conflict cannot be carried out');
  return `${decision.ref.region} ${decision.ref.name}`;
}

/** Reads and decides again after someone else created or changed the secret. */
async function decideAgain({ look, decide }: Again, first: Decided): Promise<Decided> {
  const decided = decide(await look());
  const [conflict = overtaken(first, decided)] = decided.conflicts;
  if (conflict) throw conflictFailure([{ ...conflict, found: messages.madeMeanwhile(conflict.found) }]);
  return decided;
}

/**
 * Returns a conflict if another run has replaced a value that this run was to replace. Replacing it again could leave different
 * keys in the Regions, because the other run doesn't read again what it has written.
 */
function overtaken(first: Decided, now: Decided): Conflict | undefined {
  const gone = goneSince(first, now);
  if (gone) return gone;
  const toReplace = first.decisions.filter((each) => each.kind === 'replace');
  const changed = now.decisions
    .filter((each) => each.kind === 'replace')
    .find(({ ref, found }) =>
      toReplace.some((each) => each.ref.arn === ref.arn && each.found.versionId !== found.versionId),
    );
  return changed && lateConflict(messages.otherValue(changed.ref.name, changed.ref.region));
}

/** Returns a conflict if a secret no longer exists. Creating a new one is not what the plan showed. */
function goneSince(first: Decided, { decisions }: Pick<Decided, 'decisions'>): Conflict | undefined {
  const there = first.decisions.filter(({ kind }) => kind !== 'create').map(placeOf);
  const gone = decisions
    .filter((each) => each.kind === 'create')
    .find((each) => there.includes(placeOf(each)));
  return gone && lateConflict(messages.gone(gone.ref.name, gone.ref.region));
}

function lateConflict(found: string): Conflict {
  return { step: 'store-secret', found, details: [], choices: [] };
}

/** Applies a decision. Returns undefined if the current state is not what was read. */
async function carryOut(
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
      // It was just restored and doesn't show that yet, or it was deleted again.
      return undefined;
    case 'create':
      return maySend(progress, `create ${placeOf(decision)}`, context)
        ? createSecret(context, request, decision.ref, demanded(key))
        : undefined;
    case 'replace':
      return replaceValue(context, decision, demanded(key), progress.refusedTokens);
  }
}

function demanded(key: KeyMaterial | undefined): KeyMaterial {
  if (!key) throw new Error('there is no key to store');
  return key;
}

/**
 * Restores secrets that are scheduled for deletion, and decides again. Only then can their values be read, and one may be the key
 * that the other Regions need. This is the only place where a conflict can show up after a change.
 */
async function restoreFirst(
  context: StepContext,
  plan: Decided,
  { decide }: Again,
  progress: Progress,
): Promise<Decided> {
  const { restored } = progress;
  const label = (decisions: SecretDecision[]) =>
    decisions.map((decision) => (restored.has(placeOf(decision)) ? asRestored(decision) : decision));
  if (!plan.decisions.some(({ kind }) => kind === 'restore'))
    return { ...plan, decisions: label(plan.decisions) };
  const places = await allSettledOrThrow(
    plan.decisions.map(async (decision) => {
      if (decision.kind === 'conflict') throw new Error('a conflict cannot be carried out');
      const { region } = decision.ref;
      if (decision.kind === 'restore' && maySend(progress, `restore ${placeOf(decision)}`, context)) {
        restored.add(placeOf(decision));
        return { region, secret: await restoreSecret(context, decision.ref) };
      }
      return { region, secret: 'found' in decision ? decision.found : undefined };
    }),
  );
  const { decisions, key, conflicts } = decide({ places });
  const [conflict = goneSince(plan, { decisions })] = conflicts;
  if (conflict) throw conflictFailure([{ ...conflict, found: messages.restoredInVain(conflict.found) }]);
  return { key, decisions: label(decisions) };
}

function asRestored(decision: SecretDecision): SecretDecision {
  return decision.kind === 'conflict'
    ? decision
    : { ...decision, ref: { ...decision.ref, action: 'restored' } };
}
