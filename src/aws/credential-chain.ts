import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { fromHttp } from '@aws-sdk/credential-provider-http';
import { fromLoginCredentials } from '@aws-sdk/credential-provider-login';
import { fromSSO } from '@aws-sdk/credential-provider-sso';
import { fromInstanceMetadata } from '@smithy/credential-provider-imds';
import type { AwsCredentialIdentity } from '@smithy/types';
import { HTTP } from '../defaults.ts';
import { EXIT, Failure, Interrupted } from '../failure.ts';
import { plain } from '../report/plain.ts';
import { awsWords } from '../report/words/aws.ts';
import { configurationWords as words } from '../report/words/configuration.ts';
import type { RequestHandler } from './clients.ts';
import {
  type AwsConfiguration,
  type CredentialsSource,
  howOfSource,
  type Profile,
  type ProfileCredentials,
} from './configuration.ts';
import { readLimited } from './configuration-files.ts';
import { runProcess } from './credential-process.ts';
import { type CredentialsStep, credentialsFailure, type LastRequest } from './credentials-failures.ts';
import { toFailure } from './errors.ts';
import { NotAwsError } from './not-aws.ts';
import type { BeginWait } from './waiting.ts';

/** The SDK would print a warning of its own about variables beside each other. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** What the steps are taken with. */
export interface ChainTools {
  configuration: AwsConfiguration;
  requestHandler: RequestHandler;
  /** A client of STS that has these credentials; without any for requests that need none. */
  stsWith(credentials?: AwsCredentialIdentity): STSClient;
  /** The Region in which STS is addressed. */
  homeRegion: string;
  /** Asks the user for the code of an MFA device. Absent where nobody can be asked. */
  askMfaCode?: ((serial: string) => Promise<string>) | undefined;
  interrupt: AbortSignal;
  /** Notes a step that is waited for. */
  beginWait: BeginWait;
}

/**
 * Gets the credentials of one source. For a profile that assumes a role, it first gets those that the role is assumed with, which may
 * take several such steps. The SDK's providers for profiles can do that as well, but cannot say which step has failed; they also send
 * the tokens of an SSO session to an endpoint that is meant for STS.
 * Source: AWS SDKs and Tools Reference Guide, "Assume role credential provider".
 * @param outer the profiles that take their credentials from this step, outermost first
 * @throws Failure that names the step; Interrupted
 */
export async function credentialsOf(
  tools: ChainTools,
  step: CredentialsStep,
  outer: readonly string[] = [],
): Promise<AwsCredentialIdentity> {
  const { source, profile } = step;
  switch (source.kind) {
    case 'environment':
      return fromProvider(tools, step, fromEnv);
    case 'container':
      // With a time-out of its own, the SDK would only print a warning after it, and pause as long between its tries.
      return fromProvider(tools, step, (options) => fromHttp({ ...options, timeout: 0 }));
    case 'instance':
      return fromProvider(tools, step, fromInstance);
    case 'token-file':
      return assumeRoleWithToken(tools, step, source);
    case 'profile':
      return fromProfile(tools, step, profile, source.how, outer);
  }
}

async function fromProfile(
  tools: ChainTools,
  step: CredentialsStep,
  profile: Profile,
  how: ProfileCredentials,
  outer: readonly string[],
): Promise<AwsCredentialIdentity> {
  const { credential_process = '', web_identity_token_file: file = '', ...settings } = profile.settings;
  switch (how) {
    case 'access-keys':
      return accessKeysOf(profile);
    case 'process':
      return takeStep(tools, step, (stop) => runProcess(credential_process, stop));
    case 'web-identity': {
      if (!settings.role_arn) throw unusable(profile, words.tokenWithoutRole(plain(profile.name)));
      const { role_arn: role, role_session_name: session } = settings;
      return assumeRoleWithToken(tools, step, { file, role, session });
    }
    case 'role':
      return assumeRole(tools, step, outer);
    case 'sso':
      return fromProvider(tools, step, fromSSO);
    case 'login':
      return fromProvider(tools, step, fromLoginCredentials);
  }
}

async function assumeRole(
  tools: ChainTools,
  step: CredentialsStep,
  outer: readonly string[],
): Promise<AwsCredentialIdentity> {
  const { profile } = step;
  const { role_arn, role_session_name, external_id, duration_seconds, mfa_serial } = profile.settings;
  const duration = durationOf(profile, duration_seconds);
  const source = sourceStepOf(tools.configuration, profile, outer);
  const credentials = await credentialsOf(tools, source, [...outer, profile.name]).catch((error: unknown) => {
    if (error instanceof Failure) error.details.push(linkBetween(profile, source));
    throw error;
  });
  // A profile with `credential_source` alone passes its credentials on to the one that names it.
  if (role_arn === undefined) return credentials;
  const ask = tools.askMfaCode ?? refuseMfa;
  const code = mfa_serial === undefined ? undefined : await ask(mfa_serial);
  const command = new AssumeRoleCommand({
    RoleArn: role_arn,
    RoleSessionName: role_session_name ?? sessionName(),
    ExternalId: external_id,
    DurationSeconds: duration,
    SerialNumber: mfa_serial,
    TokenCode: code,
  });
  return requestRole(
    tools,
    step,
    { action: 'sts:AssumeRole', role: role_arn, by: source, secrets: [code] },
    (abortSignal) => tools.stsWith(credentials).send(command, { abortSignal }),
  );
}

function durationOf(profile: Profile, seconds: string | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  if (!/^\d{1,6}$/.test(seconds)) throw unusable(profile, words.badDuration(plain(profile.name)));
  return Number(seconds);
}

/** Returns where the credentials come from that a profile assumes its role with. */
function sourceStepOf(
  configuration: AwsConfiguration,
  profile: Profile,
  outer: readonly string[],
): CredentialsStep {
  const { source_profile: other, credential_source: named, role_arn } = profile.settings;
  const name = plain(profile.name);
  if (other !== undefined && named !== undefined) throw unusable(profile, words.twoSources(name));
  if (other === undefined && named === undefined) throw unusable(profile, words.roleWithoutSource(name));
  if (other === undefined) {
    const source = SOURCES.get(named ?? '');
    if (!source) throw unusable(profile, words.unknownSource(name, plain(named ?? ''), [...SOURCES.keys()]));
    return { source, profile, isNamed: true };
  }
  if (role_arn === undefined) throw unusable(profile, words.sourceWithoutRole(name));
  const found = configuration.profileNamed(other);
  if (!found) throw unusable(profile, words.sourceMissing(name, plain(other)));
  const how = howOfSource(found);
  if (how === undefined) throw unusable(profile, words.sourceEmpty(name, plain(other)));
  if (how === 'role' && [...outer, profile.name].includes(other))
    throw unusable(profile, words.sourceLoop(name, plain(other)));
  return { source: { kind: 'profile', how }, profile: { ...found, from: words.sourceProfileOf(name) } };
}

/** What `credential_source` may name. */
const SOURCES: ReadonlyMap<string, CredentialsSource> = new Map([
  ['Environment', { kind: 'environment' }],
  ['EcsContainer', { kind: 'container' }],
  ['Ec2InstanceMetadata', { kind: 'instance' }],
]);

function linkBetween({ name }: Profile, { source, profile }: CredentialsStep): string {
  return source.kind === 'profile'
    ? words.takesFromProfile(plain(name), plain(profile.name))
    : words.takesFrom(plain(name), words.source(source, '', undefined));
}

function accessKeysOf(profile: Profile): AwsCredentialIdentity {
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = profile.settings;
  if (!id || !secret) throw unusable(profile, words.halfKey(plain(profile.name)));
  return { accessKeyId: id, secretAccessKey: secret, ...(token ? { sessionToken: token } : {}) };
}

async function assumeRoleWithToken(
  tools: ChainTools,
  step: CredentialsStep,
  { file, role, session }: { file: string; role?: string | undefined; session?: string | undefined },
): Promise<AwsCredentialIdentity> {
  if (!role) throw unusable(step.profile, words.roleMissing);
  // It may be a pipe.
  const token = await takeStep(tools, step, (interrupt) => readLimited(file, { interrupt }));
  const secret = token.toString().trim();
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn: role,
    RoleSessionName: session ?? sessionName(),
    WebIdentityToken: secret,
  });
  return requestRole(
    tools,
    step,
    { action: 'sts:AssumeRoleWithWebIdentity', role, by: step, secrets: [secret] },
    (abortSignal) => tools.stsWith().send(command, { abortSignal }),
  );
}

interface AssumedRole {
  Credentials?:
    | {
        AccessKeyId: string | undefined;
        SecretAccessKey: string | undefined;
        SessionToken: string | undefined;
        Expiration: Date | undefined;
      }
    | undefined;
}

/** A request that assumes a role: the step that its signature or its token comes from may have to be renewed if STS refuses it. */
interface Assumption {
  action: string;
  role: string;
  by: CredentialsStep;
  /** What the request holds that nobody may read in an error: STS repeats what is wrong with a request. */
  secrets: (string | undefined)[];
}

/** Asks STS for the credentials of a role. */
async function requestRole(
  tools: ChainTools,
  step: CredentialsStep,
  { action, role, by, secrets }: Assumption,
  send: (stop: AbortSignal) => Promise<AssumedRole>,
): Promise<AwsCredentialIdentity> {
  const started = performance.now();
  return takeStep(tools, step, async (stop) => {
    try {
      const { Credentials: found } = await send(stop);
      if (!found?.AccessKeyId || !found.SecretAccessKey)
        throw new NotAwsError('an assumed role without credentials');
      return {
        accessKeyId: found.AccessKeyId,
        secretAccessKey: found.SecretAccessKey,
        ...(found.SessionToken ? { sessionToken: found.SessionToken } : {}),
        ...(found.Expiration ? { expiration: found.Expiration } : {}),
      };
    } catch (error) {
      const elapsedMs = performance.now() - started;
      removeSecrets(error, secrets);
      throw toFailure(
        error,
        { action, resource: role, region: tools.homeRegion, elapsedMs },
        { configuration: { ...tools.configuration, ...by } },
      );
    }
  });
}

/** Takes texts out of what an error says. */
function removeSecrets(error: unknown, secrets: (string | undefined)[]): void {
  if (!(error instanceof Error)) return;
  for (const secret of secrets) {
    if (!secret) continue;
    error.message = error.message.replaceAll(secret, '…');
    if (error.stack) error.stack = error.stack.replaceAll(secret, '…');
  }
}

/** Gets credentials by a provider of the SDK. */
async function fromProvider(
  tools: ChainTools,
  step: CredentialsStep,
  provider: (options: ProviderOptions) => () => Promise<AwsCredentialIdentity>,
): Promise<AwsCredentialIdentity> {
  const last: LastRequest = {};
  const requestHandler = watched(tools.requestHandler, last);
  const options = {
    profile: step.profile.name,
    logger: SILENT,
    clientConfig: { ignoreConfiguredEndpointUrls: true as const, requestHandler },
    parentClientConfig: { requestHandler },
  };
  return takeStep(tools, step, async () => provider(options)(), last);
}

interface ProviderOptions {
  profile: string;
  logger: typeof SILENT;
  clientConfig: { ignoreConfiguredEndpointUrls: true; requestHandler: RequestHandler };
  parentClientConfig: { requestHandler: RequestHandler };
}

/** The SDK's provider itself does not look at this variable. */
function fromInstance({ profile, logger }: ProviderOptions): () => Promise<AwsCredentialIdentity> {
  const { AWS_EC2_METADATA_DISABLED: disabled } = process.env;
  if (disabled && disabled.toLowerCase() !== 'false') throw new Error('AWS_EC2_METADATA_DISABLED is set');
  return fromInstanceMetadata({ profile, logger });
}

/** Sends requests as the handler does, and keeps what became of the last one. */
function watched(handler: RequestHandler, last: LastRequest): RequestHandler {
  return {
    metadata: handler.metadata,
    // The connections are those of all clients.
    destroy: () => undefined,
    handle: async (...request) => {
      Object.assign(last, { error: undefined, status: undefined });
      try {
        const answer = await handler.handle(...request);
        last.status = answer.response.statusCode;
        return answer;
      } catch (error) {
        last.error = error instanceof Error ? error : undefined;
        throw error;
      }
    },
  };
}

/**
 * Takes one step. It gives up when the user interrupts, or after `limitOf`. To ask the user for a code is no such step.
 */
async function takeStep<T>(
  { interrupt, configuration, beginWait }: ChainTools,
  step: CredentialsStep,
  work: (stop: AbortSignal) => Promise<T>,
  last: LastRequest = {},
): Promise<T> {
  // Not `AbortSignal.any` with a time-out: such a signal can be collected before it is aborted.
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  const limitMs = limitOf(step);
  const timer = setTimeout(stop, limitMs);
  const ended = beginWait({ what: words.waitedFor(nameOf(step)), limitMs });
  interrupt.addEventListener('abort', stop, { once: true });
  if (interrupt.aborted) stop();
  try {
    return await unlessStopped(work(stopping.signal), stopping.signal);
  } catch (error) {
    if (interrupt.aborted || error instanceof Interrupted) throw new Interrupted();
    throw stopping.signal.aborted
      ? timedOut(step)
      : credentialsFailure(error, step, last, configuration.caBundle);
  } finally {
    ended();
    clearTimeout(timer);
    interrupt.removeEventListener('abort', stop);
  }
}

function unlessStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(stop.reason);
    if (stop.aborted) end();
    stop.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => stop.removeEventListener('abort', end));
  });
}

async function refuseMfa(serial: string): Promise<string> {
  throw new Failure(awsWords.mfaCannotAsk(serial), {
    code: 'mfa-required',
    exitCode: EXIT.permission,
    hint: awsWords.mfaCannotAskHint,
  });
}

/** How long a step may take, in milliseconds. */
function limitOf({ source: { kind } }: CredentialsStep): number {
  return kind === 'container' || kind === 'instance' ? HTTP.localLimitMs : HTTP.callLimitMs;
}

function nameOf({ source, profile }: CredentialsStep): string {
  return words.source(source, plain(profile.name), profile.from);
}

function timedOut(step: CredentialsStep): Failure {
  return new Failure(words.timedOut(nameOf(step), limitOf(step) / 1000), {
    code: 'timed-out',
    exitCode: EXIT.failed,
    hint: words.laterHint,
  });
}

/** The failure for a profile from which no credentials can come, whatever AWS says. */
function unusable({ name }: Profile, sentence: string): Failure {
  return new Failure(sentence, {
    code: 'no-credentials',
    exitCode: EXIT.permission,
    hint: words.profileHint(plain(name)),
  });
}

/** The name of the session in CloudTrail, where the profile gives none. */
function sessionName(): string {
  return `mc-static-key-${Date.now()}`;
}
