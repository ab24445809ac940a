import type { CheckedKey, KeyRules } from '../key/index.ts';
import { inStep } from '../steps/inspection.ts';
import { completeRequest } from '../steps/request.ts';
import type { SecretPlan } from '../steps/secret-decision-types.ts';
import { storeSecret } from '../steps/store-secret.ts';
import type { SetupRequest, StepContext, StepInput, StepOutput } from '../steps/types.ts';

/** A new value for secrets that exist: what the first step of `setup` does when it is told to replace the value. */
export interface Replacement {
  input: StepInput<SetupRequest>;
  plan: SecretPlan;
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
  const { aws } = context;
  const [found, identity] = await inStep(storeSecret.name, () =>
    Promise.all([storeSecret.inspect(context, request), aws.identity()]),
  );
  const input = { request, identity, secrets: [], policies: [], changing: false };
  return { input, plan: storeSecret.plan(input, found) };
}

/** Stores the new value in every Region. */
export function applyReplacement(context: StepContext, { input, plan }: Replacement): Promise<StepOutput> {
  return inStep(storeSecret.name, () => storeSecret.apply(context, input, plan));
}
