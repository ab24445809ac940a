import { parseSecretArn } from '../../aws/arn.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import type {
  ObservedSecrets,
  SecretDecision,
  SecretPlan,
  Step,
  StepContext,
  StepInput,
  StepOutput,
} from '../types.ts';
import { chooseKey, decideExisting, decideNamed, decideNew, decideStored } from './decisions.ts';
import { reconcileSecrets } from './reconcile.ts';

/** Step 1 of the AWS guide: the key as a plaintext secret in every Region that uses it. */
export const storeSecret: Step<SetupRequest, ObservedSecrets, SecretPlan> = {
  name: 'store-secret',
  observe,
  plan: planSecrets,
  apply,
};

async function observe(context: StepContext, { secret }: SetupRequest): Promise<ObservedSecrets> {
  const reads =
    secret.kind === 'existing'
      ? secret.arns.map((arn) => readByArn(context, arn))
      : secret.regions.map(async (region) => ({
          region,
          secret: await context.secrets.read(region, secret.name),
        }));
  return { targets: await Promise.all(reads) };
}

/** Reads a secret by ARN. A secret in another account counts as missing, because AWS would only respond with access denied. */
async function readByArn(
  { aws, secrets }: StepContext,
  arn: string,
): Promise<ObservedSecrets['targets'][number]> {
  const { region = '', account } = parseSecretArn(arn) ?? {};
  const read = secrets.read(region, arn);
  // The result of a read in another account is ignored, so a rejection must not end the process.
  read.catch(() => undefined);
  const isSameAccount = (await aws.identity()).account === account;
  return { region, secret: isSameAccount ? await read : undefined };
}

function planSecrets(input: StepInput<SetupRequest>, { targets }: ObservedSecrets): SecretPlan {
  const { secret } = input.request;
  if (secret.kind === 'existing') {
    return toPlan(
      targets.map(({ secret: found }, index) => decideExisting(input, secret.arns[index] ?? '', found)),
    );
  }
  if (secret.kind === 'named') {
    return toPlan(
      targets.map(({ region, secret: found }) => decideNamed(input, { name: secret.name, region }, found)),
    );
  }
  const existing = targets.flatMap(({ secret: found }) => (found ? [found] : []));
  const keyChoice = chooseKey(secret, existing, input.request);
  if ('conflict' in keyChoice) return toPlan([keyChoice]);
  const decisions = targets.map(({ region, secret: found }) =>
    found ? decideStored(input, secret, found, keyChoice) : decideNew(input, secret, region, keyChoice),
  );
  return { ...toPlan(decisions), key: keyChoice.key };
}

const CHANGE_ACTION = {
  created: 'create',
  updated: 'update',
  restored: 'restore',
  kept: 'keep',
  scheduled: 'schedule',
  deleted: 'delete',
} as const;

function toPlan(decisions: SecretDecision[]): SecretPlan {
  const resolved = decisions.filter((decision) => decision.kind !== 'conflict');
  return {
    decisions,
    changes: resolved.map(({ ref, reason }) => ({
      action: CHANGE_ACTION[ref.action],
      resource: 'secret',
      name: ref.name,
      region: ref.region,
      reason,
    })),
    conflicts: decisions.flatMap((decision) => (decision.kind === 'conflict' ? [decision.conflict] : [])),
    warnings: [...new Set(resolved.flatMap((decision) => decision.warnings))],
    expected: { secrets: resolved.map((decision) => decision.ref) },
  };
}

function apply(context: StepContext, input: StepInput<SetupRequest>, plan: SecretPlan): Promise<StepOutput> {
  return reconcileSecrets(context, input.request, plan, {
    observe: () => observe(context, input.request),
    decide: (found) => planSecrets(input, found),
  });
}
