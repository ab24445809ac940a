import type { RequestHandler } from '../../../src/aws/http/sdk-client.ts';
import { openAws } from '../../../src/aws/session.ts';
import { exitCodeOf, reportFailure } from '../../../src/cli/failure-output.ts';
import { type CommonOptions, commonOptions } from '../../../src/cli/options.ts';
import type { CommandRun } from '../../../src/cli/run-command.ts';
import type { ExitCode } from '../../../src/failure.ts';
import type { Sandbox, SandboxCredentials } from '../../../src/sandbox/index.ts';
import { createOutput, type Output } from '../../../src/ui/output.ts';
import { REGION } from '../account.ts';

export interface CommandResult {
  code: number;
  /** What standard output shows. */
  stdout: string;
  /** What standard error shows: plan, progress, warnings, errors. */
  log: string;
}

/** How a command is run; without more it is told `--yes --json`. */
export interface InProcessOptions {
  common?: Partial<CommonOptions>;
  homeRegion?: string;
  /** Whose requests they are, if not the account's administrator's. */
  credentials?: SandboxCredentials;
  /** Where `--key-env` finds the key. */
  env?: NodeJS.ProcessEnv;
  /** What sends the requests, where not all shall reach the sandbox. */
  requestHandler?: RequestHandler;
  /** Interrupts the run when it is aborted. */
  interrupt?: AbortSignal;
}

/** Runs a command in this process against a sandbox: everything but the parser and the process itself. */
export async function runInProcess(
  sandbox: Sandbox,
  perform: (run: CommandRun) => Promise<ExitCode>,
  {
    common: wanted,
    homeRegion = REGION,
    credentials = sandbox.credentials,
    env = {},
    requestHandler,
    interrupt = new AbortController().signal,
  }: InProcessOptions = {},
): Promise<CommandResult> {
  const [results, lines]: [string[], string[]] = [[], []];
  const common = commonOptions({ json: true, yes: true, color: false, ...wanted });
  const say = (text = '') => void lines.push(text);
  const output: Output = {
    ...createOutput(common),
    result: (text) => void results.push(text),
    info: say,
    warn: say,
  };
  const aws = openAws({ endpointUrl: sandbox.url, credentials, homeRegion, requestHandler }, interrupt);
  const run: CommandRun = {
    common,
    aws,
    output,
    progress: {
      start: say,
      count: (done, total) => say(`${done} of ${total}`),
      wait: (text) => text && say(text),
      done: say,
      printBetween: (print) => print(),
      stop: () => undefined,
    },
    interrupt,
    outcomes: { secrets: [], policies: [], roles: [] },
    keyInput: { stdin: process.stdin, env, interrupt },
    interactive: false,
  };
  const code = await perform(run)
    .catch((error: unknown) => {
      reportFailure(output, error, run.outcomes);
      return exitCodeOf(error);
    })
    .finally(() => aws.clients.close());
  return { code, stdout: results.join('\n'), log: lines.join('\n') };
}
