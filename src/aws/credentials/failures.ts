import { EXIT, type ExitCode, Failure } from '../../failure.ts';
import { ReadLimitError } from '../../read-file.ts';
import { plain } from '../../text.ts';
import { networkFailure } from '../http/network-errors.ts';
import { awsMessages } from '../messages.ts';
import { isThrottled } from '../requests/retries.ts';
import type { Setting } from './configuration.ts';
import { ContainerError, ProcessError } from './container.ts';
import { configurationMessages as messages } from './messages.ts';
import type { CredentialsSource, Profile } from './types.ts';

/** The outcome of the last request that a credentials provider sent. */
export interface LastRequest {
  /** The error, if there was no response. */
  error?: Error;
  /** The HTTP status of the response. */
  status?: number;
  /** The time until it failed, in milliseconds. */
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
  caBundle?: Setting | undefined,
): Failure {
  if (thrown instanceof Failure) return thrown;
  // SDK providers wrap errors.
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
      return profileFailure(error, plain(step.profile.name));
  }
}

/**
 * The failure of the instance metadata service. Unless the profile names that service, it is the last resort: most often, nothing
 * is configured, and the machine is not in AWS.
 */
function instanceFailure(error: StepError): Failure {
  const { statusCode, code = '', message } = error.thrown as NodeJS.ErrnoException & { statusCode?: number };
  const { isCredentialSource, profile } = error.step;
  // An instance without a role responds with 404 to the request for the role name.
  const answered = statusCode !== undefined && statusCode !== 404;
  const isUnexpectedResponse =
    /^Invalid response|JSON|Unrecognized/.test(message) || code === 'ERR_INVALID_URL';
  if (isCredentialSource || answered || isUnexpectedResponse) {
    const reason = answered ? `${statusCode}` : code;
    const exitCode = isServiceProblem({ ...error, lastRequest: { status: statusCode } })
      ? EXIT.failed
      : EXIT.permission;
    return failureFor(error, messages.instanceFailed(plain(reason)), messages.instanceHint, exitCode);
  }
  const name = profile.from ? plain(profile.name) : undefined;
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
        messages.tokenFileUnreadable('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', plain(problem.code)),
        messages.containerVariablesHint,
      );
    case 'no-credentials':
      return failureFor(error, messages.containerStrange, messages.containerHint, EXIT.failed);
    case 'expired':
      return failureFor(
        error,
        messages.containerExpired,
        messages.laterHint,
        EXIT.failed,
        'expired-credentials',
      );
    case 'unreachable':
      return failureFor(
        error,
        messages.containerFailed(plain(problem.code)),
        messages.laterHint,
        EXIT.failed,
      );
    case 'status': {
      const isTransient = problem.status === 429 || problem.status >= 500;
      return isTransient
        ? failureFor(error, messages.containerFailed(`${problem.status}`), messages.laterHint, EXIT.failed)
        : failureFor(error, messages.containerFailed(`${problem.status}`), messages.containerHint);
    }
  }
}

function tokenFileFailure(error: StepError): Failure {
  const { code = '' } =
    error.thrown instanceof ReadLimitError ? { code: 'EFBIG' } : (error.thrown as NodeJS.ErrnoException);
  const name = tokenFileName(error.step);
  return failureFor(error, messages.tokenFileUnreadable(name, plain(code)), messages.tokenFileHint);
}

/** Returns the setting that names the web identity token file, for messages. */
export function tokenFileName({ source, profile }: CredentialsStep): string {
  return source.kind === 'token-file'
    ? 'AWS_WEB_IDENTITY_TOKEN_FILE'
    : messages.tokenFileOf(plain(profile.name), plain(profile.settings.web_identity_token_file ?? ''));
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
    failureFor(
      error,
      messages.loginEnded(name),
      messages.loginHint(name),
      EXIT.permission,
      'expired-credentials',
    )
  );
}

function processFailure(error: StepError, { end }: ProcessError, name: string): Failure {
  const hint = messages.processHint(name);
  if ('exit' in end) return failureFor(error, messages.processFailed(name, plain(end.exit)), hint);
  if (end.printed === 'something-else') return failureFor(error, messages.processPrinted(name), hint);
  return failureFor(error, messages.processExpired(name), hint, EXIT.permission, 'expired-credentials');
}

function ssoFailure(error: StepError, name: string): Failure {
  const { lastRequest, thrown, step } = error;
  const { sso_account_id, sso_role_name } = step.profile.settings;
  const ofService = serviceFailure(error, 'sso:GetRoleCredentials', 'IAM Identity Center');
  if (ofService) return ofService;
  const { status = 401 } = lastRequest;
  if (status === 403)
    return failureFor(
      error,
      messages.ssoDenied(name, plain(sso_role_name ?? ''), plain(sso_account_id ?? '')),
      messages.ssoDeniedHint,
    );
  if (status < 400)
    return failureFor(
      error,
      awsMessages.notAws('sso:GetRoleCredentials'),
      awsMessages.notAwsHint,
      EXIT.failed,
      'not-aws',
    );
  if (status !== 401)
    return failureFor(
      error,
      messages.ssoRefused(name, plain(thrown.message)),
      messages.ssoConfigureHint(name),
    );
  return failureFor(
    error,
    messages.ssoEnded(name),
    messages.ssoHint(name),
    EXIT.permission,
    'expired-credentials',
  );
}

/** Returns the failure of a sign-in service, if the problem is the service or the connection; otherwise undefined. */
function serviceFailure(error: StepError, action: string, service: string): Failure | undefined {
  const { lastRequest, step, caBundle } = error;
  if (!isServiceProblem(error)) return undefined;
  const { sso_region = '', region = '' } = step.profile.settings;
  const { elapsedMs = 0 } = lastRequest;
  const request = { action, resource: '*', region: sso_region || region, elapsedMs };
  const ofNetwork = lastRequest.error && networkFailure(lastRequest.error, request, { caBundle });
  return (
    ofNetwork ??
    failureFor(
      error,
      messages.signInAnswered(service, lastRequest.status),
      messages.laterHint,
      EXIT.failed,
      'aws-error',
    )
  );
}

/** Returns true if the service or the connection failed, so there is nothing for the user to correct. */
function isServiceProblem({ lastRequest: { status = 0, error }, thrown }: StepError): boolean {
  return error !== undefined || status === 429 || status >= 500 || isThrottled(thrown);
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
 * Returns an error for `--debug` without the original message. That may contain the command line of a process, or parts of a
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
