import { proxyHandler } from '../aws/proxy.ts';
import { homeRegionAmong } from '../aws/regions.ts';
import { type Aws, openAws } from '../aws/session.ts';
import { HTTP } from '../defaults.ts';
import { type ExitCode, Interrupted } from '../failure.ts';
import type { KeyInput } from '../key/index.ts';
import { createOutput, type Output } from '../report/output.ts';
import { plain } from '../report/plain.ts';
import { createProgress, type Progress } from '../report/progress.ts';
import type { Outcomes } from '../report/types.ts';
import { inputWords } from '../report/words/input.ts';
import { keyWords } from '../report/words/key.ts';
import { setupWords as words } from '../report/words/setup.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { isCi } from './environment.ts';
import { exitCodeOf, tell } from './failing.ts';
import { watchInterrupts } from './interrupt.ts';
import type { CommonOptions } from './options.ts';

/** One run of a command: what it works with, and what it has achieved so far. */
export interface CommandRun {
  common: CommonOptions;
  aws: Aws;
  output: Output;
  progress: Progress;
  interrupt: AbortSignal;
  /** What exists by now, for the JSON document and for whoever asks after a failure. */
  outcomes: Outcomes;
  /** Where keys are read from. */
  keyInput: KeyInput;
  /** Whether questions may be asked. */
  interactive: boolean;
}

/**
 * Runs a command against AWS and answers the exit code: what `perform` answers, or that of the failure or the interruption,
 * which is told here.
 * @param regions those that the command line or a manifest names; in one of them the global services are addressed
 */
export async function runCommand(
  common: CommonOptions,
  regions: readonly string[],
  perform: (run: CommandRun) => Promise<ExitCode>,
): Promise<number> {
  if (!common.color) forbidColor(process.env);
  const output = createOutput(common);
  const progress = await createProgress(output, !isCi(process.env));
  const outcomes: Outcomes = { secrets: [], policies: [], roles: [] };
  let sandbox: Sandbox | undefined;
  let aws: Aws | undefined;
  const interrupts = watchInterrupts(
    output,
    () => aws?.changing(),
    (interrupted) => {
      progress.stop();
      tell(output, interrupted, outcomes);
    },
  );
  const interrupt = interrupts.signal;
  try {
    const interactive = mayAsk(common);
    sandbox = common.sandbox ? await openSandbox() : undefined;
    aws = openAws(
      await settingsFor({
        homeRegion: homeRegionAmong(regions),
        common,
        sandbox,
        interactive,
        output,
        progress,
      }),
      interrupt,
      (slow) => progress.wait(slow && words.waitingForAws(slow.action, slow.elapsedMs, HTTP.callLimitMs)),
    );
    const onWait = (source: string) => progress.printBetween(() => output.say(keyWords.waiting(source)));
    const keyInput = { stdin: process.stdin, env: process.env, interrupt, onWait };
    return await perform({ common, aws, output, progress, interrupt, outcomes, keyInput, interactive });
  } catch (error) {
    progress.stop();
    tell(output, error, outcomes);
    return error instanceof Interrupted ? interrupts.exitCode() : exitCodeOf(error);
  } finally {
    aws?.clients.close();
    await sandbox?.close();
    interrupts.stop();
  }
}

/** Questions need a terminal on both ends of the conversation, and nobody who said that there is no one to answer. */
function mayAsk({ input, yes, json }: CommonOptions): boolean {
  const terminal = Boolean(process.stdin.isTTY && process.stderr.isTTY);
  return terminal && input && !yes && !json && !isCi(process.env);
}

/** `--no-color` holds for the prompts and the spinner too, which look at the environment only. */
function forbidColor(env: NodeJS.ProcessEnv): void {
  delete env.FORCE_COLOR;
  env.NO_COLOR = '1';
}

/** Where the environment sends the requests that carry the key. */
function endpointOf(env: NodeJS.ProcessEnv): string | undefined {
  return env.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? env.AWS_ENDPOINT_URL;
}

/** Whether a key sent to this URL can be read on the way. */
function isPlainHttp(url: string | undefined): boolean {
  if (!url || !URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

async function openSandbox(): Promise<Sandbox> {
  const { startSandbox } = await import('../sandbox/index.ts');
  return startSandbox();
}

async function settingsFor({
  homeRegion,
  common,
  sandbox,
  interactive,
  output,
  progress,
}: Pick<CommandRun, 'common' | 'interactive' | 'output' | 'progress'> & {
  homeRegion: string | undefined;
  sandbox: Sandbox | undefined;
}) {
  const trace = common.debug
    ? (line: string) => output.insist(`${words.tracePrefix} ${plain(line)}`)
    : undefined;
  if (sandbox) return { endpointUrl: sandbox.url, credentials: sandbox.credentials, homeRegion, trace };
  const mfa = interactive ? await import('../wizard/mfa.ts') : undefined;
  const askMfaCode = mfa && ((serial: string) => mfa.askMfaCode(serial, output, progress));
  if (isPlainHttp(common.endpointUrl ?? endpointOf(process.env)))
    output.insist(`${words.warning}: ${inputWords.plainHttp}`);
  if ((common.profile ?? process.env.AWS_PROFILE) && process.env.AWS_ACCESS_KEY_ID)
    output.insist(`${words.warning}: ${inputWords.profileWins}`);
  const { profile, endpointUrl } = common;
  const requestHandler = await proxyHandler(process.env);
  return { profile, endpointUrl, homeRegion, askMfaCode, requestHandler, trace };
}
