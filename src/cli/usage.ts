import { EXIT, Failure } from '../failure.ts';
import { inputWords as words } from '../options/messages.ts';
import { setupWords } from '../ui/messages.ts';

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

/**
 * Things that nobody can be asked for: one failure that names them all.
 * @param hint how to give them; left out where the command would ask for them in a terminal
 */
export function missingFailure(items: string[], hint: string = setupWords.missingHint): Failure {
  return new Failure(`${setupWords.missing(items.length)}:`, {
    code: 'missing-options',
    exitCode: EXIT.usage,
    details: items,
    hint,
  });
}
