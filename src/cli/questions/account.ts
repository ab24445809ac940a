import { callerLines } from '../../aws/caller.ts';
import { Interrupted } from '../../failure.ts';
import { plain } from '../../text.ts';
import type { Output } from '../../ui/output.ts';
import type { Progress } from '../../ui/progress.ts';
import { askHidden, askYesNo } from '../../ui/prompt.ts';
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

/** Asks for the code that an MFA device shows. The credentials are looked up in the midst of whatever needs them first. */
export async function askMfaCode(serial: string, output: Output, progress: Progress): Promise<string> {
  progress.stop();
  for (;;) {
    const code = await askHidden(words.mfa(plain(serial)));
    if (/^\d{6}$/.test(code)) return code;
    output.insist(output.paint.red(`✖ ${words.mfaForm}`));
  }
}
