import type { FoundSecret } from '../aws/secrets.ts';
import { counter } from '../report/counter.ts';
import { changesAnything } from '../report/plan.ts';
import { setupWords as words } from '../report/words/setup.ts';
import {
  applyAll,
  asPlanned,
  inspectAll,
  isOpen,
  planAll,
  type SetupPlan,
  type SetupResult,
} from '../steps/index.ts';
import type { SetupRequest, StepContext } from '../steps/types.ts';
import type { CommandRun } from './command-run.ts';
import { usersOfReplaced } from './replaced-users.ts';
import { stepContext } from './step-context.ts';

/** Keys of which is known what exists, and what will be done. */
export interface PlannedKeys {
  context: StepContext;
  /** With the kind of key where only the secrets tell it. */
  requests: SetupRequest[];
  plan: SetupPlan;
}

/** Reads what exists, for one key or many, and plans. */
export async function planKeys(run: CommandRun, requests: SetupRequest[]): Promise<PlannedKeys> {
  const context = stepContext(run);
  run.progress.start(words.reading);
  const inspection = await inspectAll(context, requests, counter(run.progress, requests.length));
  run.progress.stop();
  const plan = planAll(inspection);
  const users = await usersOfReplaced(run, replacedIn(plan));
  return {
    context,
    requests: inspection.requests,
    plan: { ...plan, warnings: [...plan.warnings, ...users] },
  };
}

/** The secrets that exist and get another value. */
function replacedIn({ keys }: SetupPlan): FoundSecret[] {
  return keys.filter(isOpen).flatMap(({ secrets, input }) =>
    (secrets?.plan.decisions ?? []).flatMap((decision) => {
      const { existingKey } = input.request.answers;
      const isReplaced =
        decision.kind === 'replace' || (decision.kind === 'restore' && existingKey === 'replace');
      return isReplaced ? [decision.found] : [];
    }),
  );
}

/** Carries the plan out; where it changes nothing, what it expects is what there is. */
export async function applyKeys(
  run: CommandRun,
  { context, plan }: Pick<PlannedKeys, 'context' | 'plan'>,
): Promise<SetupResult> {
  if (!changesAnything(plan.changes)) return asPlanned(plan);
  return applyAll(context, plan, counter(run.progress, plan.keys.filter(isOpen).length));
}
