import { EXIT, Failure } from '../failure.ts';
import { plain } from '../report/plain.ts';
import { awsWords as words } from '../report/words/aws.ts';

/** What was being asked of AWS when an error came: named in the sentence that the user reads. */
export interface Request {
  /** The IAM action, such as `secretsmanager:CreateSecret`. */
  action: string;
  /** The ARN or the name of the resource. */
  resource: string;
  region: string;
}

/** Whose credentials these are, for the sentence. */
export interface Caller {
  profile?: string | undefined;
  arn?: string | undefined;
}

/** The part of an SDK error that is looked at. Never its input: that may hold the key. */
interface SdkError {
  name: string;
  message: string;
  code?: string;
  $metadata?: { httpStatusCode?: number; attempts?: number };
  $fault?: string;
}

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);
const INVALID = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'IncompleteSignature',
  'AuthFailure',
]);
const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'NotAuthorized']);
const SKEW = new Set(['RequestTimeTooSkewed', 'RequestInTheFuture']);
const THROTTLED = new Set([
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
]);
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'EPROTO',
]);

/** Turns whatever the SDK threw into a `Failure` that says what was asked, of what, and what to do now. */
export function toFailure(error: unknown, request: Request, caller: Caller): Failure {
  if (error instanceof Failure) return error;
  const sdk = error as SdkError;
  return (
    credentialsFailure(sdk, caller) ??
    permissionFailure(sdk, request, caller) ??
    networkFailure(sdk, request) ??
    serviceFailure(sdk, request)
  );
}

function credentialsFailure(error: SdkError, { profile }: Caller): Failure | undefined {
  const make = (code: string, message: string, hint: string) =>
    new Failure(message, { code, exitCode: EXIT.permission, hint, awsCode: error.name, cause: error });
  if (EXPIRED.has(error.name)) return make('expired-credentials', words.expired, words.expiredHint(profile));
  const skewed = SKEW.has(error.name) || /signature (expired|not yet current)/i.test(error.message);
  if (skewed) return make('clock-skew', words.clockSkew, words.clockSkewHint);
  if (INVALID.has(error.name)) {
    return make('invalid-credentials', words.invalidCredentials, words.invalidCredentialsHint);
  }
  if (/^(CredentialsProviderError|TokenProviderError|ProviderError)$/.test(error.name)) {
    const ended = /sso/i.test(error.message) && /expired|invalid/i.test(error.message);
    return ended
      ? make('expired-credentials', words.ssoExpired, words.expiredHint(profile))
      : make('no-credentials', words.noCredentials, words.noCredentialsHint(profile));
  }
  return undefined;
}

function permissionFailure(error: SdkError, request: Request, caller: Caller): Failure | undefined {
  if (!DENIED.has(error.name)) return undefined;
  if (/^MultiFactorAuthentication failed/.test(error.message)) {
    const { mfaRefused, mfaRefusedHint: hint } = words;
    const details = { code: 'mfa-refused', exitCode: EXIT.permission, hint, awsAction: 'sts:AssumeRole' };
    return new Failure(mfaRefused, { ...details, awsCode: error.name, cause: error });
  }
  const { action, resource } = deniedIn(error, request);
  const byGuardrail = /service control policy|permissions boundary|resource control policy/i.test(
    error.message,
  );
  return new Failure(words.accessDenied(action, plain(resource), caller.arn), {
    code: 'access-denied',
    exitCode: EXIT.permission,
    hint: words.accessDeniedHint(action, plain(resource)),
    details: byGuardrail ? [words.accessDeniedByScp] : [],
    awsAction: action,
    awsCode: error.name,
    cause: error,
  });
}

/**
 * What was denied. Not always what was asked: assuming the profile's role comes before any call, and creating a resource
 * may need the permission to tag it.
 */
function deniedIn(
  { message }: SdkError,
  { action, resource }: Request,
): Pick<Request, 'action' | 'resource'> {
  const named =
    /not authorized to perform: ([\w-]+:\w+)(?: on resource: (.+?))?(?= because | with an explicit |$)/.exec(
      message,
    );
  if (!named?.[1] || named[1] === action) return { action, resource };
  return { action: named[1], resource: named[2] ?? '*' };
}

function networkFailure(error: SdkError, { action, region }: Request): Failure | undefined {
  const make = (code: string, message: string, hint: string) =>
    new Failure(message, { code, exitCode: EXIT.failed, hint, awsAction: action, cause: error });
  if (error.name === 'TimeoutError' || error.code === 'ETIMEDOUT') {
    return make('timed-out', words.timedOut(action, region), words.unreachableHint);
  }
  if (error.code && NETWORK.has(error.code)) {
    return make('unreachable', words.unreachable(action, region), words.unreachableHint);
  }
  // A page that the SDK cannot read leaves it with an error that has no name of AWS's and says `Unknown`.
  const unreadable = /deserializ|unexpected token|not valid xml|^unknown(error)?$/i.test(error.message);
  if (error instanceof SyntaxError || unreadable) {
    return make('not-aws', words.notAws(action), words.notAwsHint);
  }
  return undefined;
}

function serviceFailure(error: SdkError, { action, resource, region }: Request): Failure {
  const attempts = error.$metadata?.attempts ?? 1;
  const status = error.$metadata?.httpStatusCode ?? 0;
  const make = (code: string, message: string, hint?: string) =>
    new Failure(message, {
      code,
      exitCode: EXIT.failed,
      ...(hint === undefined ? {} : { hint }),
      awsAction: action,
      awsCode: error.name,
      cause: error,
    });
  if (THROTTLED.has(error.name))
    return make('throttled', words.throttled(action, attempts), words.throttledHint);
  if (error.name === 'OptInRequired' || error.name === 'RegionDisabledException') {
    return make('region-not-enabled', words.regionOff(region), words.regionOffHint);
  }
  if (status >= 500) {
    return make(
      'aws-internal-error',
      words.serviceFault(action, plain(resource), error.name),
      words.tryAgainHint,
    );
  }
  return make('aws-error', words.service(action, plain(resource), plain(error.name), plain(error.message)));
}
