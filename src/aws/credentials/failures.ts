import { EXIT, type ExitCode, Failure } from '../../failure.ts';
import { ReadLimitError } from '../../read-file.ts';
import { clean } from '../../text.ts';
import { networkFailure } from '../http/network-errors.ts';
import { awsMessages } from '../messages.ts';
import { isThrottled } from '../requests/retries.ts';
import type { Setting } from './configuration.ts';
import { ContainerError, isTransient, ProcessError } from './container.ts';
import { configurationMessages as messages } from './messages.ts';
import type { CredentialsSource, Profile } from './precedence.ts';

/** The outcome of the last request that a credentials provider sent. */
export interface LastRequest {
  /** The error, if there was no response. */
  error?: Error;
  /** The HTTP status of the response. */
  status?: number;
  /** The time until the request failed, in milliseconds. */
  elapsedMs?: number;
}

/** The error of a step, and what is needed to explain it. */
interface StepError {
  thrown: Error;
  lastRequest: LastRequest;
  step: CredentialsStep;
  /** The certificate authorities to trust instead of Node's own. */
  caBundle: Setting | undefined;
}

/** Converts the error of a credentials step to a `Failure` that says what failed, why, and what to do now. */
export function credentialsFailure(
  thrown: unknown,
  step: CredentialsStep,
  lastRequest: LastRequest,
  caBundle?: Setting,
): Failure {
  if (thrown instanceof Failure) return thrown;
  // SDK providers wrap the error of their request.
  if (lastRequest.error instanceof Failure) return lastRequest.error;
  const error = { thrown: thrown instanceof Error ? thrown : new Error(), lastRequest, step, caBundle };
  const { source } = step;
  switch (source.kind) {
    case 'environment':
      return failureFor(error, messages.partialKeys, messages.partialKeysHint);
    case 'container':
      return containerFailure(error);
    case 'token-file':
      return tokenFileFailure(error);
    case 'instance':
      return instanceFailure(error);
    case 'profile':
      return profileFailure(error, clean(step.profile.name));
  }
}

/**
 * Returns the failure of the instance metadata service. Unless the profile names that service, it is the last resort: most often,
 * nothing is configured, and the machine is not in AWS.
 */
function instanceFailure(error: StepError): Failure {
  const { statusCode, code = '', message } = error.thrown as NodeJS.ErrnoException & { statusCode?: number };
  const { isCredentialSource, profile } = error.step;
  // An instance without a role responds with 404 to the request for the role name.
  const hasErrorStatus = statusCode !== undefined && statusCode !== 404;
  const isUnexpectedResponse =
    /^Invalid response|JSON|Unrecognized/.test(message) || code === 'ERR_INVALID_URL';
  if (isCredentialSource || hasErrorStatus || isUnexpectedResponse) {
    const reason = hasErrorStatus ? `${statusCode}` : code;
    const exitCode = isServiceProblem({ ...error, lastRequest: { status: statusCode } })
      ? EXIT.failed
      : EXIT.permission;
    return failureFor(error, messages.instanceFailed(clean(reason)), messages.instanceHint, exitCode);
  }
  const name = profile.from ? clean(profile.name) : undefined;
  const sentence = name === undefined ? messages.noCredentials : messages.profileWithout(name);
  return failureFor(error, sentence, messages.noCredentialsHint(name));
}

function containerFailure(error: StepError): Failure {
  if (!(error.thrown instanceof ContainerError))
    return failureFor(error, messages.containerFailed(''), messages.containerHint);
  const { problem } = error.thrown;
  switch (problem.kind) {
    case 'no-url':
      return failureFor(error, messages.containerNotNamed, messages.containerVariablesHint);
    case 'bad-url':
      return failureFor(error, messages.containerBadUrl, messages.containerVariablesHint);
    case 'host-not-allowed':
      return failureFor(error, messages.containerHostNotAllowed, messages.containerVariablesHint);
    case 'bad-token':
      return failureFor(error, messages.containerBadToken, messages.containerVariablesHint);
    case 'token-file':
      return failureFor(
        error,
        messages.tokenFileUnreadable('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', clean(problem.code)),
        messages.containerVariablesHint,
      );
    case 'no-credentials':
      return failureFor(error, messages.containerStrange, messages.containerHint, EXIT.failed);
    case 'expired':
      return expiredFailure(error, messages.containerExpired, messages.laterHint, EXIT.failed);
    case 'unreachable': {
      const sentence = messages.containerFailed(clean(problem.code));
      return failureFor(error, sentence, messages.laterHint, EXIT.failed);
    }
    case 'status': {
      const sentence = messages.containerFailed(`${problem.status}`);
      return isTransient(problem.status)
        ? failureFor(error, sentence, messages.laterHint, EXIT.failed)
        : failureFor(error, sentence, messages.containerHint);
    }
  }
}

function tokenFileFailure(error: StepError): Failure {
  const { code = '' } =
    error.thrown instanceof ReadLimitError ? { code: 'EFBIG' } : (error.thrown as NodeJS.ErrnoException);
  const name = tokenFileName(error.step);
  return failureFor(error, messages.tokenFileUnreadable(name, clean(code)), messages.tokenFileHint);
}

/** Returns the setting that names the web identity token file, for messages. */
export function tokenFileName({ source, profile }: CredentialsStep): string {
  return source.kind === 'token-file'
    ? 'AWS_WEB_IDENTITY_TOKEN_FILE'
    : messages.tokenFileOf(clean(profile.name), clean(profile.settings.web_identity_token_file ?? ''));
}

function profileFailure(error: StepError, name: string): Failure {
  const { thrown } = error;
  if (thrown instanceof ProcessError) return processFailure(error, thrown, name);
  const { source } = error.step;
  const method = source.kind === 'profile' ? source.method : undefined;
  if (method === 'sso') return ssoFailure(error, name);
  if (method === 'web-identity') return tokenFileFailure(error);
  return (
    serviceFailure(error, 'signin:CreateOAuth2Token', 'AWS Sign-In') ??
    expiredFailure(error, messages.loginEnded(name), messages.loginHint(name))
  );
}

function processFailure(error: StepError, { end }: ProcessError, name: string): Failure {
  const hint = messages.processHint(name);
  if ('exit' in end) return failureFor(error, messages.processFailed(name, clean(end.exit)), hint);
  if (end.printed === 'something-else') return failureFor(error, messages.processPrinted(name), hint);
  return expiredFailure(error, messages.processExpired(name), hint);
}

function ssoFailure(error: StepError, name: string): Failure {
  const { lastRequest, thrown, step } = error;
  const action = 'sso:GetRoleCredentials';
  const portalFailure = serviceFailure(error, action, 'IAM Identity Center');
  if (portalFailure) return portalFailure;
  // If the SDK's provider sent no request, it has no valid token, which is handled like a rejected one.
  const { status = 401 } = lastRequest;
  if (status === 401) return expiredFailure(error, messages.ssoEnded(name), messages.ssoHint(name));
  if (status === 403) {
    const { sso_account_id = '', sso_role_name = '' } = step.profile.settings;
    const sentence = messages.ssoDenied(name, clean(sso_role_name), clean(sso_account_id));
    return failureFor(error, sentence, messages.ssoDeniedHint);
  }
  if (status < 400)
    return failureFor(error, awsMessages.notAws(action), awsMessages.notAwsHint, EXIT.failed, 'not-aws');
  const sentence = messages.ssoRefused(name, clean(thrown.message));
  return failureFor(error, sentence, messages.ssoConfigureHint(name));
}

/** Returns the failure of a sign-in service, if the problem is the service or the connection; otherwise undefined. */
function serviceFailure(error: StepError, action: string, service: string): Failure | undefined {
  const { lastRequest, step, caBundle } = error;
  if (!isServiceProblem(error)) return undefined;
  const { sso_region = '', region = '' } = step.profile.settings;
  const { elapsedMs = 0 } = lastRequest;
  const request = { action, resource: '*', region: sso_region || region, elapsedMs };
  const connectionFailure = lastRequest.error && networkFailure(lastRequest.error, request, { caBundle });
  if (connectionFailure) return connectionFailure;
  const sentence = messages.signInServiceFailed(service, lastRequest.status);
  return failureFor(error, sentence, messages.laterHint, EXIT.failed, 'aws-error');
}

/** Returns true if the service or the connection failed, so there is nothing for the user to correct. */
function isServiceProblem({ lastRequest: { status = 0, error }, thrown }: StepError): boolean {
  return error !== undefined || isTransient(status) || isThrottled(thrown);
}

function expiredFailure(error: StepError, message: string, hint: string, exitCode?: ExitCode): Failure {
  return failureFor(error, message, hint, exitCode, 'expired-credentials');
}

function failureFor(
  { thrown }: StepError,
  message: string,
  hint: string,
  exitCode: ExitCode = EXIT.permission,
  code = 'no-credentials',
): Failure {
  return new Failure(message, { code, exitCode, hint, cause: bareCause(thrown) });
}

/**
 * Returns an error for `--debug` without the original message, which may contain the command line of a process, or parts of a
 * token file that could not be parsed.
 */
function bareCause(thrown: Error): Error {
  const { name, code } = thrown as NodeJS.ErrnoException;
  return Object.assign(new Error(code ?? ''), { name, stack: code ? `${name}: ${code}` : name });
}

/** A credentials step: a source, and the profile that contains or names it. */
export interface CredentialsStep {
  source: CredentialsSource;
  profile: Profile;
  /** True if the source is the profile's `credential_source`. */
  isCredentialSource?: boolean;
}
