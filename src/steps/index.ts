import { Failure } from '../failure.ts';
import type { StepName } from '../report/types.ts';
import { allOrFirstFailure } from './all.ts';
import { readPolicy } from './read-policy.ts';
import { storeSecret } from './store-secret.ts';
import { trustRole } from './trust-role.ts';
import type { SetupRequest, Step, StepContext, StepInput, StepOutput, StepPlan } from './types.ts';

/** A step whose own types of finding and plan are nobody else's business. */
interface BoundStep {
  name: StepName;
  inspect(context: StepContext, request: SetupRequest): Promise<InspectedStep>;
}

interface InspectedStep {
  name: StepName;
  plan(input: StepInput): StepPlan;
  /** Plans again with the ARNs that the steps before have really produced, and carries it out. */
  apply(context: StepContext, input: StepInput): Promise<StepOutput>;
}

/** The first step alone: a new value for secrets that exist. */
export const STORING: readonly BoundStep[] = [bind(storeSecret)];

/** The procedure of the AWS guide. */
const PROCEDURE: readonly BoundStep[] = [...STORING, bind(readPolicy), bind(trustRole)];

/** All that the steps have read; a plan can be made of it again and again, with other answers to conflicts. */
export type Inspection = InspectedStep[];

/** Reads what exists, for all steps at once. Changes nothing. */
export async function inspectAll(
  context: StepContext,
  request: SetupRequest,
  procedure = PROCEDURE,
): Promise<Inspection> {
  const steps = procedure.map((step) => named(step.name, () => step.inspect(context, request)));
  const [inspection] = await Promise.all([allOrFirstFailure(steps), context.aws.identity()]);
  return inspection;
}

/** The plan of the whole procedure. Pure. */
export async function planAll(
  inspection: Inspection,
  context: Pick<StepContext, 'aws'>,
  request: SetupRequest,
): Promise<StepPlan> {
  const plans: StepPlan[] = [];
  await chain(inspection, context, request, async (step, input) => {
    const plan = step.plan(input);
    plans.push(plan);
    return plan.expected;
  });
  const [key] = plans.flatMap((plan) => plan.key ?? []);
  return {
    ...(key ? { key } : {}),
    changes: plans.flatMap((plan) => plan.changes),
    conflicts: plans.flatMap((plan) => plan.conflicts),
    warnings: plans.flatMap((plan) => plan.warnings),
    seen: Object.assign({}, ...plans.map((plan) => plan.seen)),
    expected: Object.assign({}, ...plans.map((plan) => plan.expected)),
  };
}

/** Carries out what `planAll` showed, step after step; each hands its ARNs to the next. */
export async function applyAll(
  inspection: Inspection,
  context: StepContext,
  request: SetupRequest,
): Promise<StepOutput> {
  return chain(inspection, context, request, async (step, input) => {
    context.begin(step.name);
    const output = await named(step.name, () => step.apply(context, input));
    context.end(step.name);
    return output;
  });
}

async function chain(
  inspection: Inspection,
  context: Pick<StepContext, 'aws'>,
  request: SetupRequest,
  run: (step: InspectedStep, input: StepInput) => Promise<StepOutput>,
): Promise<StepOutput> {
  const identity = await context.aws.identity();
  let output: StepOutput = {};
  for (const step of inspection) {
    const { secrets = [], policies = [] } = output;
    const changing = [...secrets, ...policies].some(({ action }) => action !== 'kept');
    output = { ...output, ...(await run(step, { request, identity, secrets, policies, changing })) };
  }
  return output;
}

function bind<Found, Plan extends StepPlan>(step: Step<Found, Plan>): BoundStep {
  return {
    name: step.name,
    async inspect(context, request) {
      const found = await step.inspect(context, request);
      return {
        name: step.name,
        plan: (input) => step.plan(input, found),
        apply: (context, input) => step.apply(context, input, step.plan(input, found)),
      };
    },
  };
}

/** Marks a failure with the step in which it happened. */
async function named<T>(step: StepName, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Failure) error.step ??= step;
    throw error;
  }
}
