import { EXIT, Failure } from '../failure.ts';
import { inputWords as words } from '../report/words/input.ts';

/** A wrong command line: one failure that names every mistake. */
export function usageFailure(problems: string[]): Failure {
  const [only] = problems;
  const single = problems.length === 1 && only !== undefined;
  return new Failure(single ? only : `${words.title(problems.length)}:`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: words.helpHint,
    details: single ? [] : problems,
  });
}
