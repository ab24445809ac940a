import type { WizardContext } from '../../cli/questions/context.ts';
import { askSecretFor } from '../../cli/questions/secret.ts';
import { rotateMessages as messages } from './messages.ts';

export { confirm } from '../../cli/questions/context.ts';
export { askKey } from '../../cli/questions/key.ts';

/** Asks which secret gets a new key, unless that is known. Returns its name. */
export function askSecretToRotate(
  context: WizardContext<{ regions: string[] }>,
  known: string | undefined,
): Promise<string> {
  return askSecretFor(context, messages.intro, known);
}
