import type { StepContext, StepPlan } from './types.ts';

type Warned = Pick<StepPlan, 'warnings'>;

/** Prints the warnings of a plan that was made again which the plan before it did not have. */
export function warnOfNew({ warn }: Pick<StepContext, 'warn'>, before: Warned, again: Warned): void {
  const known = new Set(before.warnings);
  for (const warning of again.warnings) if (!known.has(warning)) warn(warning);
}
