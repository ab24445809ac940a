import type { CommonOptions } from '../cli/options.ts';
import { type CommandRun, runCommand } from '../cli/run-command.ts';
import { statusText } from '../commands/status/report.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { printJson } from '../ui/json.ts';
import { statusOf } from './build-status.ts';
import { collect, type Looking, type Seen } from './collect.ts';
import { statusWords as words } from './messages.ts';
import { collectNotes } from './notes.ts';
import type { StatusAnswers } from './options.ts';
import type { Status } from './types.ts';

/** Runs `status` and answers the exit code. Whatever goes wrong is told by then. */
export function runStatus(answers: StatusAnswers, common: CommonOptions): Promise<number> {
  return runCommand(common, answers.regions, (run) => performStatus(run, answers));
}

/** Looks, checks, shows. What the checks find is for the reader; only what cannot be looked at at all is a failure. */
export async function performStatus(run: CommandRun, { regions }: StatusAnswers): Promise<ExitCode> {
  const { output } = run;
  const { status } = await lookThrough(run, regions, collect);
  if (output.options.json) printJson(output, status);
  else output.result(statusText(status, output));
  return EXIT.done;
}

/**
 * Looks through the account: what was seen, and what there is to say about it.
 * @param collecting how it is looked through: as a whole, or for what a manifest names
 */
export async function lookThrough(
  { aws, progress }: Pick<CommandRun, 'aws' | 'progress'>,
  asked: string[],
  collecting: (looking: Looking) => Promise<Seen>,
): Promise<{ seen: Seen; status: Status }> {
  const notes = collectNotes();
  progress.start(words.looking);
  const seen = await collecting({ aws, asked, notes, onProgress: (what) => progress.wait(what) });
  progress.stop();
  return { seen, status: statusOf(seen, notes.list(), new Date()) };
}
