import type { CheckedKey, KeyRules } from '../key/index.ts';
import { applyAll, type Inspection, inspectAll, planAll, STORING } from '../steps/index.ts';
import { completeRequest } from '../steps/request.ts';
import type { SetupRequest, StepContext, StepOutput, StepPlan } from '../steps/types.ts';

/** A new value for secrets that exist: what the first step of `setup` does when it is told to replace the value. */
export interface Replacement {
  request: SetupRequest;
  inspection: Inspection;
  plan: StepPlan;
}

/** What is to be replaced where. */
export interface Wanted {
  name: string;
  regions: string[];
  rules: KeyRules;
}

/** Reads the secrets and plans. */
export async function planReplacement(
  context: StepContext,
  { name, regions, rules }: Wanted,
  checked: CheckedKey,
): Promise<Replacement> {
  const answers = {
    secretName: name,
    secretArns: [],
    regions,
    ...rules,
    existing: false,
    sourceAccount: true,
    sourceArns: [],
    tags: [],
    existingKey: 'replace' as const,
    restore: false,
    updateTrust: false,
    dryRun: false,
  };
  const request = completeRequest(answers, checked);
  const inspection = await inspectAll(context, request, STORING);
  return { request, inspection, plan: await planAll(inspection, context, request) };
}

/** Stores the new value in every Region. */
export function applyReplacement(
  context: StepContext,
  { inspection, request }: Replacement,
): Promise<StepOutput> {
  return applyAll(inspection, context, request);
}
