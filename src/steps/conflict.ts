import { EXIT, Failure, type Message } from '../failure.ts';
import type { Choice, Conflict } from '../plan-types.ts';
import { setupMessages as messages } from '../ui/messages.ts';

/** Returns a conflict that no flag resolves. */
export function conflictWithoutChoices(found: string, ...details: Message[]): Conflict {
  return { found, details, choices: [] };
}

/** Returns the failure of one key in a batch: its conflicts, and all their resolutions without duplicates. */
export function keyConflictFailure(conflicts: Conflict[]): Failure {
  const [first, ...others] = conflicts;
  const choices = conflicts.flatMap((conflict) => conflict.choices);
  const uniqueChoices = [...new Map(choices.map((choice) => [choice.flag, choice])).values()];
  const details = [...indented(first), ...others.flatMap((other) => [other.found, ...indented(other)])];
  return failureOf(conflicts, first?.found ?? '', details, uniqueChoices);
}

/** Returns the failure for conflicts when the run can't prompt, or has already started to make changes. */
export function conflictFailure(conflicts: Conflict[]): Failure {
  if (conflicts.length <= 1) return keyConflictFailure(conflicts);
  const details = conflicts.flatMap((conflict) => [
    conflict.found,
    ...indented(conflict),
    ...resolutionMessages(conflict.choices),
  ]);
  return failureOf(conflicts, messages.conflictTitle(conflicts.length), details, []);
}

function failureOf([first]: Conflict[], message: string, details: Message[], choices: Choice[]): Failure {
  const [hint] = resolutionMessages(choices);
  return new Failure(message, {
    code: 'conflict',
    exitCode: EXIT.conflict,
    details,
    hint,
    step: first?.step,
  });
}

function resolutionMessages(choices: Choice[]): Message[] {
  return choices.length > 0 ? [{ resolutions: choices }] : [];
}

/** Indents the details of a conflict, to follow the line that states it. */
function indented(conflict: Conflict | undefined): Message[] {
  return (conflict?.details ?? []).map((detail) => {
    if (typeof detail === 'string') return `  ${detail}`;
    return 'remedy' in detail ? { ...detail, remedy: `  ${detail.remedy}` } : detail;
  });
}
