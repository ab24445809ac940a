import type { FoundSecret } from '../../aws/secrets/index.ts';
import type { CheckedKey, KeyRules } from '../../key/index.ts';
import { completeRequest, type SetupRequest } from '../../options/setup-request.ts';
import { inStep } from '../../steps/observe.ts';
import type { SecretPlan } from '../../steps/store-secret/decision-types.ts';
import { storeSecret } from '../../steps/store-secret/index.ts';
import type { StepContext, StepInput, StepOutput } from '../../steps/types.ts';
import { type History, readHistories } from './rollback.ts';

/** A new value for secrets that exist: what the first step of `setup` does when it is told to replace the value. */
export interface Replacement {
  input: StepInput<SetupRequest>;
  plan: SecretPlan;
}

/** What is to be replaced. */
export interface Wanted {
  name: string;
  /** The secrets of that name, one in each Region. */
  secrets: FoundSecret[];
  rules: KeyRules;
}

/** The versions before, of secrets that get this key. Of a key that is given, what the secrets hold tells enough. */
export async function historiesFor(
  { generated }: CheckedKey,
  { aws }: StepContext,
  secrets: FoundSecret[],
): Promise<History[]> {
  return generated ? readHistories(aws, secrets) : [];
}

/** Plans it, with the secrets as they were read. */
export async function planReplacement(
  context: StepContext,
  { name, secrets, rules }: Wanted,
  checked: CheckedKey,
): Promise<Replacement> {
  const answers = {
    secretName: name,
    secretArns: [],
    regions: secrets.map(({ region }) => region),
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
  const identity = await inStep(storeSecret.name, () => context.aws.identity());
  const input = { request, identity, secrets: [], policies: [], changing: false };
  return {
    input,
    plan: storeSecret.plan(input, { places: secrets.map((secret) => ({ region: secret.region, secret })) }),
  };
}

/** Stores the new value in every Region. */
export function applyReplacement(context: StepContext, { input, plan }: Replacement): Promise<StepOutput> {
  return inStep(storeSecret.name, () => storeSecret.apply(context, input, plan));
}
