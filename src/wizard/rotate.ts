import type { Algorithm, CheckedKey, KeyType } from '../key/index.ts';
import { rotateWords as words } from '../report/words/rotate.ts';
import { askAccount } from './account.ts';
import type { WizardContext } from './context.ts';
import { askKey } from './key.ts';
import { askWhichSecret } from './secret.ts';

export { confirm } from './confirm.ts';

type RotateContext = WizardContext<{ regions: string[]; keyType?: KeyType; algorithm?: Algorithm }>;

/** Says whose account it is, and asks which secret is meant unless that is known. Answers its name. */
export async function askSecretToRotate(context: RotateContext, known: string | undefined): Promise<string> {
  await askAccount(context, words.intro);
  if (known !== undefined) return known;
  const region = context.answers.regions[0] ?? (await context.aws.clients.configuredRegion());
  return askWhichSecret(context, region);
}

/** Asks for the new key, and what it is. */
export async function askNewKey<A extends RotateContext['answers']>(
  context: WizardContext<A>,
): Promise<{ answers: A; checked: CheckedKey }> {
  return askKey(context);
}
