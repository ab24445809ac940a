import { explain, type WizardContext } from '../../cli/questions/context.ts';
import { askSecretFor } from '../../cli/questions/secret.ts';
import { askText } from '../../ui/prompt.ts';
import { teardownMessages as messages } from './messages.ts';

/** Asks which secret to tear down, unless the flags name it. Returns its name. */
export function askSecretToTearDown(
  context: WizardContext<{ regions: string[] }>,
  knownName: string | undefined,
): Promise<string> {
  return askSecretFor(context, messages.intro, knownName);
}

/** Makes the user type the name of the secret, or the number of secrets. Returns only if the user accepts the plan. */
export async function confirmByTyping(
  context: Pick<WizardContext, 'output'>,
  { question, expected }: { question: string; expected: string },
): Promise<void> {
  explain(context, messages.confirmWhy);
  const check = (answer: string) => (answer === expected ? undefined : messages.confirmWrong(expected));
  await askText(question, '', check, (text) => text);
}
