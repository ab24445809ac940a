import { callerLines } from '../../aws/caller-output.ts';
import type { Aws } from '../../aws/session.ts';
import { Interrupted } from '../../failure.ts';
import type { KeyInput } from '../../key/index.ts';
import type { SetupAnswers } from '../../options/setup-request.ts';
import type { Change } from '../../plan-types.ts';
import { clean } from '../../text.ts';
import type { Output } from '../../ui/output.ts';
import { isLongPlan, planDocuments, planLines } from '../../ui/plan.ts';
import type { Progress } from '../../ui/progress.ts';
import { askChoice, askHidden, askYesNo } from '../../ui/prompt.ts';
import { wizardMessages as messages } from './messages.ts';

/** What the prompts need: the answers so far, and access to AWS and the terminal. */
export interface WizardContext<Answers = SetupAnswers> {
  answers: Answers;
  common: { profile?: string; sandbox: boolean };
  aws: Aws;
  output: Output;
  progress: Progress;
  keyInput: KeyInput;
}

/** Explains why the next question matters. */
export function explain({ output }: Pick<WizardContext, 'output'>, why: string): void {
  output.info(output.paint.dim(why));
}

/** Prints the heading of one of the guide's steps. */
export function heading({ output }: Pick<WizardContext, 'output'>, title: string): void {
  output.info();
  output.info(output.paint.bold(title));
}

/** Prints warnings about an answer that is accepted anyway. */
export function warn({ output }: Pick<WizardContext, 'output'>, warnings: string[]): void {
  for (const warning of warnings) output.warn(`${output.paint.yellow('!')} ${warning}`);
}

/** Asks for the only confirmation, and shows the documents on request. Returns only if the user accepts the plan. */
export async function confirm(
  { output }: Pick<WizardContext, 'output'>,
  { changes }: { changes: Change[] },
): Promise<void> {
  const hasDocuments = changes.some(({ document }) => document !== undefined);
  for (;;) {
    const no = { value: 'no' as const, name: messages.confirmNo };
    const others = [
      { value: 'yes' as const, name: messages.confirmYes },
      ...(isLongPlan({ changes }) ? [{ value: 'lines' as const, name: messages.confirmLines }] : []),
      ...(hasDocuments ? [{ value: 'show' as const, name: messages.confirmShow }] : []),
    ];
    // Enter selects the first option.
    const options = changes.some(isDestructive) ? [no, ...others] : [...others, no];
    const answer = await askChoice<'yes' | 'lines' | 'show' | 'no'>(messages.confirm, options);
    if (answer === 'yes') return;
    if (answer === 'no') throw new Interrupted({ chosen: true });
    output.info(
      answer === 'lines'
        ? planLines(output, changes, { unfolded: true }).join('\n')
        : planDocuments(output, changes),
    );
    output.info();
  }
}

/** Returns true if a change replaces the value of a secret or removes something. */
function isDestructive({ action, resource }: Change): boolean {
  return action === 'update' ? resource === 'secret' : ['schedule', 'detach', 'delete'].includes(action);
}

/** Shows the account and the Region, and lets the user stop there. */
export async function askAccount(
  { aws, answers, common, output, progress }: WizardContext<{ regions: string[] }>,
  intro: string = messages.intro,
): Promise<void> {
  output.info(intro);
  output.info(output.paint.dim(messages.leave));
  output.info();
  progress.start(messages.asking);
  const { account, arn } = await aws.identity();
  progress.stop();
  const { configuration } = aws.settings;
  output.info(output.paint.bold(messages.account(account)));
  output.info(`  ${messages.caller(clean(arn))}`);
  const callerDetails =
    common.sandbox || !configuration ? [messages.sandboxProfile] : callerLines(configuration);
  for (const line of callerDetails) output.info(`  ${line}`);
  if (answers.regions.length > 0) output.info(`  ${messages.regionsMeant(answers.regions.join(', '))}`);
  if (!(await askYesNo(messages.goOn, { fallback: true }))) throw new Interrupted({ chosen: true });
}

/** Asks for an MFA code. This can happen anywhere, because the first request that needs credentials triggers the lookup. */
export async function askMfaCode(serial: string, output: Output, progress: Progress): Promise<string> {
  progress.stop();
  for (;;) {
    const code = await askHidden(messages.mfa(clean(serial)));
    if (/^\d{6}$/.test(code)) return code;
    output.warn(output.paint.red(`✖ ${messages.mfaForm}`));
  }
}
