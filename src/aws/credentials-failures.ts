import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { ReadLimitError } from '../read-file.ts';
import { plain } from '../report/plain.ts';
import { configurationWords as words } from '../report/words/configuration.ts';
import type { CredentialsSource, Profile, Setting } from './configuration.ts';
import { ProcessError } from './credential-process.ts';
import { networkFailure } from './network-errors.ts';
import { isThrottled } from './throttling.ts';

/** One step on the way to the credentials: a source, and the profile that holds or names it. */
export interface CredentialsStep {
  source: CredentialsSource;
  profile: Profile;
  /** Whether the profile names a source that it does not hold itself (`credential_source`). */
  isNamed?: boolean;
}

/** What was seen of the last request that a credentials provider sent. */
export interface LastRequest {
  /** Why it got no answer. */
  error?: Error | undefined;
  /** The HTTP status of its answer. */
  status?: number | undefined;
}

/** What a step threw, and the request before that. */
interface Trouble {
  thrown: Error;
  last: LastRequest;
  step: CredentialsStep;
  /** What is trusted in place of Node's own authorities. */
  caBundle: Setting | undefined;
}

/** Turns what a step on the way to the credentials threw into a `Failure` that says what failed, why, and what to do now. */
export function credentialsFailure(
  thrown: unknown,
  step: CredentialsStep,
  last: LastRequest,
  caBundle?: Setting | undefined,
): Failure {
  if (thrown instanceof Failure) return thrown;
  // A provider of the SDK wraps it.
  if (last.error instanceof Failure) return last.error;
  const trouble = { thrown: thrown instanceof Error ? thrown : new Error(), last, step, caBundle };
  const { source } = step;
  switch (source.kind) {
    case 'environment':
      return failing(trouble, words.partialKeys, words.partialKeysHint);
    case 'container':
      return ofContainer(trouble);
    case 'token-file':
      return ofTokenFile(trouble, 'AWS_WEB_IDENTITY_TOKEN_FILE');
    case 'instance':
      return ofInstance(trouble);
    case 'profile':
      return ofProfile(trouble, plain(step.profile.name));
  }
}

/** Unless the profile names the instance, it is what is left where nothing names credentials, and the machine is not in AWS. */
function ofInstance(trouble: Trouble): Failure {
  const { isNamed, profile } = trouble.step;
  if (isNamed) return failing(trouble, words.instanceFailed, words.instanceHint);
  const name = profile.from ? plain(profile.name) : undefined;
  const sentence = name === undefined ? words.noCredentials : words.profileWithout(name);
  return failing(trouble, sentence, words.noCredentialsHint(name));
}

/** The provider for containers sends its requests itself, so that the status is in its message only. */
function ofContainer(trouble: Trouble): Failure {
  const { message, code } = trouble.thrown as NodeJS.ErrnoException;
  const status = /status: (\d{3})\b/.exec(message)?.[1];
  const reason = status ?? code;
  const theirs = isTheirTurn({ ...trouble, last: { status: Number(status) } });
  const sentence = words.containerFailed(reason && plain(reason));
  return failing(trouble, sentence, words.containerHint, theirs ? EXIT.failed : EXIT.permission);
}

function ofTokenFile(trouble: Trouble, named: string): Failure {
  const { code = '' } =
    trouble.thrown instanceof ReadLimitError ? { code: 'EFBIG' } : (trouble.thrown as NodeJS.ErrnoException);
  return failing(trouble, words.tokenFileUnreadable(named, plain(code)), words.tokenFileHint);
}

function ofProfile(trouble: Trouble, name: string): Failure {
  const { thrown } = trouble;
  if (thrown instanceof ProcessError) return ofProcess(trouble, thrown, name);
  const { source } = trouble.step;
  const how = source.kind === 'profile' ? source.how : undefined;
  if (how === 'sso') return ofSso(trouble, name);
  if (how === 'web-identity') return ofTokenFile(trouble, 'web_identity_token_file');
  return (
    ofService(trouble, 'signin:CreateOAuth2Token', 'AWS Sign-In') ??
    failing(trouble, words.loginEnded(name), words.loginHint(name), EXIT.permission, 'expired-credentials')
  );
}

function ofProcess(trouble: Trouble, { how }: ProcessError, name: string): Failure {
  const hint = words.processHint(name);
  if ('ended' in how) return failing(trouble, words.processFailed(name, plain(how.ended)), hint);
  if (how.printed === 'something-else') return failing(trouble, words.processPrinted(name), hint);
  return failing(trouble, words.processExpired(name), hint, EXIT.permission, 'expired-credentials');
}

function ofSso(trouble: Trouble, name: string): Failure {
  const { last, thrown, step } = trouble;
  const { settings } = step.profile;
  const { sso_session, sso_account_id, sso_role_name } = settings;
  const lacking = ['sso_account_id', 'sso_role_name'].find((each) => !settings[each]);
  if (lacking) return failing(trouble, words.ssoLacks(name, lacking), words.ssoConfigureHint(name));
  const theirs = ofService(trouble, 'sso:GetRoleCredentials', 'IAM Identity Center');
  if (theirs) return theirs;
  if (last.status === 403)
    return failing(
      trouble,
      words.ssoDenied(name, plain(sso_role_name ?? ''), plain(sso_account_id ?? '')),
      words.ssoDeniedHint,
    );
  // The SDK stumbles over a session that is not there, with an error of its own insides.
  if (sso_session && (thrown instanceof TypeError || /could not be found/.test(thrown.message)))
    return failing(trouble, words.ssoSessionMissing(name, plain(sso_session)), words.ssoConfigureHint(name));
  return failing(trouble, words.ssoEnded(name), words.ssoHint(name), EXIT.permission, 'expired-credentials');
}

/** The failure of a service that signs users in, if there is nothing to correct but the way to it. */
function ofService(trouble: Trouble, action: string, service: string): Failure | undefined {
  const { last, step, caBundle } = trouble;
  if (!isTheirTurn(trouble)) return undefined;
  const { sso_region = '', region = '' } = step.profile.settings;
  const request = { action, resource: '*', region: sso_region || region, elapsedMs: 0 };
  const network = last.error && networkFailure(last.error, request, { caBundle });
  return (
    network ??
    failing(trouble, words.signInAnswered(service, last.status), words.laterHint, EXIT.failed, 'aws-error')
  );
}

/** Whether the service failed, so that there is nothing to correct. */
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
 * Returns an error for `--debug` without the sentence of what was thrown: that may repeat the command line of a process, or a part of
 * a file with tokens that cannot be parsed.
 */
function bareCause(thrown: Error): Error {
  const { name, code } = thrown as NodeJS.ErrnoException;
  return Object.assign(new Error(code ?? ''), { name, stack: code ? `${name}: ${code}` : name });
}
