import { parseSecretArn } from '../../aws/arn.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import type { Step, StepContext, StepInput, StepOutput } from '../types.ts';
import type { ObservedSecrets, SecretDecision, SecretPlan } from './decision-types.ts';
import { chooseKey, decideExisting, decideNamed, decideNew, decideStored } from './decisions.ts';
import { reconcileSecrets } from './reconcile.ts';

/** Step 1 of the AWS guide: the key as a plaintext secret in every Region that uses it. */
export const storeSecret: Step<SetupRequest, ObservedSecrets, SecretPlan> = {
  name: 'store-secret',
  observe,
  plan: planFor,
  apply,
};

async function observe(context: StepContext, { secret }: SetupRequest): Promise<ObservedSecrets> {
  const reading =
    secret.kind === 'existing'
      ? secret.arns.map((arn) => readGiven(context, arn))
      : secret.regions.map(async (region) => ({
          region,
          secret: await context.secrets.read(region, secret.name),
        }));
  return { places: await Promise.all(reading) };
}

/** Reads a secret by ARN. A secret in another account counts as missing, because AWS would only respond with access denied. */
async function readGiven(
  { aws, secrets }: StepContext,
  arn: string,
): Promise<ObservedSecrets['places'][number]> {
  const { region = '', account } = parseSecretArn(arn) ?? {};
  const reading = secrets.read(region, arn);
  reading.catch(() => undefined);
  const own = (await aws.identity()).account === account;
  return { region, secret: own ? await reading : undefined };
}

function planFor(input: StepInput<SetupRequest>, { places }: ObservedSecrets): SecretPlan {
  const { request } = input;
  const { secret } = request;
  if (secret.kind === 'existing') {
    return toPlan(
      places.map(({ secret: found }, index) => decideExisting(input, secret.arns[index] ?? '', found)),
    );
  }
  if (secret.kind === 'named') {
    return toPlan(
      places.map(({ region, secret: found }) => decideNamed(input, { name: secret.name, region }, found)),
    );
  }
  const live = places.flatMap(({ secret: found }) => (found ? [found] : []));
  const choice = chooseKey(secret, live, request);
  if ('conflict' in choice) return toPlan([choice]);
  const decisions = places.map(({ region, secret: found }) =>
    found ? decideStored(input, secret, found, choice) : decideNew(input, secret, region, choice),
  );
  return { ...toPlan(decisions), key: choice.key };
}

const CHANGE = {
  created: 'create',
  updated: 'update',
  restored: 'restore',
  kept: 'keep',
  scheduled: 'schedule',
  deleted: 'delete',
} as const;

function toPlan(decisions: SecretDecision[]): SecretPlan {
  const settled = decisions.filter((decision) => decision.kind !== 'conflict');
  return {
    decisions,
    changes: settled.map(({ ref, reason }) => ({
      action: CHANGE[ref.action],
      resource: 'secret',
      name: ref.name,
      region: ref.region,
      reason,
    })),
    conflicts: decisions.flatMap((decision) => (decision.kind === 'conflict' ? [decision.conflict] : [])),
    warnings: [...new Set(settled.flatMap((decision) => decision.warnings))],
    expected: { secrets: settled.map((decision) => decision.ref) },
  };
}

function apply(context: StepContext, input: StepInput<SetupRequest>, plan: SecretPlan): Promise<StepOutput> {
  return reconcileSecrets(context, input.request, plan, {
    look: () => observe(context, input.request),
    decide: (found) => planFor(input, found),
  });
}
