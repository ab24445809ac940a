import { X509Certificate } from 'node:crypto';
import { callerMembers, endpointsOf } from '../aws/caller-output.ts';
import type { AwsSettings, ExpectedAccount } from '../aws/clients.ts';
import {
  type AwsConfiguration,
  configurationWithoutFiles,
  readConfiguration,
} from '../aws/credentials/configuration.ts';
import { limitSentence, readLimited } from '../aws/credentials/configuration-files.ts';
import { configurationMessages } from '../aws/credentials/messages.ts';
import { profileOverridesEnvironmentKeys } from '../aws/credentials/precedence.ts';
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
import { clean, shownUrl } from '../text.ts';
import { type Connection, connectCommands } from '../ui/commands.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import { createOutput, type Output } from '../ui/output.ts';
import { createProgress, type Progress } from '../ui/progress.ts';
import { isCi } from './environment.ts';
import { exitCodeOf, reportFailure, usageFailure, watchInterrupts } from './failure-output.ts';
import type { CommonOptions } from './options.ts';
import { rejectInvalidEndpoints, rejectInvalidRegion } from './region-and-endpoints.ts';

/** A run of a command: its environment, and its outcomes so far. */
export interface CommandRun {
  common: CommonOptions;
  aws: Aws;
  output: Output;
  progress: Progress;
  interrupt: AbortSignal;
  /** The outcomes so far, for the JSON document and for messages after a failure. */
  outcomes: Outcomes;
  /** The input for reading keys. */
  keyInput: KeyInput;
  /** True if the run can prompt. */
  interactive: boolean;
}

/**
 * Runs a command against AWS and returns the exit code of `perform`, or of the failure or interruption, after printing it.
 * @param regions the Regions on the command line or in a manifest; one of them is used for the global services
 * @param account the account in the manifest
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
    () => aws?.changeInProgress(),
    (interrupted) => {
      progress.stop();
      reportFailure(output, interrupted, outcomes);
    },
  );
  const interrupt = interrupts.signal;
  const homeRegion = homeRegionAmong(regions);
  try {
    const interactive = canPrompt(common);
    if (common.sandbox) sandbox = await (await import('../sandbox/index.ts')).startSandbox();
    // For the JSON document of a run that ends before the configuration is read.
    if (!sandbox)
      output.caller = () => callerMembers({ configuration: configurationWithoutFiles(common, process.env) });
    const settings = await settingsFor(
      { common, interactive, output, progress, interrupt },
      { homeRegion, expectedAccount: expectedAccount(common, account) },
      sandbox,
    );
    aws = openAws(settings, interrupt, (slow) =>
      progress.wait(slow && messages.waitingFor(slow.what, slow.elapsedMs, slow.limitMs)),
    );
    const { knownIdentity } = aws;
    connectCommands(connectionOf(common, settings.configuration, homeRegion));
    output.caller = () => callerMembers({ identity: knownIdentity(), configuration: settings.configuration });
    const onWait = (source: string) => progress.printBetween(() => output.info(keyMessages.waiting(source)));
    const keyInput = { stdin: process.stdin, env: process.env, interrupt, onWait };
    return await perform({ common, aws, output, progress, interrupt, outcomes, keyInput, interactive });
  } catch (error) {
    progress.stop();
    reportFailure(output, error, outcomes);
    return error instanceof Interrupted ? interrupts.exitCode() : exitCodeOf(error);
  } finally {
    aws?.clients.close();
    await sandbox?.close();
    interrupts.stop();
    connectCommands({});
  }
}

/** Returns the connection options that printed commands need to reach the same account. */
function connectionOf(
  common: CommonOptions,
  configuration?: AwsConfiguration,
  homeRegion?: string,
): Connection {
  const { profile } = configuration ?? {};
  const { endpointUrl } = common;
  // The AWS CLI prefers access keys in the environment to the profile in AWS_PROFILE.
  const awsProfile = profile?.from && process.env.AWS_ACCESS_KEY_ID ? profile.name : undefined;
  // The AWS CLI finds IAM's endpoint in the commercial partition; for any other, it needs a Region.
  const needsIamRegion =
    configuration?.endpointOf('IAM') !== undefined ||
    (homeRegion !== undefined && partitionOf(homeRegion) !== 'aws');
  return {
    ...common,
    awsProfile,
    // A command with an incomplete URL fails, whereas one without the URL would reach AWS.
    endpointUrl: endpointUrl === undefined ? undefined : shownUrl(endpointUrl),
    iamRegion: needsIamRegion ? homeRegion : undefined,
  };
}

/** Returns true if the run has a terminal for input and output, and no option or CI system prevents prompts. */
function canPrompt({ input, yes, json }: CommonOptions): boolean {
  const isTerminal = Boolean(process.stdin.isTTY && process.stderr.isTTY);
  return isTerminal && input && !yes && !json && !isCi(process.env);
}

/** `--no-color` also applies to the prompts and the spinner, which only read the environment. */
function forbidColor(env: NodeJS.ProcessEnv): void {
  delete env.FORCE_COLOR;
  env.NO_COLOR = '1';
}

/** Returns true if a key sent to this URL can be read in transit. A request to this machine leaves it only through a proxy. */
function isPlainHttp(url: string): boolean {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'http:') return false;
  const target = { protocol, hostname, port: port === '' ? undefined : Number(port) };
  return !isLoopback(withoutBrackets(hostname)) || proxyFor(target, readProxies(process.env)) !== undefined;
}

/** Reads the configuration and returns the connection settings. Prints warnings about the configuration. */
async function settingsFor(
  { common, interactive, output, progress, interrupt }: Omit<CommandRun, 'aws' | 'outcomes' | 'keyInput'>,
  runSettings: Pick<AwsSettings, 'homeRegion' | 'expectedAccount'>,
  sandbox: Sandbox | undefined,
): Promise<AwsSettings> {
  const trace = common.debug
    ? (line: string) => output.warn(`${messages.tracePrefix} ${clean(line)}`)
    : undefined;
  const shared = { ...runSettings, trace };
  if (sandbox) return { ...shared, endpointUrl: sandbox.url, credentials: sandbox.credentials };
  const prompts = interactive ? await import('./questions/context.ts') : undefined;
  const askMfaCode = prompts && ((serial: string) => prompts.askMfaCode(serial, progress));
  const configuration = await readConfiguration(common, process.env, { interrupt });
  output.caller = () => callerMembers({ configuration });
  rejectInvalidEndpoints(configuration);
  if (runSettings.homeRegion === undefined) rejectInvalidRegion(configuration);
  if (endpointsOf(configuration).some(([, { value }]) => isPlainHttp(value)))
    output.warn(`${messages.warning}: ${inputMessages.plainHttp}`);
  if (process.env.AWS_ACCESS_KEY_ID && profileOverridesEnvironmentKeys(configuration))
    output.warn(`${messages.warning}: ${inputMessages.profileWins}`);
  const requestHandler = await requestHandlerFor(process.env, await certificatesOf(configuration, interrupt));
  return { ...shared, configuration, askMfaCode, requestHandler };
}

/** Returns the account that the command line or a manifest names. @throws Failure if they name different accounts */
export function expectedAccount(
  { accountId }: CommonOptions,
  ofManifest: ExpectedAccount | undefined,
): ExpectedAccount | undefined {
  if (accountId === undefined) return ofManifest;
  if (ofManifest && ofManifest.account !== accountId)
    throw usageFailure([inputMessages.twoAccounts(ofManifest.from)]);
  return { account: accountId, from: '--account-id' };
}

/** Reads the configured CA bundle. @throws Failure if the bundle can't be read or has no certificate */
async function certificatesOf(
  { caBundle }: AwsConfiguration,
  interrupt: AbortSignal,
): Promise<Buffer | undefined> {
  if (!caBundle) return undefined;
  const { value, from } = caBundle;
  const caBundleFailure = (message: string, exitCode: ExitCode = EXIT.permission) =>
    new Failure(message, { code: 'aws-configuration', exitCode, hint: configurationMessages.caBundleHint });
  let bundle: Buffer;
  try {
    bundle = await readLimited(value, { interrupt });
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    if (error instanceof ReadLimitError) throw caBundleFailure(limitSentence(error, value, {}), EXIT.failed);
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw caBundleFailure(configurationMessages.caBundleUnreadable(clean(value), from, clean(code)));
  }
  // Node accepts a file without certificates silently and then trusts no issuer.
  if (!hasCertificate(bundle)) throw caBundleFailure(configurationMessages.caBundleEmpty(clean(value), from));
  return bundle;
}

function hasCertificate(bundle: Buffer): boolean {
  const pemBlocks = bundle
    .toString('latin1')
    .match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END [^-]*-----/g);
  return (pemBlocks ?? []).some((block) => {
    try {
      return new X509Certificate(block).raw.length > 0;
    } catch {
      return false;
    }
  });
}
