import type { WizardContext } from '../../wizard/context.ts';
import { askSecretFor } from '../../wizard/secret.ts';
import { rotateWords as words } from './messages.ts';

export { confirm } from '../../wizard/confirm.ts';
export { askKey } from '../../wizard/key.ts';

/** Asks which secret gets another key, unless that is known. Answers its name. */
export function askSecretToRotate(
  context: WizardContext<{ regions: string[] }>,
  known: string | undefined,
): Promise<string> {
  return askSecretFor(context, words.intro, known);
}
