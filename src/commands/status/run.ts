import { printJson } from '../../cli/json.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { type CommandRun, runCommand } from '../../cli/run-command.ts';
import { EXIT, type ExitCode } from '../../failure.ts';
import { collect } from '../../inventory/collect.ts';
import { lookThrough } from '../../inventory/index.ts';
import type { StatusAnswers } from '../../inventory/options.ts';
import { statusText } from './report.ts';

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
