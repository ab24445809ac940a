import { exec } from 'node:child_process';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { fromHttp } from '@aws-sdk/credential-provider-http';
import { fromIni } from '@aws-sdk/credential-provider-ini';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { fromSSO } from '@aws-sdk/credential-provider-sso';
import { fromTokenFile } from '@aws-sdk/credential-provider-web-identity';
import type { AwsCredentialIdentity } from '@smithy/types';
import { HTTP } from '../defaults.ts';
import { EXIT, Failure, Interrupted } from '../failure.ts';
import { plain } from '../report/plain.ts';
import { awsWords } from '../report/words/aws.ts';
import { configurationWords as words } from '../report/words/configuration.ts';
import type { AwsSettings, RequestHandler } from './clients.ts';
import type { AwsConfiguration, Profile, ProfileCredentials } from './configuration.ts';
import { credentialsFailure, type LastRequest, ProcessError } from './credentials-failures.ts';

/** The SDK would print a warning of its own about a profile beside access keys; `setup` says that in its words. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
/** Credentials that end within this time are fetched again, as the SDK does. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;
/** Credentials that are about to expire when they are fetched are used for this time, and not fetched for each request. */
const LEAST_USE_MS = 60 * 1000;
/** What a credential process prints is some hundred characters long. */
const LONGEST_OUTPUT_BYTES = 1024 * 1024;

type Provider = () => Promise<AwsCredentialIdentity>;

/**
 * Returns the provider of the credentials for all clients. It asks the one source that the configuration names, once, and again only
 * when the credentials are about to expire. It gives up when the user interrupts, or after `HTTP.callLimitMs`.
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
    // Not `AbortSignal.any` with a time-out: such a signal can be collected before it is aborted.
    const stopping = new AbortController();
    const stop = () => stopping.abort();
    const timer = setTimeout(stop, HTTP.callLimitMs);
    interrupt.addEventListener('abort', stop, { once: true });
    if (interrupt.aborted) stop();
    try {
      return await unlessStopped(find(stopping.signal), stopping.signal);
    } catch (error) {
      if (interrupt.aborted || error instanceof Interrupted) throw new Interrupted();
      if (stopping.signal.aborted) throw timedOut(configuration);
      throw credentialsFailure(error, configuration, last);
    } finally {
      clearTimeout(timer);
      interrupt.removeEventListener('abort', stop);
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
  const endpoint = asksStsOnly(configuration) ? endpointOf('STS')?.value : undefined;
  const options = {
    ...(profile.from ? { profile: profile.name } : {}),
    // Assuming a role is a request to STS as well: it goes where all the others go, and the way they go.
    clientConfig: { ...(endpoint ? { endpoint } : {}), ignoreConfiguredEndpointUrls: true, requestHandler },
    // Not in `clientConfig`, where the Region would take the place of that of an SSO session as well. Web identities ask here only.
    parentClientConfig: { ...(homeRegion ? { region: async () => homeRegion } : {}), requestHandler },
    mfaCodeProvider: askMfaCode ?? refuseMfa,
    logger: SILENT,
  };
  const { mfa_serial, source_profile } = profile.settings;
  return async () => {
    // The SDK asks for the code before it awaits the source. If the source fails meanwhile, the rejection is unhandled.
    if (mfa_serial && source_profile) await fromIni({ ...options, profile: source_profile })();
    return providerFor(configuration)(options)();
  };
}

/**
 * Returns the provider of a profile that also holds access keys, which the SDK's own provider would take instead of what the AWS CLI
 * takes.
 */
function beyondKeys(how: ProfileCredentials, { name, settings }: Profile) {
  if (settings.aws_access_key_id === undefined) return undefined;
  if (how === 'sso') return fromSSO;
  if (how === 'role' && settings.source_profile === undefined && settings.credential_source === undefined)
    throw new Error(words.roleWithoutSource(plain(name)));
  if (how !== 'web-identity') return undefined;
  const { web_identity_token_file: webIdentityTokenFile, role_arn: roleArn } = settings;
  return (options: object) =>
    fromTokenFile({
      ...options,
      ...(webIdentityTokenFile === undefined ? {} : { webIdentityTokenFile }),
      ...(roleArn === undefined ? {} : { roleArn }),
    });
}

/**
 * Returns whether all requests for the credentials go to STS. The SDK sends those to IAM Identity Center and to the sign-in service to
 * the same endpoint, together with their tokens, which STS must not get.
 */
function asksStsOnly({ source, profile }: AwsConfiguration): boolean {
  if (source.kind !== 'profile') return true;
  const isSafe = (how: string) => how !== 'sso' && how !== 'login';
  return isSafe(source.how) && (profile.sourceKinds ?? []).every(isSafe);
}

/** Returns the provider of one source. The default provider would go on to the next one where a source fails. */
function providerFor({ source, profile }: AwsConfiguration) {
  switch (source.kind) {
    case 'environment':
      return fromEnv;
    case 'profile':
      return beyondKeys(source.how, profile) ?? fromIni;
    case 'token-file':
      return fromTokenFile;
    case 'container':
      return fromHttp;
    case 'instance':
      return defaultProvider;
  }
}

/** Returns a provider that remembers the credentials while they are valid. It remembers a failure too, so that nothing runs twice. */
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
