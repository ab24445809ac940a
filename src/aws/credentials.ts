import { exec } from 'node:child_process';
import { fromHttp } from '@aws-sdk/credential-provider-http';
import { fromIni } from '@aws-sdk/credential-provider-ini';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { AwsCredentialIdentity } from '@smithy/types';
import { HTTP } from '../defaults.ts';
import { EXIT, Failure, Interrupted } from '../failure.ts';
import { plain } from '../report/plain.ts';
import { awsWords } from '../report/words/aws.ts';
import { configurationWords as words } from '../report/words/configuration.ts';
import type { AwsSettings, RequestHandler } from './clients.ts';
import type { AwsConfiguration } from './configuration.ts';
import { credentialsFailure, type LastRequest, ProcessError } from './credentials-failures.ts';

/** The SDK would print a warning of its own about a profile beside access keys; `setup` says that in its words. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
/** Credentials that end within this time are fetched again, as the SDK does. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;
/** Credentials that end so soon when they are fetched are used until this time after that, and not fetched for each request. */
const LEAST_USE_MS = 60 * 1000;
/** What a credential process prints is some hundred characters long. */
const LONGEST_OUTPUT_BYTES = 1024 * 1024;

type Provider = () => Promise<AwsCredentialIdentity>;

/**
 * Returns what finds the credentials in the one place that the configuration names. They are looked for once, whoever asks, and again
 * only when they are about to expire. The look is given up when the user interrupts, or after `HTTP.callLimitMs`.
 */
export function foundCredentials(
  settings: AwsSettings & { configuration: AwsConfiguration },
  requestHandler: RequestHandler,
  interrupt: AbortSignal,
): Provider {
  const { configuration } = settings;
  let last: LastRequest = {};
  const watching: RequestHandler = {
    metadata: requestHandler.metadata,
    // The connections are those of all clients.
    destroy: () => undefined,
    handle: async (...request) => {
      last = {};
      try {
        const answer = await requestHandler.handle(...request);
        last = { status: answer.response.statusCode };
        return answer;
      } catch (error) {
        last = { error: error instanceof Error ? error : undefined };
        throw error;
      }
    },
  };
  const find = finderFor(settings, watching);
  return remembering(async () => {
    const stop = AbortSignal.any([interrupt, AbortSignal.timeout(HTTP.callLimitMs)]);
    try {
      return await unlessStopped(find(stop), stop);
    } catch (error) {
      if (interrupt.aborted || error instanceof Interrupted) throw new Interrupted();
      if (stop.aborted) throw timedOut(configuration);
      throw credentialsFailure(error, configuration, last);
    }
  });
}

function finderFor(
  { configuration, homeRegion, askMfaCode }: AwsSettings & { configuration: AwsConfiguration },
  requestHandler: RequestHandler,
): (stop: AbortSignal) => Promise<AwsCredentialIdentity> {
  const { profile, source, endpointOf } = configuration;
  if (source.kind === 'profile' && source.how === 'process')
    return (stop) => runProcess(profile.settings.credential_process ?? '', stop);
  // IAM Identity Center has an endpoint of its own, which nobody configures here.
  const endpoint = source.kind === 'profile' && source.how === 'sso' ? undefined : endpointOf('STS')?.value;
  const options = {
    ...(profile.from ? { profile: profile.name } : {}),
    // Assuming a role is a request to STS as well: it goes where all the others go, and the way they go.
    clientConfig: { ...(endpoint ? { endpoint } : {}), ignoreConfiguredEndpointUrls: true, requestHandler },
    // Not in `clientConfig`, where the Region would take the place of that of an SSO session as well. Web identities ask here only.
    parentClientConfig: { ...(homeRegion ? { region: async () => homeRegion } : {}), requestHandler },
    mfaCodeProvider: askMfaCode ?? refuseMfa,
    logger: SILENT,
  };
  const find = providerFor(source.kind)(options);
  return () => find();
}

/** The default provider would go on to the next source where a profile or a container fails. */
function providerFor(kind: AwsConfiguration['source']['kind']) {
  if (kind === 'profile') return fromIni;
  return kind === 'container' ? fromHttp : defaultProvider;
}

/** Makes a provider look once for as long as the credentials are good. A failure is final, so that nothing is run twice. */
function remembering(find: Provider): Provider {
  let found: Promise<AwsCredentialIdentity> | undefined;
  let renewAt = Number.POSITIVE_INFINITY;
  return () => {
    if (Date.now() >= renewAt) found = undefined;
    found ??= find().then((credentials) => {
      const ends = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      renewAt = Math.max(ends - RENEW_BEFORE_MS, Date.now() + LEAST_USE_MS);
      return credentials;
    });
    return found;
  };
}

function unlessStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(stop.reason);
    if (stop.aborted) end();
    stop.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => stop.removeEventListener('abort', end));
  });
}

/**
 * Runs the `credential_process` of a profile. The SDK's own provider can be neither interrupted nor bounded.
 * Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
 * @throws ProcessError
 */
async function runProcess(command: string, signal: AbortSignal): Promise<AwsCredentialIdentity> {
  const text = await new Promise<string>((resolve, reject) => {
    exec(command, { signal, maxBuffer: LONGEST_OUTPUT_BYTES, killSignal: 'SIGKILL' }, (error, stdout) => {
      if (!error) resolve(stdout);
      else reject(new ProcessError(`${error.code ?? error.signal ?? 'unknown'}`));
    });
  });
  const credentials = parseProcessOutput(text);
  if (!credentials) throw new ProcessError();
  return credentials;
}

function parseProcessOutput(text: string): AwsCredentialIdentity | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Object(parsed) as Record<
    string,
    unknown
  >;
  if (Version !== 1 || typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string')
    return undefined;
  const expiration = typeof Expiration === 'string' ? new Date(Expiration) : undefined;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(typeof SessionToken === 'string' ? { sessionToken: SessionToken } : {}),
    ...(expiration && !Number.isNaN(expiration.getTime()) ? { expiration } : {}),
  };
}

async function refuseMfa(serial: string): Promise<string> {
  throw new Failure(awsWords.mfaCannotAsk(serial), {
    code: 'mfa-required',
    exitCode: EXIT.permission,
    hint: awsWords.mfaCannotAskHint,
  });
}

function timedOut({ source, profile }: AwsConfiguration): Failure {
  const where = words.source(source, plain(profile.name), profile.from);
  return new Failure(words.timedOut(where, HTTP.callLimitMs / 1000), {
    code: 'timed-out',
    exitCode: EXIT.failed,
    hint: words.laterHint,
  });
}
