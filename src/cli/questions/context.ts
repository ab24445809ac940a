import type { Aws } from '../../aws/session.ts';
import type { KeyInput } from '../../key/index.ts';
import type { SetupAnswers } from '../../options/setup-request.ts';
import type { Output } from '../../ui/output.ts';
import type { Progress } from '../../ui/progress.ts';

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
