import { EXIT, Failure, type Message } from '../failure.ts';
import { plain } from '../text.ts';
import type { AwsConfiguration } from './credentials/configuration.ts';
import { configurationMessages } from './credentials/messages.ts';
import { denialHint, denialIn } from './denials.ts';
import { isClockSkew } from './http/clock-skew.ts';
import { networkFailure, type Request, type Trust } from './http/network-errors.ts';
import { awsMessages as messages } from './messages.ts';
import { isAlwaysEnabled, serviceOf } from './regions.ts';
import { isThrottled } from './requests/retries.ts';

/** The caller, for messages. */
export interface Caller {
  /** Absent for the sandbox's fixed credentials. */
  configuration?: Pick<AwsConfiguration, 'profile' | 'source'> &
    Partial<Pick<AwsConfiguration, 'endpointOf'>> &
    Trust;
  /** Known once AWS has accepted the credentials in the home Region. */
  arn?: string;
  /** The Region for IAM and STS. */
  homeRegion?: string;
}

/** The parts of an SDK error that are used. Never its input, which may contain the key. */
interface SdkError {
  name: string;
  message: string;
  code?: string;
  $metadata?: { httpStatusCode?: number; attempts?: number; requestId?: string };
  $fault?: string;
}

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException']);
const INVALID =
  /^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|MissingAuthenticationToken(Exception)?|IncompleteSignature|AuthFailure)$/;
const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'NotAuthorized',
  'ForbiddenException', // MediaConnect
]);

/** Converts an SDK error to a `Failure` that names the action and the resource, and says what to do now. */
export function toFailure(error: unknown, request: Request, caller: Caller): Failure {
  if (error instanceof Failure) return error;
  const sdk = error as SdkError;
  const service = serviceOf(request.action);
  const endpoint = service && caller.configuration?.endpointOf?.(service);
  return (
    regionFailure(sdk, request, caller) ??
    credentialsFailure(sdk, request, caller) ??
    permissionFailure(sdk, request, caller) ??
    networkFailure(sdk, request, { endpoint, caBundle: caller.configuration?.caBundle }) ??
    localFailure(sdk, request) ??
    serviceFailure(sdk, request)
  );
}

/**
 * Returns true for the error that AWS returns for unknown credentials. A Region that is not enabled in the account also returns
 * it for valid credentials, because they aren't propagated there ("Considerations before enabling and disabling Regions", AWS
 * Account Management Reference Guide).
 */
export function isUnknownAccessKeyId(error: unknown): boolean {
  return error instanceof Error && /^(UnrecognizedClientException|InvalidClientTokenId)$/.test(error.name);
}

function regionFailure(error: SdkError, { action, region }: Request, caller: Caller): Failure | undefined {
  const unknownHere = isUnknownAccessKeyId(error) && caller.arn !== undefined && region !== caller.homeRegion;
  if (!unknownHere && error.name !== 'OptInRequired' && error.name !== 'RegionDisabledException') {
    return undefined;
  }
  return new Failure(messages.regionOff(region), {
    code: 'region-not-enabled',
    exitCode: EXIT.failed,
    hint: messages.regionOffHint,
    awsAction: action,
    awsCode: error.name,
    cause: error,
  });
}

function credentialsFailure(
  error: SdkError,
  { region }: Request,
  { configuration }: Caller,
): Failure | undefined {
  const make = (code: string, message: string, hint: Message) =>
    new Failure(message, { code, exitCode: EXIT.permission, hint, awsCode: error.name, cause: error });
  if (EXPIRED.has(error.name)) return make('expired-credentials', messages.expired, renewal(configuration));
  if (isClockSkew(error)) return make('clock-skew', messages.clockSkew, messages.clockSkewHint);
  if (isUnknownAccessKeyId(error) && !isAlwaysEnabled(region)) {
    return make(
      'invalid-credentials',
      messages.invalidOrRegionOff(region),
      messages.invalidOrRegionOffHint(),
    );
  }
  if (INVALID.test(error.name)) {
    const { name, from } = configuration?.profile ?? {};
    const hint = messages.invalidCredentialsHint(
      plain(region),
      from && name !== undefined ? plain(name) : undefined,
    );
    return make('invalid-credentials', messages.invalidCredentials, hint);
  }
  return undefined;
}

/** Returns how to renew expired credentials of this type. */
function renewal(configuration: Caller['configuration']): string {
  const { profile, source } = configuration ?? {};
  if (!profile || source?.kind !== 'profile') return messages.expiredHint;
  const name = plain(profile.name);
  if (source.how === 'login') return configurationMessages.loginHint(name);
  return source.how === 'sso' ? configurationMessages.ssoHint(name) : messages.expiredHint;
}

function permissionFailure(error: SdkError, request: Request, caller: Caller): Failure | undefined {
  if (!DENIED.has(error.name)) return undefined;
  if (/^MultiFactorAuthentication failed/.test(error.message)) {
    const { mfaRefused, mfaRefusedHint: hint } = messages;
    const details = { code: 'mfa-refused', exitCode: EXIT.permission, hint, awsAction: 'sts:AssumeRole' };
    return new Failure(mfaRefused, { ...details, awsCode: error.name, cause: error });
  }
  const { action, resource, key } = deniedIn(error, request);
  const what = key ?? plain(resource);
  const denial = denialIn(error.message);
  const isImplicit = denial?.policy === 'identity-based policy' && !denial.explicit;
  const [, kmsMore = ''] = NO_KMS.exec(error.message) ?? [];
  return new Failure(messages.accessDenied(action, placed(what, action, request), caller.arn), {
    code: 'access-denied',
    exitCode: EXIT.permission,
    hint:
      key !== undefined && !denial ? messages.kmsDeniedHint(action, what) : denialHint(denial, action, what),
    details: [
      ...(denial && !isImplicit
        ? [messages.denyingPolicy(denial.policy, denial.explicit, denial.arn && plain(denial.arn))]
        : []),
      ...(denial?.explicit ? oftenAsked(action) : []),
      ...(NO_KMS.test(error.message) ? [messages.kmsDenied] : []),
      ...(kmsMore === '' ? [] : [messages.kmsSays(plain(kmsMore))]),
    ],
    awsAction: action,
    awsCode: error.name,
    cause: error,
  });
}

function placedAction(action: string, { region }: Request): string {
  return /^(iam|sts):/.test(action) ? action : messages.inRegion(action, region);
}

function oftenAsked(action: string): string[] {
  if (action === 'iam:CreateRole') return [messages.oftenAsked.role];
  return /^(iam|secretsmanager):(Create(Policy|Secret)|Tag\w+)$/.test(action)
    ? [messages.oftenAsked.other]
    : [];
}

/** Returns the resource with its Region, because a name in a Regional service doesn't include it. */
function placed(resource: string, action: string, { region }: Request): string {
  return /^(iam|sts):/.test(action) || resource.includes(region)
    ? resource
    : messages.inRegion(resource, region);
}

/**
 * Returns the denied action and resource, which can differ from the request. Assuming the profile's role precedes the call, and
 * creating a resource may require permission to tag it.
 */
function deniedIn(
  { message }: SdkError,
  { action, resource, kmsKeyId }: Request,
): Pick<Request, 'action' | 'resource'> & { key?: string } {
  // The maximum length of an ARN. Without a limit, a long message would be searched to its end repeatedly.
  const named =
    /not authorized to perform: ([\w-]+:\w+)(?: on resource: (.{1,2048}?))?(?= because | with an explicit |$)/.exec(
      message,
    );
  if (named?.[1] && named[1] !== action) return { action: named[1], resource: named[2] ?? '*' };
  const [isOfKms, more = ''] = NO_KMS.exec(message) ?? [];
  if (isOfKms === undefined) return { action, resource };
  return { action: kmsActionFor(action), resource, key: keyInUse(plain(resource), more, kmsKeyId) };
}

/** Returns a description of a KMS key that AWS's message doesn't name. Never the secret, which is a different resource. */
function keyInUse(secret: string, more: string, kmsKeyId: string | undefined): string {
  // The version is encrypted with a key that the secret no longer uses.
  if (/not encrypted with the current KMS key/.test(more)) return messages.kmsKeyOfVersion(secret);
  return kmsKeyId === undefined ? messages.kmsKeyOfSecret(secret) : messages.kmsKey(plain(kmsKeyId));
}

/**
 * The message from Secrets Manager if the caller may use the secret but not its KMS key. It doesn't say which permission is
 * missing.
 */
const NO_KMS = /^Access to KMS is not allowed\.?\s*(.*)$/s;

/** Storing a value requires `kms:GenerateDataKey` and `kms:Decrypt`; reading one requires only the latter. */
function kmsActionFor(action: string): string {
  return /:(Create|Put)/.test(action) ? 'kms:GenerateDataKey' : 'kms:Decrypt';
}

/**
 * Returns the failure for an error of the SDK itself, such as a configuration without a valid endpoint. No request was sent to
 * AWS.
 */
function localFailure(error: SdkError, { action }: Request): Failure | undefined {
  if (error.$metadata?.httpStatusCode !== undefined || error.$fault !== undefined) return undefined;
  return new Failure(messages.notSent(action, plain(error.message)), {
    code: 'aws-configuration',
    exitCode: EXIT.failed,
    hint: messages.notSentHint,
    awsAction: action,
    cause: error,
  });
}

function serviceFailure(error: SdkError, request: Request): Failure {
  const { action } = request;
  const resource = placed(plain(request.resource), action, request);
  const status = error.$metadata?.httpStatusCode ?? 0;
  const make = (code: string, message: string, hint?: string) =>
    new Failure(message, {
      code,
      exitCode: EXIT.failed,
      hint,
      awsAction: action,
      awsCode: error.name,
      cause: error,
    });
  if (isThrottled(error))
    return make(
      'throttled',
      messages.throttled(placedAction(action, request), error.$metadata?.attempts ?? 1),
      messages.throttledHint,
    );
  if (status >= 500) {
    return make(
      'aws-internal-error',
      messages.serviceFault(action, resource, error.name),
      messages.tryAgainHint,
    );
  }
  return make('aws-error', messages.service(action, resource, plain(error.name), plain(error.message)));
}
