import type { Aws } from '../aws/session.ts';
import type { KeyInput } from '../key/index.ts';
import type { Output } from '../report/output.ts';
import type { Progress } from '../report/progress.ts';
import type { SetupAnswers } from '../steps/request.ts';

/** What the questions work with. */
export interface WizardContext {
  answers: SetupAnswers;
  common: { profile?: string; sandbox: boolean };
  aws: Aws;
  output: Output;
  progress: Progress;
  keyInput: KeyInput;
}

/** Says, ahead of a question, why it matters. */
export function explain({ output }: WizardContext, why: string): void {
  output.say(output.paint.dim(why));
}

/** A heading of one of the guide's steps. */
export function heading({ output }: WizardContext, title: string): void {
  output.say();
  output.say(output.paint.bold(title));
}

/** Says what is odd about an answer that is taken all the same. */
export function warn({ output }: WizardContext, warnings: string[]): void {
  for (const warning of warnings) output.insist(`${output.paint.yellow('!')} ${warning}`);
}
