import { Interrupted } from '../failure.ts';
import { plain } from '../report/plain.ts';
import { wizardWords as words } from '../report/words/wizard.ts';
import type { WizardContext } from './context.ts';
import { askYesNo } from './prompt.ts';

/** Says whose account it is and which Region was found, and lets the user stop there. */
export async function askAccount(
  { aws, answers, common, output, progress }: WizardContext<{ regions: string[] }>,
  intro: string = words.intro,
): Promise<void> {
  output.say(intro);
  output.say(output.paint.dim(words.leave));
  output.say();
  progress.start(words.asking);
  const [{ account, arn }, configured] = await Promise.all([
    aws.identity(),
    common.sandbox ? undefined : aws.clients.configuredRegion(),
  ]);
  progress.stop();
  const region = answers.regions.join(', ') || configured;
  output.say(output.paint.bold(words.account(account)));
  output.say(`  ${words.caller(plain(arn))}`);
  output.say(`  ${origin(common)}`);
  if (!common.sandbox || region) output.say(`  ${region ? words.regionFound(region) : words.noRegion}`);
  if (!(await askYesNo(words.goOn, true))) throw new Interrupted({ chosen: true });
}

function origin({ profile, sandbox }: WizardContext['common']): string {
  if (sandbox) return words.sandboxProfile;
  const named = profile ?? process.env.AWS_PROFILE;
  if (named) return words.profile(plain(named));
  return process.env.AWS_ACCESS_KEY_ID ? words.environmentProfile : words.defaultProfile;
}
