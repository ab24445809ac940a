import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { plain } from '../report/plain.ts';
import { configurationWords as words } from '../report/words/configuration.ts';
import type { AwsConfiguration } from './configuration.ts';
import { toFailure } from './errors.ts';
import { networkFailure } from './network-errors.ts';
import { isThrottled } from './throttling.ts';

/** How a credential process failed. Neither its arguments nor its output is kept: both may hold secrets. */
export class ProcessError extends Error {
  override readonly name = 'CredentialProcessError';
  /** The exit code or the signal; absent when the process ended well and printed something else than credentials. */
  readonly ended: string | undefined;

  constructor(ended?: string) {
    super('the credential process failed');
    this.ended = ended;
  }
}

/** What was seen of the last request that a credentials provider sent. */
export interface LastRequest {
  /** Why it got no answer. */
  error?: Error | undefined;
  /** The HTTP status of its answer. */
  status?: number | undefined;
}

/** What a provider of credentials threw, and the request before that. */
interface Trouble {
  thrown: Error;
  last: LastRequest;
  configuration: AwsConfiguration;
}

/** Turns what a credentials provider threw into a `Failure` that says which source failed, why, and what to do now. */
export function credentialsFailure(
  thrown: unknown,
  configuration: AwsConfiguration,
  last: LastRequest,
): Failure {
  if (thrown instanceof Failure) return thrown;
  const trouble = { thrown: thrown instanceof Error ? thrown : new Error(), last, configuration };
  const { kind } = configuration.source;
  if (kind === 'environment') return failing(trouble, words.partialKeys, words.partialKeysHint);
  if (kind === 'container') return ofContainer(trouble);
  if (kind === 'token-file') return ofRequest(trouble) ?? ofTokenFile(trouble, 'AWS_WEB_IDENTITY_TOKEN_FILE');
  return kind === 'instance' ? ofNothing(trouble) : ofProfile(trouble);
}

/** No profile and no variable names credentials, and the machine is not in AWS. */
function ofNothing(trouble: Trouble): Failure {
  const { name, from } = trouble.configuration.profile;
  const sentence = from ? words.profileWithout(plain(name)) : words.noCredentials;
  return failing(trouble, sentence, words.noCredentialsHint(from ? plain(name) : undefined));
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
  const { code } = trouble.thrown as NodeJS.ErrnoException;
  const sentence = code ? words.tokenFileUnreadable(named, plain(code)) : words.roleMissing;
  return failing(trouble, sentence, words.tokenFileHint);
}

function ofProfile(trouble: Trouble): Failure {
  const { configuration, thrown } = trouble;
  const { source, profile } = configuration;
  const name = plain(profile.name);
  const how = source.kind === 'profile' ? source.how : undefined;
  if (thrown instanceof ProcessError) {
    const sentence = thrown.ended
      ? words.processFailed(name, plain(thrown.ended))
      : words.processPrinted(name);
    return failing(trouble, sentence, words.processHint(name));
  }
  if (how === 'sso') return ofSso(trouble, name);
  const asked = ofRequest(trouble);
  if (asked) return asked;
  if (how === 'login') return failing(trouble, words.loginEnded(name), words.loginHint(name));
  if (how === 'web-identity' && 'code' in thrown) return ofTokenFile(trouble, 'web_identity_token_file');
  const [, missing] = /Could not resolve credentials using profile: \[(.+?)\]/.exec(thrown.message) ?? [];
  if (missing && missing !== profile.name)
    return failing(trouble, words.sourceMissing(name, plain(missing)), words.sourceHint);
  const sourceName = plain(profile.settings.source_profile ?? '');
  // The SDK's message repeats the command of a process, and what it printed.
  if (profile.sourceKinds?.includes('process'))
    return failing(
      { ...trouble, thrown: new ProcessError() },
      words.sourceProcessFailed(name, sourceName),
      words.processHint(sourceName),
    );
  return failing(trouble, words.profileUnusable(name, plain(thrown.message)), words.profileHint(name));
}

function ofSso(trouble: Trouble, name: string): Failure {
  const { configuration, last, thrown } = trouble;
  const { sso_session, sso_account_id, sso_role_name } = configuration.profile.settings;
  const lacking = ['sso_account_id', 'sso_role_name'].find((each) => !configuration.profile.settings[each]);
  if (lacking) return failing(trouble, words.ssoLacks(name, lacking), words.ssoConfigureHint(name));
  if (last.error || isTheirTurn(trouble)) return ofIdentityCenter(trouble);
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

function ofIdentityCenter(trouble: Trouble): Failure {
  const { last, configuration } = trouble;
  const region = configuration.profile.settings.sso_region ?? configuration.region?.value ?? '';
  const request = { action: 'sso:GetRoleCredentials', resource: '*', region, elapsedMs: 0 };
  const network = last.error && networkFailure(last.error, request);
  return (
    network ??
    failing(trouble, words.ssoAnswered(last.status ?? 0), words.laterHint, EXIT.failed, 'aws-error')
  );
}

/** The failure for a request to STS that assumes a role, if that is what failed. */
function ofRequest({ thrown, last, configuration }: Trouble): Failure | undefined {
  const { settings } = configuration.profile;
  const isWebIdentity = configuration.source.kind === 'token-file' || 'web_identity_token_file' in settings;
  const request = {
    action: isWebIdentity ? 'sts:AssumeRoleWithWebIdentity' : 'sts:AssumeRole',
    resource: settings.role_arn ?? process.env.AWS_ROLE_ARN ?? '*',
    region: configuration.region?.value ?? '',
    elapsedMs: 0,
  };
  if ('$metadata' in thrown) return toFailure(thrown, request, { configuration });
  return last.error && networkFailure(last.error, request);
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
  // The command line of a process that failed is in the message of Node's error.
  const cause = thrown instanceof ProcessError ? undefined : thrown;
  return new Failure(message, { code, exitCode, hint, ...(cause ? { cause } : {}) });
}
