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

/** The error of a step, and the request before it. */
interface Trouble {
  thrown: Error;
  last: LastRequest;
  step: CredentialsStep;
  /** The certificate authorities to trust instead of Node's own. */
  caBundle: Setting | undefined;
}

/** Converts the error of a credentials step to a `Failure` that says what failed, why, and what to do now. */
export function credentialsFailure(
  thrown: unknown,
  step: CredentialsStep,
  last: LastRequest,
  caBundle?: Setting | undefined,
): Failure {
  if (thrown instanceof Failure) return thrown;
  // SDK providers wrap errors.
  if (last.error instanceof Failure) return last.error;
  const trouble = { thrown: thrown instanceof Error ? thrown : new Error(), last, step, caBundle };
  const { source } = step;
  switch (source.kind) {
    case 'environment':
      return failing(trouble, messages.partialKeys, messages.partialKeysHint);
    case 'container':
      return ofContainer(trouble);
    case 'token-file':
      return ofTokenFile(trouble);
    case 'instance':
      return ofInstance(trouble);
    case 'profile':
      return ofProfile(trouble, plain(step.profile.name));
  }
}

/**
 * Unless the profile names the instance, this source is the last resort: nothing names credentials, and the machine is not in
 * AWS.
 */
function ofInstance(trouble: Trouble): Failure {
  const {
    statusCode,
    code = '',
    message,
  } = trouble.thrown as NodeJS.ErrnoException & { statusCode?: number };
  const { isNamed, profile } = trouble.step;
  // An instance without a role responds with 404 to the request for the role name.
  const answered = statusCode !== undefined && statusCode !== 404;
  const isStrange = /^Invalid response|JSON|Unrecognized/.test(message) || code === 'ERR_INVALID_URL';
  if (isNamed || answered || isStrange) {
    const reason = answered ? `${statusCode}` : code;
    const exitCode = isTheirTurn({ ...trouble, last: { status: statusCode } })
      ? EXIT.failed
      : EXIT.permission;
    return failing(trouble, messages.instanceFailed(plain(reason)), messages.instanceHint, exitCode);
  }
  const name = profile.from ? plain(profile.name) : undefined;
  const sentence = name === undefined ? messages.noCredentials : messages.profileWithout(name);
  return failing(trouble, sentence, messages.noCredentialsHint(name));
}

function ofContainer(trouble: Trouble): Failure {
  if (!(trouble.thrown instanceof ContainerError))
    return failing(trouble, messages.containerFailed(''), messages.containerHint);
  const { why } = trouble.thrown;
  switch (why.kind) {
    case 'no-url':
      return failing(trouble, messages.containerNotNamed, messages.containerVariablesHint);
    case 'bad-url':
      return failing(trouble, messages.containerBadUrl, messages.containerVariablesHint);
    case 'host-not-allowed':
      return failing(trouble, messages.containerHostNotAllowed, messages.containerVariablesHint);
    case 'bad-token':
      return failing(trouble, messages.containerBadToken, messages.containerVariablesHint);
    case 'token-file':
      return failing(
        trouble,
        messages.tokenFileUnreadable('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', plain(why.code)),
        messages.containerVariablesHint,
      );
    case 'no-credentials':
      return failing(trouble, messages.containerStrange, messages.containerHint, EXIT.failed);
    case 'expired':
      return failing(
        trouble,
        messages.containerExpired,
        messages.laterHint,
        EXIT.failed,
        'expired-credentials',
      );
    case 'unreachable':
      return failing(trouble, messages.containerFailed(plain(why.code)), messages.laterHint, EXIT.failed);
    case 'status': {
      const isTheirs = why.status === 429 || why.status >= 500;
      return isTheirs
        ? failing(trouble, messages.containerFailed(`${why.status}`), messages.laterHint, EXIT.failed)
        : failing(trouble, messages.containerFailed(`${why.status}`), messages.containerHint);
    }
  }
}

function ofTokenFile(trouble: Trouble): Failure {
  const { code = '' } =
    trouble.thrown instanceof ReadLimitError ? { code: 'EFBIG' } : (trouble.thrown as NodeJS.ErrnoException);
  const named = tokenFileName(trouble.step);
  return failing(trouble, messages.tokenFileUnreadable(named, plain(code)), messages.tokenFileHint);
}

/** Returns a name for the web identity token file that the user knows. */
export function tokenFileName({ source, profile }: CredentialsStep): string {
  return source.kind === 'token-file'
    ? 'AWS_WEB_IDENTITY_TOKEN_FILE'
    : messages.tokenFileOf(plain(profile.name), plain(profile.settings.web_identity_token_file ?? ''));
}

function ofProfile(trouble: Trouble, name: string): Failure {
  const { thrown } = trouble;
  if (thrown instanceof ProcessError) return ofProcess(trouble, thrown, name);
  const { source } = trouble.step;
  const how = source.kind === 'profile' ? source.how : undefined;
  if (how === 'sso') return ofSso(trouble, name);
  if (how === 'web-identity') return ofTokenFile(trouble);
  return (
    ofService(trouble, 'signin:CreateOAuth2Token', 'AWS Sign-In') ??
    failing(
      trouble,
      messages.loginEnded(name),
      messages.loginHint(name),
      EXIT.permission,
      'expired-credentials',
    )
  );
}

function ofProcess(trouble: Trouble, { how }: ProcessError, name: string): Failure {
  const hint = messages.processHint(name);
  if ('ended' in how) return failing(trouble, messages.processFailed(name, plain(how.ended)), hint);
  if (how.printed === 'something-else') return failing(trouble, messages.processPrinted(name), hint);
  return failing(trouble, messages.processExpired(name), hint, EXIT.permission, 'expired-credentials');
}

function ofSso(trouble: Trouble, name: string): Failure {
  const { last, thrown, step } = trouble;
  const { sso_account_id, sso_role_name } = step.profile.settings;
  const theirs = ofService(trouble, 'sso:GetRoleCredentials', 'IAM Identity Center');
  if (theirs) return theirs;
  const { status = 401 } = last;
  if (status === 403)
    return failing(
      trouble,
      messages.ssoDenied(name, plain(sso_role_name ?? ''), plain(sso_account_id ?? '')),
      messages.ssoDeniedHint,
    );
  if (status < 400)
    return failing(
      trouble,
      awsMessages.notAws('sso:GetRoleCredentials'),
      awsMessages.notAwsHint,
      EXIT.failed,
      'not-aws',
    );
  if (status !== 401)
    return failing(
      trouble,
      messages.ssoRefused(name, plain(thrown.message)),
      messages.ssoConfigureHint(name),
    );
  return failing(
    trouble,
    messages.ssoEnded(name),
    messages.ssoHint(name),
    EXIT.permission,
    'expired-credentials',
  );
}

/** Returns the failure of a sign-in service, if the problem is the service or the connection; otherwise undefined. */
function ofService(trouble: Trouble, action: string, service: string): Failure | undefined {
  const { last, step, caBundle } = trouble;
  if (!isTheirTurn(trouble)) return undefined;
  const { sso_region = '', region = '' } = step.profile.settings;
  const request = { action, resource: '*', region: sso_region || region, elapsedMs: last.elapsedMs ?? 0 };
  const network = last.error && networkFailure(last.error, request, { caBundle });
  return (
    network ??
    failing(
      trouble,
      messages.signInAnswered(service, last.status),
      messages.laterHint,
      EXIT.failed,
      'aws-error',
    )
  );
}

/** Returns true if the service or the connection failed, so there is nothing for the user to correct. */
function isTheirTurn({ last: { status = 0, error }, thrown }: Trouble): boolean {
  return error !== undefined || status === 429 || status >= 500 || isThrottled(thrown);
}

function failing(
  { thrown }: Trouble,
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
  /** True if the profile names an external source (`credential_source`). */
  isNamed?: boolean;
}
