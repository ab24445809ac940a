import type { WizardContext } from '../../cli/questions/context.ts';
import { askRegions, askWhichSecret } from '../../cli/questions/secret.ts';

type VerifyContext = Pick<WizardContext, 'aws' | 'common' | 'output' | 'progress'>;

/** Asks for the secret and its Regions, as far as they are unknown. */
export async function askSecretToVerify(
  context: VerifyContext,
  known: { name: string | undefined; regions: string[] },
): Promise<{ name: string; regions: string[] }> {
  const regions = known.regions.length > 0 ? known.regions : await askRegions(context);
  return { name: known.name ?? (await askWhichSecret(context, regions[0])), regions };
}
