import { explain, type WizardContext } from '../../cli/questions/context.ts';
import { askSecretFor } from '../../cli/questions/secret.ts';
import { askText } from '../../ui/prompt.ts';
import { teardownMessages as messages } from './messages.ts';

/** Asks which secret to tear down, unless that is known. Returns its name. */
export function askSecretToTakeDown(
  context: WizardContext<{ regions: string[] }>,
  known: string | undefined,
): Promise<string> {
  return askSecretFor(context, messages.intro, known);
}

/** Makes the user type the name of the secret, or the number of secrets. Returns only if the user accepts the plan. */
export async function confirmByTyping(
  context: Pick<WizardContext, 'output'>,
  { asked, wanted }: { asked: string; wanted: string },
): Promise<void> {
  explain(context, messages.confirmWhy);
  const check = (answer: string) => (answer === wanted ? undefined : messages.confirmWrong(wanted));
  await askText(asked, '', check, (text) => text);
}
