import { EXIT, Failure } from '../failure.ts';
import { conflictLines, waysOut } from '../report/plan.ts';
import type { Conflict } from '../report/types.ts';
import { setupWords as words } from '../report/words/setup.ts';

/** A conflict that the command line offers no way out of. */
export function blockedBy(found: string, ...details: string[]): Conflict {
  return { found, details, choices: [] };
}

/** The failure of one key of many: what is in its way, and the ways out of all of that, each once. */
export function keyConflict(conflicts: Conflict[]): Failure {
  const [first] = conflicts;
  const [message = '', ...details] = conflicts.flatMap(conflictLines);
  const choices = conflicts.flatMap((conflict) => conflict.choices);
  const once = [...new Map(choices.map((choice) => [choice.flag, choice])).values()];
  const hint = waysOut({ choices: once });
  return new Failure(message, {
    code: 'conflict',
    exitCode: EXIT.conflict,
    details,
    ...(hint ? { hint } : {}),
    ...(first?.step ? { step: first.step } : {}),
  });
}

/** The failure that a run ends with where nobody can be asked, or where a conflict shows only once things are being changed. */
export function conflictFailure(conflicts: Conflict[]): Failure {
  const [first] = conflicts;
  const single = conflicts.length === 1 && first !== undefined;
  const [message = '', ...details] = single
    ? conflictLines(first)
    : [
        words.conflictTitle(conflicts.length),
        ...conflicts.flatMap((one) => [...conflictLines(one), waysOut(one) ?? '']),
      ];
  const hint = single ? waysOut(first) : undefined;
  return new Failure(message, {
    code: 'conflict',
    exitCode: EXIT.conflict,
    details: details.filter((line) => line !== ''),
    ...(hint ? { hint } : {}),
    ...(first?.step ? { step: first.step } : {}),
  });
}
