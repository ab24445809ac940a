import { X509Certificate } from 'node:crypto';
import { callerMembers, endpointsOf } from '../aws/caller.ts';
import type { ExpectedAccount } from '../aws/clients.ts';
import {
  type AwsConfiguration,
  configurationWithoutFiles,
  readConfiguration,
} from '../aws/credentials/configuration.ts';
import { limitSentence, readLimited } from '../aws/credentials/configuration-files.ts';
import { configurationMessages } from '../aws/credentials/messages.ts';
import { isLoopback, proxyFor, readProxies, withoutBrackets } from '../aws/http/proxy.ts';
import { requestHandlerFor } from '../aws/http/sdk-client.ts';
import { homeRegionAmong, partitionOf } from '../aws/regions.ts';
import { type Aws, openAws } from '../aws/session.ts';
import { EXIT, type ExitCode, Failure, Interrupted } from '../failure.ts';
import type { KeyInput } from '../key/index.ts';
import { keyMessages } from '../key/messages.ts';
import { inputMessages } from '../options/messages.ts';
import type { Outcomes } from '../plan-types.ts';
import { ReadLimitError } from '../read-file.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { plain, shownUrl } from '../text.ts';
import { type Connection, connectCommands } from '../ui/commands.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import { createOutput, type Output } from '../ui/output.ts';
import { createProgress, type Progress } from '../ui/progress.ts';
import { demandEndpoints, demandRegion, isPreferredToKeys } from './configured-values.ts';
import { isCi } from './environment.ts';
import { exitCodeOf, tell, usageFailure, watchInterrupts } from './failure-output.ts';
import type { CommonOptions } from './options.ts';

/** One run of a command: what it works with, and what it has achieved so far. */
export interface CommandRun {
  common: CommonOptions;
  aws: Aws;
  output: Output;
  progress: Progress;
  interrupt: AbortSignal;
  /** What exists by now, for the JSON document and for messages after a failure. */
  outcomes: Outcomes;
  /** Where keys are read from. */
  keyInput: KeyInput;
  /** Whether questions may be asked. */
  interactive: boolean;
}

/**
 * Runs a command against AWS and returns the exit code: what `perform` returns, or that of the failure or the interruption,
 * which is printed here.
 * @param regions those that the command line or a manifest names; in one of them the global services are addressed
 * @param account the one that a manifest names
 */
export async function runCommand(
  common: CommonOptions,
  regions: readonly string[],
  perform: (run: CommandRun) => Promise<ExitCode>,
  account?: ExpectedAccount,
): Promise<number> {
  if (!common.color) forbidColor(process.env);
  const output = createOutput(common);
  connectCommands(connectionOf(common));
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
  const homeRegion = homeRegionAmong(regions);
  try {
    const interactive = mayAsk(common);
    sandbox = common.sandbox ? await openSandbox() : undefined;
    // For the JSON document of a run that ends before the configuration is read.
    if (!sandbox)
      output.caller = () => callerMembers({ configuration: configurationWithoutFiles(common, process.env) });
    aws = openAws(
      await settingsFor({
        homeRegion,
        expected: expectedAccount(common, account),
        common,
        sandbox,
        interactive,
        output,
        progress,
        interrupt,
      }),
      interrupt,
      (slow) => progress.wait(slow && messages.waitingFor(slow.what, slow.elapsedMs, slow.limitMs)),
    );
    const { settings, identified } = aws;
    connectCommands(connectionOf(common, settings.configuration, homeRegion));
    output.caller = () => callerMembers({ identity: identified(), configuration: settings.configuration });
    const onWait = (source: string) => progress.printBetween(() => output.say(keyMessages.waiting(source)));
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
    connectCommands({});
  }
}

/** What the commands that this run prints have to say so that they reach the same account. */
function connectionOf(
  common: CommonOptions,
  configuration?: AwsConfiguration,
  homeRegion?: string,
): Connection {
  const { profile } = configuration ?? {};
  const { endpointUrl } = common;
  // The AWS CLI takes access keys in the environment rather than the profile of AWS_PROFILE.
  const awsProfile = profile?.from && process.env.AWS_ACCESS_KEY_ID ? profile.name : undefined;
  // It knows the one address of IAM in the commercial partition; for any other it asks for a Region.
  const isElsewhere =
    configuration?.endpointOf('IAM') !== undefined ||
    (homeRegion !== undefined && partitionOf(homeRegion) !== 'aws');
  return {
    ...common,
    awsProfile,
    // A command with a part of its URL left out reaches nothing, where one without the URL would reach AWS.
    ...(endpointUrl === undefined ? {} : { endpointUrl: shownUrl(endpointUrl) }),
    iamRegion: isElsewhere ? homeRegion : undefined,
  };
}

/** Questions need a terminal for input and output, and no option or CI system that forbids them. */
function mayAsk({ input, yes, json }: CommonOptions): boolean {
  const terminal = Boolean(process.stdin.isTTY && process.stderr.isTTY);
  return terminal && input && !yes && !json && !isCi(process.env);
}

/** `--no-color` holds for the prompts and the spinner too, which look at the environment only. */
function forbidColor(env: NodeJS.ProcessEnv): void {
  delete env.FORCE_COLOR;
  env.NO_COLOR = '1';
}

/** Whether a key sent to this URL can be read on the way: a request to this machine itself leaves it only for a proxy. */
function isPlainHttp(url: string): boolean {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'http:') return false;
  const target = { protocol, hostname, port: port === '' ? undefined : Number(port) };
  return !isLoopback(withoutBrackets(hostname)) || proxyFor(target, readProxies(process.env)) !== undefined;
}

async function openSandbox(): Promise<Sandbox> {
  const { startSandbox } = await import('../sandbox/index.ts');
  return startSandbox();
}

async function settingsFor({
  homeRegion,
  expected,
  common,
  sandbox,
  interactive,
  output,
  progress,
  interrupt,
}: Pick<CommandRun, 'common' | 'interactive' | 'output' | 'progress' | 'interrupt'> & {
  homeRegion: string | undefined;
  expected: ExpectedAccount | undefined;
  sandbox: Sandbox | undefined;
}) {
  const trace = common.debug
    ? (line: string) => output.insist(`${messages.tracePrefix} ${plain(line)}`)
    : undefined;
  if (sandbox)
    return { endpointUrl: sandbox.url, credentials: sandbox.credentials, homeRegion, expected, trace };
  const mfa = interactive ? await import('./questions/context.ts') : undefined;
  const askMfaCode = mfa && ((serial: string) => mfa.askMfaCode(serial, output, progress));
  const configuration = await readConfiguration(common, process.env, { interrupt });
  output.caller = () => callerMembers({ configuration });
  demandEndpoints(configuration);
  if (homeRegion === undefined) demandRegion(configuration);
  if (endpointsOf(configuration).some(([, { value }]) => isPlainHttp(value)))
    output.insist(`${messages.warning}: ${inputMessages.plainHttp}`);
  if (process.env.AWS_ACCESS_KEY_ID && isPreferredToKeys(configuration))
    output.insist(`${messages.warning}: ${inputMessages.profileWins}`);
  const requestHandler = await requestHandlerFor(process.env, await certificatesOf(configuration, interrupt));
  return { configuration, homeRegion, expected, askMfaCode, requestHandler, trace };
}

/** Returns the account that the command line or a manifest names. @throws Failure when both name one, and not the same */
export function expectedAccount(
  { accountId }: CommonOptions,
  ofManifest: ExpectedAccount | undefined,
): ExpectedAccount | undefined {
  if (accountId === undefined) return ofManifest;
  if (ofManifest && ofManifest.account !== accountId)
    throw usageFailure([inputMessages.twoAccounts(ofManifest.from)]);
  return { account: accountId, from: '--account-id' };
}

async function certificatesOf(
  { caBundle }: AwsConfiguration,
  interrupt: AbortSignal,
): Promise<Buffer | undefined> {
  if (!caBundle) return undefined;
  const { value, from } = caBundle;
  const make = (message: string, exitCode: ExitCode = EXIT.permission) =>
    new Failure(message, {
      code: 'aws-configuration',
      exitCode,
      hint: configurationMessages.caBundleHint,
    });
  let bundle: Buffer;
  try {
    bundle = await readLimited(value, { interrupt });
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    if (error instanceof ReadLimitError) throw make(limitSentence(error, value, {}), EXIT.failed);
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw make(configurationMessages.caBundleUnreadable(plain(value), from, plain(code)));
  }
  // Node accepts such a file silently, and then trusts no issuer.
  if (!holdsCertificate(bundle)) throw make(configurationMessages.caBundleEmpty(plain(value), from));
  return bundle;
}

function holdsCertificate(bundle: Buffer): boolean {
  const blocks = bundle
    .toString('latin1')
    .match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END [^-]*-----/g);
  return (blocks ?? []).some((block) => {
    try {
      return new X509Certificate(block).raw.length > 0;
    } catch {
      return false;
    }
  });
}
