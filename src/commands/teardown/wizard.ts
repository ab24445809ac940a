import { explain, type WizardContext } from '../../cli/questions/context.ts';
import { askText } from '../../ui/prompt.ts';
import { teardownMessages as messages } from './messages.ts';

/** Makes the user type the name of the secret, or the number of secrets. Returns only if the user accepts the plan. */
export async function confirmByTyping(
  context: Pick<WizardContext, 'output'>,
  { question, expected }: { question: string; expected: string },
): Promise<void> {
  explain(context, messages.confirmWhy);
  const check = (answer: string) => (answer === expected ? undefined : messages.confirmWrong(expected));
  await askText(question, '', check, (text) => text);
}
