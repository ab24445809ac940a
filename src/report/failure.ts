import { type Failure, Interrupted } from '../failure.ts';
import { failureJson } from './json.ts';
import type { Output } from './output.ts';
import { plain } from './plain.ts';
import type { Outcomes } from './types.ts';
import { setupWords as words } from './words/setup.ts';

/** Tells a failure or an interruption: what went wrong, what to do now, and what exists by now. */
export function tellFailure(output: Output, error: Failure | Interrupted, outcomes: Outcomes): void {
  if (error instanceof Interrupted) {
    output.insist(error.chosen ? words.stopped : words.interrupted);
  } else {
    output.insist(`${output.paint.red.bold('✖')} ${error.message}`);
    for (const detail of error.details) output.insist(`  ${detail}`);
    if (error.hint) output.insist(error.hint);
  }
  for (const line of existing(outcomes)) output.insist(line);
  if (output.options.debug && error.stack) output.insist(stacks(error));
  if (output.options.json) output.result(failureJson(error, outcomes));
}

/** What exists by now because of this run, and that it is safe to go on; or that nothing was changed. */
function existing(outcomes: Outcomes): string[] {
  const made = [...outcomes.secrets, ...outcomes.policies, ...(outcomes.role ? [outcomes.role] : [])];
  const changed = made.filter(({ action }) => action !== 'kept');
  if (changed.length === 0) return [words.nothingChanged];
  return [
    words.existsSoFar,
    ...made.map(({ arn, action }) => `  ${plain(arn)} (${words.done[action]})`),
    words.runAgain,
  ];
}

function stacks(error: Error): string {
  const cause = error.cause instanceof Error && error.cause.stack ? `\ncaused by ${error.cause.stack}` : '';
  return plainLines(`${error.stack ?? ''}${cause}`);
}

function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n');
}
