import { fromEnv } from '@aws-sdk/credential-provider-env';
import { fromLoginCredentials } from '@aws-sdk/credential-provider-login';
import { fromSSO } from '@aws-sdk/credential-provider-sso';
import { fromInstanceMetadata } from '@smithy/credential-provider-imds';
import type { AwsCredentialIdentity } from '@smithy/types';
import { EXIT, Failure } from '../../failure.ts';
import { clean } from '../../text.ts';
import { isAccountId, parseArn } from '../arn.ts';
import type { RequestHandler } from '../http/sdk-client.ts';
import type { AwsConfiguration } from './configuration.ts';
import { fromContainer, runProcess } from './container.ts';
import type { CredentialsStep, LastRequest } from './failures.ts';
import { configurationMessages as messages } from './messages.ts';
import {
  type CredentialsSource,
  methodOfSourceProfile,
  type Profile,
  type ProfileMethod,
} from './precedence.ts';
import { assumeRole, assumeRoleWithToken, checkRoleSettings } from './role.ts';
import { type CredentialsTools, runStep, unusableProfile } from './step.ts';

/** Prevents the SDK's own warning about multiple credential variables. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * Gets the credentials of one source. For a profile that assumes a role, it first gets the credentials for assuming the role,
 * which can take several steps. The SDK's profile providers can do this too, but they can't tell which step failed. They also
 * send the tokens of an SSO session to an endpoint that is meant for STS. Source: AWS SDKs and Tools Reference Guide, "Assume
 * role credential provider".
 * @param outerProfiles the names of the profiles that use the credentials of this step, outermost first
 * @throws Failure that names the step; Interrupted
 */
export async function getCredentials(
  tools: CredentialsTools,
  step: CredentialsStep,
  outerProfiles: readonly string[] = [],
): Promise<AwsCredentialIdentity> {
  const { source, profile } = step;
  switch (source.kind) {
    case 'environment':
      return fromProvider(tools, step, fromEnv);
    case 'container':
      return runStep(tools, step, (stop) => fromContainer(process.env, stop));
    case 'instance':
      return fromProvider(tools, step, fromInstance);
    case 'token-file':
      return assumeRoleWithToken(tools, step, source);
    case 'profile':
      return fromProfile(tools, step, profile, source.method, outerProfiles);
  }
}

async function fromProfile(
  tools: CredentialsTools,
  step: CredentialsStep,
  profile: Profile,
  method: ProfileMethod,
  outerProfiles: readonly string[],
): Promise<AwsCredentialIdentity> {
  const { credential_process = '', web_identity_token_file: file = '', ...settings } = profile.settings;
  switch (method) {
    case 'access-keys':
      return accessKeysOf(profile);
    case 'process':
      return runStep(tools, step, (stop) => runProcess(credential_process, stop));
    case 'web-identity': {
      if (!settings.role_arn) throw unusableProfile(profile, messages.tokenWithoutRole(clean(profile.name)));
      checkRoleSettings(profile);
      const { role_arn: role, role_session_name: session } = settings;
      return assumeRoleWithToken(tools, step, { file, role, session });
    }
    case 'role':
      return fromRoleProfile(tools, step, outerProfiles);
    case 'sso':
      checkSso(tools.configuration, profile);
      return fromProvider(tools, step, fromSSO);
    case 'login':
      checkLogin(profile);
      return fromProvider(tools, step, fromLoginCredentials);
  }
}

/** Gets the credentials for assuming a profile's role, then those of the role. */
async function fromRoleProfile(
  tools: CredentialsTools,
  step: CredentialsStep,
  outerProfiles: readonly string[],
): Promise<AwsCredentialIdentity> {
  const { profile } = step;
  checkRoleSettings(profile);
  const sourceStep = sourceStepOf(tools.configuration, profile, outerProfiles);
  const credentials = await getCredentials(tools, sourceStep, [...outerProfiles, profile.name]).catch(
    (error: unknown) => {
      if (error instanceof Failure) error.details.push(sourceSentence(profile, sourceStep));
      throw error;
    },
  );
  // A profile with only `credential_source` passes its credentials on to the profile that refers to it.
  if (profile.settings.role_arn === undefined) return credentials;
  return assumeRole(tools, step, credentials, sourceStep);
}

/** Returns the step that gets the credentials for assuming the profile's role. @throws Failure if the settings are unusable */
function sourceStepOf(
  configuration: AwsConfiguration,
  profile: Profile,
  outerProfiles: readonly string[],
): CredentialsStep {
  const { source_profile: sourceProfile, credential_source: credentialSource, role_arn } = profile.settings;
  const name = clean(profile.name);
  if (sourceProfile !== undefined && credentialSource !== undefined)
    throw unusableProfile(profile, messages.twoSources(name));
  if (sourceProfile === undefined && credentialSource === undefined)
    throw unusableProfile(profile, messages.roleWithoutSource(name));
  if (sourceProfile === undefined) {
    const source = CREDENTIAL_SOURCES.get(credentialSource ?? '');
    const knownNames = [...CREDENTIAL_SOURCES.keys()];
    if (!source)
      throw unusableProfile(profile, messages.unknownSource(name, clean(credentialSource ?? ''), knownNames));
    return { source, profile, isCredentialSource: true };
  }
  const sourceName = clean(sourceProfile);
  if (role_arn === undefined) throw unusableProfile(profile, messages.sourceWithoutRole(name));
  const found = configuration.profileNamed(sourceProfile);
  if (!found) throw unusableProfile(profile, messages.sourceMissing(name, sourceName));
  const method = methodOfSourceProfile(found);
  if (method === undefined) throw unusableProfile(profile, messages.sourceEmpty(name, sourceName));
  if (method === 'role' && [...outerProfiles, profile.name].includes(sourceProfile))
    throw unusableProfile(profile, messages.sourceLoop(name, sourceName));
  return { source: { kind: 'profile', method }, profile: { ...found, from: messages.sourceProfileOf(name) } };
}

/** The values of `credential_source`. */
const CREDENTIAL_SOURCES: ReadonlyMap<string, CredentialsSource> = new Map([
  ['Environment', { kind: 'environment' }],
  ['EcsContainer', { kind: 'container' }],
  ['Ec2InstanceMetadata', { kind: 'instance' }],
]);

/** Returns the sentence that says where a profile gets its credentials from. */
function sourceSentence({ name }: Profile, { source, profile }: CredentialsStep): string {
  return source.kind === 'profile'
    ? messages.takesFromProfile(clean(name), clean(profile.name))
    : messages.takesFrom(clean(name), messages.source(source, '', undefined));
}

function accessKeysOf(profile: Profile): AwsCredentialIdentity {
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = profile.settings;
  if (!id || !secret) throw unusableProfile(profile, messages.incompleteAccessKey(clean(profile.name)));
  return { accessKeyId: id, secretAccessKey: secret, sessionToken: token || undefined };
}

/** Gets credentials from an SDK provider. */
async function fromProvider(
  tools: CredentialsTools,
  step: CredentialsStep,
  provider: (options: ProviderOptions) => () => Promise<AwsCredentialIdentity>,
): Promise<AwsCredentialIdentity> {
  const lastRequest: LastRequest = {};
  const requestHandler = recordingRequests(tools.requestHandler, lastRequest);
  const options = {
    profile: step.profile.name,
    logger: SILENT,
    clientConfig: { ignoreConfiguredEndpointUrls: true as const, requestHandler },
    parentClientConfig: { requestHandler },
  };
  return runStep(tools, step, async () => provider(options)(), lastRequest);
}

/** Options that the SDK's providers take. Each provider uses some of them. */
interface ProviderOptions {
  profile: string;
  logger: typeof SILENT;
  clientConfig: { ignoreConfiguredEndpointUrls: true; requestHandler: RequestHandler };
  parentClientConfig: { requestHandler: RequestHandler };
}

/** Like the SDK's provider, but heeds `AWS_EC2_METADATA_DISABLED`. */
function fromInstance({ profile, logger }: ProviderOptions): () => Promise<AwsCredentialIdentity> {
  const { AWS_EC2_METADATA_DISABLED: disabled } = process.env;
  if (disabled && disabled.toLowerCase() !== 'false') throw new Error('AWS_EC2_METADATA_DISABLED is set');
  return fromInstanceMetadata({ profile, logger });
}

/** Wraps a request handler to record the outcome of each request in `lastRequest`. */
function recordingRequests(handler: RequestHandler, lastRequest: LastRequest): RequestHandler {
  return {
    metadata: handler.metadata,
    // All clients share the connections.
    destroy: () => undefined,
    handle: async (...request) => {
      const startedAt = performance.now();
      Object.assign(lastRequest, { error: undefined, status: undefined });
      try {
        const output = await handler.handle(...request);
        lastRequest.status = output.response.statusCode;
        return output;
      } catch (error) {
        lastRequest.error = error instanceof Error ? error : undefined;
        lastRequest.elapsedMs = performance.now() - startedAt;
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
function checkSso({ ssoSession }: AwsConfiguration, profile: Profile): void {
  const mistake = ssoMistake(ssoSession, profile);
  if (mistake === undefined) return;
  const hint = messages.ssoConfigureHint(clean(profile.name));
  throw new Failure(mistake, { code: 'no-credentials', exitCode: EXIT.permission, hint });
}

/** Returns the sentence about the first mistake in a profile's SSO settings; undefined if there is none. */
function ssoMistake(
  ssoSession: AwsConfiguration['ssoSession'],
  { name, settings }: Profile,
): string | undefined {
  const profile = clean(name);
  const { sso_session } = settings;
  const session = sso_session === undefined ? {} : ssoSession(sso_session);
  if (!session) return messages.ssoSessionMissing(profile, clean(sso_session ?? ''));
  const sessionMembers = ['sso_start_url', 'sso_region'];
  for (const member of sessionMembers) {
    const [inProfile, inSession] = [settings[member], session[member]];
    if (sso_session !== undefined && !inSession) return messages.ssoSessionLacks(clean(sso_session), member);
    if (inProfile && inSession && inProfile !== inSession)
      return messages.ssoInconsistent(profile, clean(sso_session ?? ''), member);
  }
  const required = ['sso_account_id', 'sso_role_name', ...(sso_session ? [] : sessionMembers)];
  const missing = required.find((setting) => !settings[setting]);
  if (missing) return messages.ssoLacks(profile, missing);
  return isAccountId(settings.sso_account_id ?? '') ? undefined : messages.badSsoAccount(profile);
}

/** Checks a profile's settings for `aws login`. @throws Failure */
function checkLogin(profile: Profile): void {
  if (!parseArn(profile.settings.login_session ?? ''))
    throw unusableProfile(profile, messages.badLoginSession(clean(profile.name)));
}
