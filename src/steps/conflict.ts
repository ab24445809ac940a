import { EXIT, Failure, type Message } from '../failure.ts';
import type { Choice, Conflict } from '../plan-types.ts';
import { setupMessages as messages } from '../ui/messages.ts';

/** Returns a conflict without resolutions on the command line. */
export function blockedBy(found: string, ...details: Message[]): Conflict {
  return { found, details, choices: [] };
}

/** Returns the failure of one key in a batch: its conflicts, and all their resolutions without duplicates. */
export function keyConflict(conflicts: Conflict[]): Failure {
  const [first, ...others] = conflicts;
  const choices = conflicts.flatMap((conflict) => conflict.choices);
  const uniqueChoices = [...new Map(choices.map((choice) => [choice.flag, choice])).values()];
  return failureOf(first, {
    message: first?.found ?? '',
    details: [...indented(first), ...others.flatMap((other) => [other.found, ...indented(other)])],
    choices: uniqueChoices,
  });
}

/** Returns the failure for conflicts when the run can't prompt, or has already started to make changes. */
export function conflictFailure(conflicts: Conflict[]): Failure {
  const [first, ...others] = conflicts;
  if (others.length === 0) return keyConflict(conflicts);
  return failureOf(first, {
    message: messages.conflictTitle(conflicts.length),
    details: conflicts.flatMap((conflict) => [
      conflict.found,
      ...indented(conflict),
      ...resolutionMessages(conflict.choices),
    ]),
    choices: [],
  });
}

function failureOf(
  first: Conflict | undefined,
  { message, details, choices }: { message: string; details: Message[]; choices: Choice[] },
): Failure {
  const [hint] = resolutionMessages(choices);
  return new Failure(message, {
    code: 'conflict',
    exitCode: EXIT.conflict,
    details,
    hint,
    step: first?.step || undefined,
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
