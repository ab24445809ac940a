import type { VerifyCheck } from '../../checks/verify/types.ts';
import { type Replaced, usersOfReplaced } from '../../cli/replaced-users.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { stepContext } from '../../cli/step-context.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import {
  applyAll,
  asPlanned,
  inspectAll,
  isOpen,
  planAll,
  type SetupPlan,
  type SetupResult,
} from '../../steps/index.ts';
import type { StepContext } from '../../steps/types.ts';
import { setupWords as words } from '../../ui/messages.ts';
import { changesAnything } from '../../ui/plan.ts';
import { counter } from '../../ui/progress.ts';

/** Keys of which is known what exists, and what will be done. */
export interface PlannedKeys {
  context: StepContext;
  /** With the kind of key where only the secrets tell it. */
  requests: SetupRequest[];
  plan: SetupPlan;
  /** For each key, what has to be updated before it can use the new one. */
  outdated: VerifyCheck[][];
}

/** Reads what exists, for one key or many, and plans. */
export async function planKeys(run: CommandRun, requests: SetupRequest[]): Promise<PlannedKeys> {
  const context = stepContext(run);
  run.progress.start(words.reading);
  const inspection = await inspectAll(context, requests, counter(run.progress, requests.length));
  run.progress.stop();
  const first = planAll(inspection);
  const { keys, unseen } = await usersOfReplaced(run, replacedIn(first));
  const conflicts = keys.map((key) => key.conflicts);
  const plan = conflicts.some(({ length }) => length > 0) ? planAll(inspection, conflicts) : first;
  const ofUsers = keys.flatMap((key) => (key.conflicts.length > 0 ? [] : key.warnings));
  return {
    context,
    requests: inspection.requests,
    plan: { ...plan, warnings: [...plan.warnings, ...ofUsers, ...unseen] },
    outdated: keys.map((key) => key.outdated),
  };
}

/** For each key, the secrets that exist and get another value, and that value. */
function replacedIn({ keys }: SetupPlan): Replaced[] {
  return keys.map((key) => {
    const { secrets, input } = key;
    const decisions = isOpen(key) ? (secrets?.plan.decisions ?? []) : [];
    const replaced = decisions.flatMap((decision) => {
      const { existingKey } = input.request.answers;
      const isReplaced =
        decision.kind === 'replace' || (decision.kind === 'restore' && existingKey === 'replace');
      return isReplaced ? [decision.found] : [];
    });
    return { secrets: replaced, key: secrets?.plan.key };
  });
}

/** Carries the plan out; where it changes nothing, what it expects is what there is. */
export async function applyKeys(
  run: CommandRun,
  { context, plan }: Pick<PlannedKeys, 'context' | 'plan'>,
): Promise<SetupResult> {
  if (!changesAnything(plan.changes)) return asPlanned(plan);
  return applyAll(context, plan, counter(run.progress, plan.keys.filter(isOpen).length));
}
