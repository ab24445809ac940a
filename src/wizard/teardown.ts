import { teardownWords as words } from '../report/words/teardown.ts';
import { askAccount } from './account.ts';
import { explain, type WizardContext } from './context.ts';
import { askText } from './prompt.ts';
import { askWhichSecret } from './secret.ts';

/** Says whose account it is, and asks which secret is meant unless that is known. Answers its name. */
export async function askSecretToTakeDown(
  context: WizardContext<{ regions: string[] }>,
  known: string | undefined,
): Promise<string> {
  await askAccount(context, words.intro);
  if (known !== undefined) return known;
  const region = context.answers.regions[0] ?? (await context.aws.clients.configuredRegion());
  return askWhichSecret(context, region);
}

/** Has the user type the name of the secret. Returns only when the plan may be carried out. */
export async function confirmByName(context: Pick<WizardContext, 'output'>, name: string): Promise<void> {
  explain(context, words.confirmWhy);
  const check = (answer: string) => (answer === name ? undefined : words.confirmWrong(name));
  await askText(words.confirmName(name), '', check, (text) => text);
}
