import { allSettledOrThrow, waitUntil } from '../../aws/requests/concurrency.ts';
import type { KeyMaterial } from '../../key/index.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import type { Conflict, SecretOutcome } from '../../plan-types.ts';
import { conflictFailure } from '../conflict.ts';
import { secretMessages as messages } from '../messages.ts';
import type { SecretRef, StepContext, StepOutput } from '../types.ts';
import type { ObservedSecrets, SecretDecision, SecretPlan } from './decision-types.ts';
import { createSecret, replaceValue, restoreSecret } from './write.ts';

/** What is to be done, and with which key. */
type Decided = Pick<SecretPlan, 'decisions' | 'key'>;

/** How to look at the secrets again, and to decide anew. */
export interface Again {
  look: () => Promise<ObservedSecrets>;
  decide: (found: ObservedSecrets) => SecretPlan;
}

/** What a run has done so far, and what it has learned of its writes. */
interface Progress {
  /** The secrets that are as they should be, by their places. */
  done: Map<string, SecretRef>;
  /** The places of secrets that were restored. */
  restored: Set<string>;
  /** How often each write was sent that may be sent again, and when the last time was. */
  writes: Map<string, { times: number; at: number }>;
  /** Tokens for new values that AWS has refused. */
  refusedTokens: Set<string>;
}

/**
 * Carries the plan out. When a secret turns out to be there that was to be made, or holds another value than the one that
 * was read, it is read and decided again, for as long as IAM would be waited for. For each secret a run sends one request that
 * changes it, and repeats it `writeAgainAfterMs` times at most. To store a value, it sends one more for each spent token.
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
    return { secrets, ...(decided.key ? { key: decided.key } : {}) };
  };
  const { value } = await waitUntil(round, (output) => output !== undefined, {
    limits,
    interrupt,
    onWait: (elapsed) => context.waiting(messages.reconciling, elapsed),
  });
  if (value) return value;
  throw conflictFailure([lateConflict(messages.keepsChanging)]);
}

/** Whether a write may be sent, for the first time or, after a pause that grows, again; notes that it is. */
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
 * Carries out what is decided, first in one Region and then in all others at once. The first one is the same in every run
 * that goes on at the same time: of two with different keys, one gets there first, and the other stops before it has
 * written anything anywhere.
 * Returns false when what is there is not what was read.
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

/** The Region in which the first secret of a key is written, by what is expected of all of them; see `carryOutAll`. */
export function beginsIn(expected: SecretOutcome[] = []): string {
  const written = expected.filter(({ action }) => action !== 'kept').map(({ region }) => region);
  return written.sort((a, b) => a.localeCompare(b))[0] ?? '';
}

/** A unique ID for a secret in a Region. */
function placeOf(decision: SecretDecision): string {
  if (decision.kind === 'conflict') throw new Error('a conflict cannot be carried out');
  return `${decision.ref.region} ${decision.ref.name}`;
}

/** Reads and decides again, now that someone else made a secret of the name, or changed it. */
async function decideAgain({ look, decide }: Again, first: Decided): Promise<Decided> {
  const decided = decide(await look());
  const [conflict = overtaken(first, decided)] = decided.conflicts;
  if (conflict) throw conflictFailure([{ ...conflict, found: messages.madeMeanwhile(conflict.found) }]);
  return decided;
}

/**
 * A value that was to be replaced, and that another run has replaced meanwhile. To replace that one too
 * could leave different keys in the Regions: the other run does not look again at what it has done.
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

/** A secret that was there, and is not any more: to make another one is not what was shown. */
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

/** Returns undefined when what is there is not what was read. */
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
      // It was restored a moment ago, and does not show it yet, or was deleted again.
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
 * Restores what is scheduled for deletion, and decides again. What a secret holds can be read only then, and it may be
 * the key that the other Regions have to get; so this is the one place where a conflict shows after a change.
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
  return { ...(key ? { key } : {}), decisions: label(decisions) };
}

function asRestored(decision: SecretDecision): SecretDecision {
  return decision.kind === 'conflict'
    ? decision
    : { ...decision, ref: { ...decision.ref, action: 'restored' } };
}
