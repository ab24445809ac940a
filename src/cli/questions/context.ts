import { callerLines } from '../../aws/caller-output.ts';
import type { Aws } from '../../aws/session.ts';
import { Interrupted } from '../../failure.ts';
import type { KeyInput } from '../../key/index.ts';
import type { SetupAnswers } from '../../options/setup-request.ts';
import type { Change } from '../../plan-types.ts';
import { clean } from '../../text.ts';
import { withBack } from '../../ui/ask.ts';
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

/** Prints the heading of one of the guide's steps, unless it is the latest one: Esc leads back to a question below it. */
export function heading({ output }: Pick<WizardContext, 'output'>, title: string): void {
  if (latestHeadings.get(output) === title) return;
  latestHeadings.set(output, title);
  output.info();
  output.info(output.paint.bold(title));
}

const latestHeadings = new WeakMap<Output, string>();

/** Prints warnings about an answer that is accepted anyway. */
export function warn({ output }: Pick<WizardContext, 'output'>, warnings: string[]): void {
  for (const warning of warnings) output.warn(`${output.paint.yellow('!')} ${warning}`);
}

/** What the user decides about a plan. Those who want no change have left the run. */
export type PlanDecision = 'apply' | 'change-answer';

/**
 * Asks for the only confirmation, and shows the documents on request. Returns only if the user accepts the plan or wants to change
 * an answer.
 * @param canChange true to offer the change of an answer
 */
export async function confirm(
  { output }: Pick<WizardContext, 'output'>,
  { changes }: { changes: Change[] },
  { canChange = false } = {},
): Promise<PlanDecision> {
  const hasDocuments = changes.some(({ document }) => document !== undefined);
  for (;;) {
    const no = { value: 'no' as const, name: messages.confirmNo };
    const others = [
      { value: 'apply' as const, name: messages.confirmYes },
      ...(isLongPlan({ changes }) ? [{ value: 'lines' as const, name: messages.confirmLines }] : []),
      ...(hasDocuments ? [{ value: 'show' as const, name: messages.confirmShow }] : []),
      ...(canChange ? [{ value: 'change-answer' as const, name: messages.confirmChange }] : []),
    ];
    // Enter selects the first option.
    const options = changes.some(isDestructive) ? [no, ...others] : [...others, no];
    const answer = await askChoice<PlanDecision | 'lines' | 'show' | 'no'>(messages.confirm, options);
    if (answer === 'no') throw new Interrupted({ chosen: true });
    if (answer === 'apply' || answer === 'change-answer') return answer;
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

/**
 * Shows the account, the source of the credentials and the Region, and lets the user stop there. Doesn't ask where there is nothing
 * to decide: in the sandbox, in a dry run, and if the user has named the account.
 */
export async function askAccount(
  { aws, answers, common, output, progress }: WizardContext<{ regions: string[]; dryRun?: boolean }>,
  intro: string = messages.intro,
): Promise<void> {
  if (common.sandbox) output.info(`${output.paint.bold(messages.sandboxTitle)}  ${messages.sandbox}\n`);
  output.info(intro);
  output.info();
  output.info(output.paint.dim(messages.leave));
  output.info();
  if (common.sandbox) return;
  progress.start(messages.asking);
  const { account, arn } = await aws.identity();
  progress.stop();
  const { configuration, expectedAccount } = aws.settings;
  output.info(`  ${output.paint.bold(messages.account(account))}`);
  output.info(`  ${messages.identity(clean(arn))}`);
  for (const line of configuration ? callerLines(configuration) : []) output.info(`  ${line}`);
  if (answers.regions.length > 0) output.info(`  ${messages.chosenRegions(answers.regions.join(', '))}`);
  output.info();
  if (answers.dryRun || expectedAccount) return;
  if (!(await askYesNo(messages.useAccount, { fallback: true }))) {
    output.info(messages.otherAccount);
    throw new Interrupted({ chosen: true });
  }
}

/** Asks for an MFA code. This can happen anywhere, because the first request that needs credentials triggers the lookup. */
export async function askMfaCode(serial: string, progress: Progress): Promise<string> {
  progress.stop();
  const { text } = await withBack(false, () =>
    askHidden({
      message: messages.mfa(clean(serial)),
      hint: () => '',
      check: (code) => (/^\d{6}$/.test(code) ? undefined : messages.mfaForm),
    }),
  );
  return text;
}
