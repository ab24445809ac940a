import { callerLines } from '../../aws/caller.ts';
import type { Aws } from '../../aws/session.ts';
import { Interrupted } from '../../failure.ts';
import type { KeyInput } from '../../key/index.ts';
import type { SetupAnswers } from '../../options/setup-request.ts';
import type { Change } from '../../plan-types.ts';
import { plain } from '../../text.ts';
import type { Output } from '../../ui/output.ts';
import { isLong, planDocuments, planLines } from '../../ui/plan.ts';
import type { Progress } from '../../ui/progress.ts';
import { askChoice, askHidden, askYesNo } from '../../ui/prompt.ts';
import { wizardMessages as messages } from './messages.ts';

/** What the questions work with: what is known of the answers, and the rest. */
export interface WizardContext<Answers = SetupAnswers> {
  answers: Answers;
  common: { profile?: string; sandbox: boolean };
  aws: Aws;
  output: Output;
  progress: Progress;
  keyInput: KeyInput;
}

/** Says, ahead of a question, why it matters. */
export function explain({ output }: Pick<WizardContext, 'output'>, why: string): void {
  output.say(output.paint.dim(why));
}

/** A heading of one of the guide's steps. */
export function heading({ output }: Pick<WizardContext, 'output'>, title: string): void {
  output.say();
  output.say(output.paint.bold(title));
}

/** Says what is odd about an answer that is taken all the same. */
export function warn({ output }: Pick<WizardContext, 'output'>, warnings: string[]): void {
  for (const warning of warnings) output.insist(`${output.paint.yellow('!')} ${warning}`);
}

/** The one confirmation. Shows the documents on request; returns only if the plan may be carried out. */
export async function confirm(
  { output }: Pick<WizardContext, 'output'>,
  { changes }: { changes: Change[] },
): Promise<void> {
  const documented = changes.some(({ document }) => document !== undefined);
  for (;;) {
    const no = { value: 'no' as const, name: messages.confirmNo };
    const others = [
      { value: 'yes' as const, name: messages.confirmYes },
      ...(isLong({ changes }) ? [{ value: 'lines' as const, name: messages.confirmLines }] : []),
      ...(documented ? [{ value: 'show' as const, name: messages.confirmShow }] : []),
    ];
    // The first one is what Enter takes.
    const options = changes.some(takesAway) ? [no, ...others] : [...others, no];
    const answer = await askChoice<'yes' | 'lines' | 'show' | 'no'>(messages.confirm, options);
    if (answer === 'yes') return;
    if (answer === 'no') throw new Interrupted({ chosen: true });
    output.say(
      answer === 'lines' ? planLines(output, changes, true).join('\n') : planDocuments(output, changes),
    );
    output.say();
  }
}

/** Whether a change replaces a value, or takes something away. */
function takesAway({ action, resource }: Change): boolean {
  return action === 'update' ? resource === 'secret' : ['schedule', 'detach', 'delete'].includes(action);
}

/** Says whose account it is and which Region was found, and lets the user stop there. */
export async function askAccount(
  { aws, answers, common, output, progress }: WizardContext<{ regions: string[] }>,
  intro: string = messages.intro,
): Promise<void> {
  output.say(intro);
  output.say(output.paint.dim(messages.leave));
  output.say();
  progress.start(messages.asking);
  const { account, arn } = await aws.identity();
  progress.stop();
  const { configuration } = aws.settings;
  output.say(output.paint.bold(messages.account(account)));
  output.say(`  ${messages.caller(plain(arn))}`);
  const how = common.sandbox || !configuration ? [messages.sandboxProfile] : callerLines(configuration);
  for (const line of how) output.say(`  ${line}`);
  if (answers.regions.length > 0) output.say(`  ${messages.regionsMeant(answers.regions.join(', '))}`);
  if (!(await askYesNo(messages.goOn, true))) throw new Interrupted({ chosen: true });
}

/** Asks for the code that an MFA device shows. The credentials are looked up in the midst of whatever needs them first. */
export async function askMfaCode(serial: string, output: Output, progress: Progress): Promise<string> {
  progress.stop();
  for (;;) {
    const code = await askHidden(messages.mfa(plain(serial)));
    if (/^\d{6}$/.test(code)) return code;
    output.insist(output.paint.red(`✖ ${messages.mfaForm}`));
  }
}
