import {
  AssumeRoleCommand,
  type AssumeRoleResponse,
  AssumeRoleWithWebIdentityCommand,
} from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@smithy/types';
import { EXIT, Failure } from '../../failure.ts';
import { clean } from '../../text.ts';
import { parseArn } from '../arn.ts';
import { NotAwsError } from '../http/sdk-client.ts';
import { awsMessages } from '../messages.ts';
import { toFailure } from '../to-failure.ts';
import { readLimited } from './configuration-files.ts';
import { type CredentialsStep, tokenFileName } from './failures.ts';
import { configurationMessages as messages } from './messages.ts';
import type { Profile } from './precedence.ts';
import { type CredentialsTools, runStep, unusableProfile } from './step.ts';

/** Checks a profile's settings for assuming a role before a request is sent. @throws Failure */
export function checkRoleSettings({ name, settings }: Profile): void {
  const { role_arn, external_id, duration_seconds } = settings;
  const profile = clean(name);
  const fail = (sentence: string) => {
    throw unusableProfile({ name, settings }, sentence);
  };
  const role = parseArn(role_arn ?? '');
  if (role_arn !== undefined && !(role?.service === 'iam' && /^role\/./.test(role.resource)))
    fail(messages.badRoleArn(profile));
  if (external_id !== undefined && external_id.length < 2) fail(messages.badExternalId(profile));
  if (duration_seconds !== undefined && !/^\d{1,6}$/.test(duration_seconds))
    fail(messages.badDuration(profile));
}

/**
 * Assumes the role of a profile.
 * @param credentials the credentials for assuming the role, from `sourceStep`
 * @throws Failure; Interrupted
 */
export async function assumeRole(
  tools: CredentialsTools,
  step: CredentialsStep,
  credentials: AwsCredentialIdentity,
  sourceStep: CredentialsStep,
): Promise<AwsCredentialIdentity> {
  const { settings } = step.profile;
  const { role_arn = '', role_session_name, external_id, duration_seconds, mfa_serial } = settings;
  const askMfaCode = tools.askMfaCode ?? refuseMfa;
  const mfaCode = mfa_serial === undefined ? undefined : await askMfaCode(mfa_serial);
  const command = new AssumeRoleCommand({
    RoleArn: role_arn,
    RoleSessionName: role_session_name ?? sessionName(),
    ExternalId: external_id,
    DurationSeconds: duration_seconds === undefined ? undefined : Number(duration_seconds),
    SerialNumber: mfa_serial,
    TokenCode: mfaCode,
  });
  return requestRole(
    tools,
    step,
    { action: 'sts:AssumeRole', role: role_arn, sourceStep, secrets: [mfaCode] },
    (abortSignal) => tools.stsWith(credentials).send(command, { abortSignal }),
  );
}

/** Assumes a role with the web identity token in a file. @throws Failure; Interrupted */
export async function assumeRoleWithToken(
  tools: CredentialsTools,
  step: CredentialsStep,
  { file, role, session }: { file: string; role?: string; session?: string | undefined },
): Promise<AwsCredentialIdentity> {
  const failure = (message: string) =>
    new Failure(message, { code: 'no-credentials', exitCode: EXIT.permission, hint: messages.tokenFileHint });
  if (!role) throw failure(messages.roleMissing);
  // Reading has a time limit because the file may be a pipe.
  const bytes = await runStep(tools, step, (interrupt) => readLimited(file, { interrupt }));
  const token = bytes.toString().trim();
  if (token === '') throw failure(messages.tokenFileEmpty(tokenFileName(step)));
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn: role,
    RoleSessionName: session ?? sessionName(),
    WebIdentityToken: token,
  });
  return requestRole(
    tools,
    step,
    { action: 'sts:AssumeRoleWithWebIdentity', role, sourceStep: step, secrets: [token] },
    (abortSignal) => tools.stsWith().send(command, { abortSignal }),
  );
}

/** A request to assume a role. */
interface RoleRequest {
  action: string;
  role: string;
  /** The step that provided the signing credentials or the token. If STS rejects them, the user may have to renew them. */
  sourceStep: CredentialsStep;
  /** Secret values in the request, to remove from errors, because STS repeats parts of a request. */
  secrets: (string | undefined)[];
}

/** Gets the credentials of a role from STS. */
async function requestRole(
  tools: CredentialsTools,
  step: CredentialsStep,
  { action, role, sourceStep, secrets }: RoleRequest,
  send: (stop: AbortSignal) => Promise<Pick<AssumeRoleResponse, 'Credentials'>>,
): Promise<AwsCredentialIdentity> {
  const startedAt = performance.now();
  return runStep(tools, step, async (stop) => {
    try {
      const { Credentials: credentials } = await send(stop);
      if (!credentials?.AccessKeyId || !credentials.SecretAccessKey)
        throw new NotAwsError('an assumed role without credentials');
      return {
        accessKeyId: credentials.AccessKeyId,
        secretAccessKey: credentials.SecretAccessKey,
        sessionToken: credentials.SessionToken || undefined,
        expiration: credentials.Expiration,
      };
    } catch (error) {
      const elapsedMs = performance.now() - startedAt;
      removeSecrets(error, secrets);
      const request = { action, resource: role, region: tools.homeRegion, elapsedMs };
      const context = { configuration: { ...tools.configuration, ...sourceStep } };
      throw withRoleAdvice(toFailure(error, request, context), step);
    }
  });
}

/** Returns the failure. If it is an STS error about the role, adds what the user can do. */
function withRoleAdvice(failure: Failure, step: CredentialsStep): Failure {
  const { message, details, awsAction, awsCode, cause } = failure;
  const withHint = (code: string, hint: string, sentence = message) =>
    new Failure(sentence, { code, hint, details, awsAction, awsCode, cause, exitCode: EXIT.permission });
  const isTokenRequest =
    step.source.kind === 'token-file' || 'web_identity_token_file' in step.profile.settings;
  if (isTokenRequest && awsCode === 'ExpiredTokenException') {
    const sentence = messages.tokenExpired(tokenFileName(step));
    return withHint('expired-credentials', messages.tokenFileHint, sentence);
  }
  if (awsCode?.startsWith('InvalidIdentityToken')) return withHint('no-credentials', messages.tokenFileHint);
  if (failure.code === 'access-denied')
    return withHint('access-denied', messages.roleDeniedHint({ isTokenRequest }));
  if (awsCode === 'ValidationError')
    return withHint('aws-error', messages.profileHint(clean(step.profile.name)));
  return failure;
}

/** Removes secret values from the message of an error. */
function removeSecrets(error: unknown, secrets: (string | undefined)[]): void {
  if (!(error instanceof Error)) return;
  for (const secret of secrets) {
    if (!secret) continue;
    error.message = error.message.replaceAll(secret, '…');
    if (error.stack) error.stack = error.stack.replaceAll(secret, '…');
  }
}

async function refuseMfa(serial: string): Promise<string> {
  throw new Failure(awsMessages.mfaCannotAsk(serial), {
    code: 'mfa-required',
    exitCode: EXIT.permission,
    hint: awsMessages.mfaCannotAskHint,
  });
}

/** Returns the role session name for a profile or an environment without one. CloudTrail shows it. */
function sessionName(): string {
  return `mc-static-key-${Date.now()}`;
}
