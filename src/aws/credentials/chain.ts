import { fromEnv } from '@aws-sdk/credential-provider-env';
import { fromLoginCredentials } from '@aws-sdk/credential-provider-login';
import { fromSSO } from '@aws-sdk/credential-provider-sso';
import { fromInstanceMetadata } from '@smithy/credential-provider-imds';
import type { AwsCredentialIdentity } from '@smithy/types';
import { EXIT, Failure } from '../../failure.ts';
import { plain } from '../../text.ts';
import { isAccountId, parseArn } from '../arn.ts';
import type { RequestHandler } from '../http/sdk-client.ts';
import type { AwsConfiguration } from './configuration.ts';
import { howOfSource } from './configuration-files.ts';
import { fromContainer, runProcess } from './container.ts';
import type { CredentialsStep, LastRequest } from './failures.ts';
import { configurationMessages as messages } from './messages.ts';
import { assumeRole, assumeRoleWithToken, checkRoleSettings } from './role.ts';
import { type ChainTools, takeStep, unusable } from './step.ts';
import type { CredentialsSource, Profile, ProfileCredentials } from './types.ts';

/** Prevents the SDK's own warning about multiple credential variables. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * Gets the credentials of one source. For a profile that assumes a role, it first gets the credentials for assuming the role,
 * which can take several steps. The SDK's profile providers can do this too, but they can't tell which step failed. They also
 * send the tokens of an SSO session to an endpoint that is meant for STS. Source: AWS SDKs and Tools Reference Guide, "Assume
 * role credential provider".
 * @param outer the profiles that use the credentials of this step, outermost first
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
      return takeStep(tools, step, (stop) => fromContainer(process.env, stop));
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
      if (!settings.role_arn) throw unusable(profile, messages.tokenWithoutRole(plain(profile.name)));
      checkRoleSettings(profile);
      const { role_arn: role, role_session_name: session } = settings;
      return assumeRoleWithToken(tools, step, { file, role, session });
    }
    case 'role':
      return fromChain(tools, step, outer);
    case 'sso':
      checkSso(tools.configuration, profile);
      return fromProvider(tools, step, fromSSO);
    case 'login':
      checkLogin(profile);
      return fromProvider(tools, step, fromLoginCredentials);
  }
}

async function fromChain(
  tools: ChainTools,
  step: CredentialsStep,
  outer: readonly string[],
): Promise<AwsCredentialIdentity> {
  const { profile } = step;
  checkRoleSettings(profile);
  const source = sourceStepOf(tools.configuration, profile, outer);
  const credentials = await credentialsOf(tools, source, [...outer, profile.name]).catch((error: unknown) => {
    if (error instanceof Failure) error.details.push(linkBetween(profile, source));
    throw error;
  });
  // A profile with only `credential_source` passes its credentials on to the profile that refers to it.
  if (profile.settings.role_arn === undefined) return credentials;
  return assumeRole(tools, step, credentials, source);
}

/** Returns the step with the credentials for assuming the profile's role. */
function sourceStepOf(
  configuration: AwsConfiguration,
  profile: Profile,
  outer: readonly string[],
): CredentialsStep {
  const { source_profile: other, credential_source: named, role_arn } = profile.settings;
  const name = plain(profile.name);
  if (other !== undefined && named !== undefined) throw unusable(profile, messages.twoSources(name));
  if (other === undefined && named === undefined) throw unusable(profile, messages.roleWithoutSource(name));
  if (other === undefined) {
    const source = SOURCES.get(named ?? '');
    if (!source)
      throw unusable(profile, messages.unknownSource(name, plain(named ?? ''), [...SOURCES.keys()]));
    return { source, profile, isNamed: true };
  }
  if (role_arn === undefined) throw unusable(profile, messages.sourceWithoutRole(name));
  const found = configuration.profileNamed(other);
  if (!found) throw unusable(profile, messages.sourceMissing(name, plain(other)));
  const how = howOfSource(found);
  if (how === undefined) throw unusable(profile, messages.sourceEmpty(name, plain(other)));
  if (how === 'role' && [...outer, profile.name].includes(other))
    throw unusable(profile, messages.sourceLoop(name, plain(other)));
  return { source: { kind: 'profile', how }, profile: { ...found, from: messages.sourceProfileOf(name) } };
}

/** The values of `credential_source`. */
const SOURCES: ReadonlyMap<string, CredentialsSource> = new Map([
  ['Environment', { kind: 'environment' }],
  ['EcsContainer', { kind: 'container' }],
  ['Ec2InstanceMetadata', { kind: 'instance' }],
]);

function linkBetween({ name }: Profile, { source, profile }: CredentialsStep): string {
  return source.kind === 'profile'
    ? messages.takesFromProfile(plain(name), plain(profile.name))
    : messages.takesFrom(plain(name), messages.source(source, '', undefined));
}

function accessKeysOf(profile: Profile): AwsCredentialIdentity {
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = profile.settings;
  if (!id || !secret) throw unusable(profile, messages.halfKey(plain(profile.name)));
  return { accessKeyId: id, secretAccessKey: secret, sessionToken: token || undefined };
}

/** Gets credentials from an SDK provider. */
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

/** The SDK's provider doesn't check this variable. */
function fromInstance({ profile, logger }: ProviderOptions): () => Promise<AwsCredentialIdentity> {
  const { AWS_EC2_METADATA_DISABLED: disabled } = process.env;
  if (disabled && disabled.toLowerCase() !== 'false') throw new Error('AWS_EC2_METADATA_DISABLED is set');
  return fromInstanceMetadata({ profile, logger });
}

/** Wraps a request handler to record the outcome of the last request. */
function watched(handler: RequestHandler, last: LastRequest): RequestHandler {
  return {
    metadata: handler.metadata,
    // The connections are shared by all clients.
    destroy: () => undefined,
    handle: async (...request) => {
      const started = performance.now();
      Object.assign(last, { error: undefined, status: undefined });
      try {
        const answer = await handler.handle(...request);
        last.status = answer.response.statusCode;
        return answer;
      } catch (error) {
        last.error = error instanceof Error ? error : undefined;
        last.elapsedMs = performance.now() - started;
        throw error;
      }
    },
  };
}

/**
 * Checks a profile's settings for IAM Identity Center before a token is sent anywhere. The SDK's provider reports mistakes with
 * internal errors, or sends the token to the portal of a different start URL. Source: AWS SDKs and Tools Reference Guide, "IAM
 * Identity Center credential provider".
 * @throws Failure
 */
function checkSso({ ssoSession }: Pick<AwsConfiguration, 'ssoSession'>, profile: Profile): void {
  const sentence = ssoMistake(ssoSession, profile);
  if (sentence === undefined) return;
  const hint = messages.ssoConfigureHint(plain(profile.name));
  throw new Failure(sentence, { code: 'no-credentials', exitCode: EXIT.permission, hint });
}

function ssoMistake(
  ssoSession: AwsConfiguration['ssoSession'],
  { name, settings }: Profile,
): string | undefined {
  const profile = plain(name);
  const { sso_session } = settings;
  const session = sso_session === undefined ? {} : ssoSession(sso_session);
  if (!session) return messages.ssoSessionMissing(profile, plain(sso_session ?? ''));
  for (const member of ['sso_start_url', 'sso_region']) {
    const [own, shared] = [settings[member], session[member]];
    if (sso_session !== undefined && !shared) return messages.ssoSessionLacks(plain(sso_session), member);
    if (own && shared && own !== shared)
      return messages.ssoInconsistent(profile, plain(sso_session ?? ''), member);
  }
  const needed = ['sso_account_id', 'sso_role_name', ...(sso_session ? [] : ['sso_start_url', 'sso_region'])];
  const lacking = needed.find((each) => !settings[each]);
  if (lacking) return messages.ssoLacks(profile, lacking);
  return isAccountId(settings.sso_account_id ?? '') ? undefined : messages.badSsoAccount(profile);
}

/** Checks a profile's settings for `aws login`. @throws Failure */
function checkLogin(profile: Profile): void {
  if (!parseArn(profile.settings.login_session ?? ''))
    throw unusable(profile, messages.badLoginSession(plain(profile.name)));
}
