import { callerLines } from '../../aws/caller.ts';
import { Interrupted } from '../../failure.ts';
import { plain } from '../../text.ts';
import { askYesNo } from '../../ui/prompt.ts';
import type { WizardContext } from './context.ts';
import { wizardWords as words } from './messages.ts';

/** Says whose account it is and which Region was found, and lets the user stop there. */
export async function askAccount(
  { aws, answers, common, output, progress }: WizardContext<{ regions: string[] }>,
  intro: string = words.intro,
): Promise<void> {
  output.say(intro);
  output.say(output.paint.dim(words.leave));
  output.say();
  progress.start(words.asking);
  const { account, arn } = await aws.identity();
  progress.stop();
  const { configuration } = aws.settings;
  output.say(output.paint.bold(words.account(account)));
  output.say(`  ${words.caller(plain(arn))}`);
  const how = common.sandbox || !configuration ? [words.sandboxProfile] : callerLines(configuration);
  for (const line of how) output.say(`  ${line}`);
  if (answers.regions.length > 0) output.say(`  ${words.regionsMeant(answers.regions.join(', '))}`);
  if (!(await askYesNo(words.goOn, true))) throw new Interrupted({ chosen: true });
}
