import type { VerifyCheck } from '../../checks/verify/result.ts';
import { type ReplacedSecrets, usersOfReplaced } from '../../cli/replaced-users.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { stepContext } from '../../cli/step-context.ts';
import { algorithmOfLength } from '../../key/index.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import type { EncryptionSettings, Outcomes } from '../../plan-types.ts';
import { applyAll } from '../../steps/apply.ts';
import { observeAll } from '../../steps/observe.ts';
import { canProceed, planAll, type SetupPlan } from '../../steps/plan.ts';
import { expectedResults, type KeyResult, type SetupResult } from '../../steps/results.ts';
import type { StepContext } from '../../steps/types.ts';
import { setupMessages as messages } from '../../ui/messages.ts';
import { changesAnything } from '../../ui/plan.ts';
import { counter } from '../../ui/progress.ts';

/** Keys with their observed state and plan. */
export interface PlannedKeys {
  context: StepContext;
  /** The requests, completed with the key type of the existing secret if they don't give one. */
  requests: SetupRequest[];
  plan: SetupPlan;
  /** For each key, checks of the flows, router inputs and router outputs that can't use the new value before an update. */
  outdated: VerifyCheck[][];
}

/** Reads the current state, and plans. */
export async function planKeys(run: CommandRun, requests: SetupRequest[]): Promise<PlannedKeys> {
  const context = stepContext(run);
  run.progress.start(messages.reading);
  const observedKeys = await observeAll(context, requests, counter(run.progress, requests.length));
  run.progress.stop();
  const firstPlan = planAll(observedKeys);
  const { keys, unseen } = await usersOfReplaced(run, replacedIn(firstPlan));
  const conflicts = keys.map((key) => key.conflicts);
  const hasConflicts = conflicts.some(({ length }) => length > 0);
  const plan = hasConflicts ? planAll(observedKeys, conflicts) : firstPlan;
  const userWarnings = keys.flatMap((key) => (key.conflicts.length > 0 ? [] : key.warnings));
  return {
    context,
    requests: observedKeys.requests,
    plan: { ...plan, warnings: [...plan.warnings, ...userWarnings, ...unseen] },
    outdated: keys.map((key) => key.outdated),
  };
}

/** Returns, for each key, the existing secrets that get a new value, and the new key. */
function replacedIn({ keys }: SetupPlan): ReplacedSecrets[] {
  return keys.map((key) => {
    const { secrets, input } = key;
    const decisions = canProceed(key) ? (secrets?.plan.decisions ?? []) : [];
    const replaced = decisions.flatMap((decision) => {
      const { existingKey } = input.request.answers;
      const isReplaced =
        decision.kind === 'replace' || (decision.kind === 'restore' && existingKey === 'replace');
      return isReplaced ? [decision.found] : [];
    });
    return { secrets: replaced, key: secrets?.plan.key };
  });
}

/** Applies the plan. If it changes nothing, the expected outcomes are the result. */
export async function applyKeys(
  run: CommandRun,
  { context, plan }: Pick<PlannedKeys, 'context' | 'plan'>,
): Promise<SetupResult> {
  if (!changesAnything(plan.changes)) return expectedResults(plan);
  return applyAll(context, plan, counter(run.progress, plan.keys.filter(canProceed).length));
}

export function outcomesOf({ keys, policies, roles }: SetupResult): Outcomes {
  return { secrets: keys.flatMap(({ secrets }) => secrets), policies, roles: roles.map(({ role }) => role) };
}

/** Returns the settings for the MediaConnect API, for each key that is set up and each of its Regions. */
export async function encryptionSettings(
  requests: SetupRequest[],
  { keys, roles }: SetupResult,
  dryRun: boolean,
): Promise<EncryptionSettings[]> {
  const roleArns = new Map(
    roles.flatMap(({ keyIndexes, role }) => keyIndexes.map((keyIndex) => [keyIndex, role.arn])),
  );
  const settings = await Promise.all(
    requests.map((request, index) => {
      const [key, roleArn = ''] = [keys[index], roleArns.get(index)];
      return !key || key.failure ? [] : settingsOf(request, key, roleArn, dryRun);
    }),
  );
  return settings.flat();
}

/** Returns the settings for one key. The algorithm is that of the key that the secret actually holds. */
async function settingsOf(
  { keyType }: SetupRequest,
  { secrets, key: storedKey, secretStates }: KeyResult,
  roleArn: string,
  dryRun: boolean,
): Promise<EncryptionSettings[]> {
  const attempt = await secretStates;
  const states = 'value' in attempt ? attempt.value : [];
  return secrets.map(({ arn, region, action }) => {
    // In a dry run, only a kept secret has the value that was read. All others will get the key of the run.
    const state = dryRun && action !== 'kept' ? undefined : states.find((secret) => secret.arn === arn);
    const key = state?.content.kind === 'text' ? state.content.key : storedKey;
    const algorithm = keyType === 'static-key' && key ? algorithmOfLength(key.length) : undefined;
    return { region, keyType, algorithm, roleArn, secretArn: arn };
  });
}
