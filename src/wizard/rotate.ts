import { rotateWords as words } from '../report/words/rotate.ts';
import type { WizardContext } from './context.ts';
import { askSecretFor } from './secret.ts';

export { confirm } from './confirm.ts';
export { askKey } from './key.ts';

/** Asks which secret gets another key, unless that is known. Answers its name. */
export function askSecretToRotate(
  context: WizardContext<{ regions: string[] }>,
  known: string | undefined,
): Promise<string> {
  return askSecretFor(context, words.intro, known);
}
