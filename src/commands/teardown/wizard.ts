import { askText } from '../../ui/prompt.ts';
import { teardownMessages as messages } from './messages.ts';

/** A question that the user answers with a given text. */
export interface TypedConfirmation {
  question: string;
  /** What stops. */
  hint: string;
  expected: string;
}

/** Makes the user type the name of the secret, or the number of secrets. Returns only if the user accepts the plan. */
export async function confirmByTyping({ question, hint, expected }: TypedConfirmation): Promise<void> {
  const check = (answer: string) => (answer === expected ? undefined : messages.confirmWrong(expected));
  await askText({ message: question, hint, check });
}
