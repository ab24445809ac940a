import { canGoBack, GoBack, withBack } from './ask.ts';

/** A question of a dialog. It turns the answers so far into the next ones. */
export interface DialogStep<Answers> {
  isNeeded(answers: Answers): boolean;
  ask(answers: Answers): Promise<Answers>;
}

/**
 * Asks the questions that are needed, in their order. Esc returns to the question before, with the answers of that time. At the
 * first question, it leads out of the dialog if that is a part of another one. Otherwise, it has no effect there.
 * @throws GoBack if the user leaves the dialog
 */
export async function runDialog<Answers>(
  initialAnswers: Answers,
  steps: readonly DialogStep<Answers>[],
): Promise<Answers> {
  const canLeave = canGoBack();
  const asked: { index: number; answers: Answers }[] = [];
  let position = { index: 0, answers: initialAnswers };
  for (;;) {
    const { index, answers } = position;
    const step = steps[index];
    if (!step) return answers;
    if (!step.isNeeded(answers)) {
      position = { index: index + 1, answers };
      continue;
    }
    try {
      const nextAnswers = await withBack(canLeave || asked.length > 0, () => step.ask(answers));
      asked.push(position);
      position = { index: index + 1, answers: nextAnswers };
    } catch (error) {
      const previous = error instanceof GoBack ? asked.pop() : undefined;
      if (!previous) throw error;
      position = previous;
    }
  }
}

/** Returns the answer to a question that follows another one, or undefined if the user presses Esc to return to that. */
export async function unlessBack<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await withBack(true, ask);
  } catch (error) {
    if (error instanceof GoBack) return undefined;
    throw error;
  }
}
