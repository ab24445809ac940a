import { teardownWords as words } from '../report/words/teardown.ts';
import { explain, type WizardContext } from './context.ts';
import { askText } from './prompt.ts';
import { askSecretFor } from './secret.ts';

/** Asks which secret is to be taken down, unless that is known. Answers its name. */
export function askSecretToTakeDown(
  context: WizardContext<{ regions: string[] }>,
  known: string | undefined,
): Promise<string> {
  return askSecretFor(context, words.intro, known);
}

/** Has the user type the name of the secret. Returns only when the plan may be carried out. */
export async function confirmByName(context: Pick<WizardContext, 'output'>, name: string): Promise<void> {
  explain(context, words.confirmWhy);
  const check = (answer: string) => (answer === name ? undefined : words.confirmWrong(name));
  await askText(words.confirmName(name), '', check, (text) => text);
}
