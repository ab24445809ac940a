import { EXIT, Failure, type Message } from '../failure.ts';
import { clean } from '../text.ts';
import type { AwsConfiguration } from './credentials/configuration.ts';
import { configurationMessages } from './credentials/messages.ts';
import { denialHint, denialIn } from './denial-message.ts';
import { isClockSkew } from './http/clock-skew.ts';
import { networkFailure, type RequestDetails, type TrustedCertificates } from './http/network-errors.ts';
import { awsMessages as messages } from './messages.ts';
import { isAlwaysEnabled, serviceOf } from './regions.ts';
import { isThrottled } from './requests/retries.ts';

/** What messages say about the caller. */
interface ErrorContext {
  /** Absent for the sandbox's fixed credentials. */
  configuration?: Pick<AwsConfiguration, 'profile' | 'source'> &
    Partial<Pick<AwsConfiguration, 'endpointOf'>> &
    TrustedCertificates;
  /** The caller's ARN. Known once AWS has accepted the credentials in the home Region. */
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

const EXPIRED_CODES = /^ExpiredToken(Exception)?$/;
const INVALID_CODES =
  /^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|MissingAuthenticationToken(Exception)?|IncompleteSignature|AuthFailure)$/;
/** `ForbiddenException` is MediaConnect's. */
const DENIED_CODES = /^(AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorized|ForbiddenException)$/;

/** Converts an SDK error to a `Failure` that names the action and the resource, and says what to do now. */
export function toFailure(error: unknown, request: RequestDetails, caller: ErrorContext): Failure {
  if (error instanceof Failure) return error;
  const sdk = error as SdkError;
  const service = serviceOf(request.action);
  const endpoint = service && caller.configuration?.endpointOf?.(service);
  return (
    regionFailure(sdk, request, caller) ??
    authenticationFailure(sdk, request, caller) ??
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

function regionFailure(
  error: SdkError,
  { action, region }: RequestDetails,
  caller: ErrorContext,
): Failure | undefined {
  const isUnknownOnlyHere =
    isUnknownAccessKeyId(error) && caller.arn !== undefined && region !== caller.homeRegion;
  if (!isUnknownOnlyHere && !/^(OptInRequired|RegionDisabledException)$/.test(error.name)) return undefined;
  return new Failure(messages.regionOff(region), {
    code: 'region-not-enabled',
    exitCode: EXIT.failed,
    hint: messages.regionOffHint,
    awsAction: action,
    awsCode: error.name,
    cause: error,
  });
}

function authenticationFailure(
  error: SdkError,
  { region }: RequestDetails,
  { configuration }: ErrorContext,
): Failure | undefined {
  const failure = (code: string, message: string, hint: Message) =>
    new Failure(message, { code, exitCode: EXIT.permission, hint, awsCode: error.name, cause: error });
  if (EXPIRED_CODES.test(error.name))
    return failure('expired-credentials', messages.expired, renewalHint(configuration));
  if (isClockSkew(error)) return failure('clock-skew', messages.clockSkew, messages.clockSkewHint);
  if (isUnknownAccessKeyId(error) && !isAlwaysEnabled(region)) {
    const sentence = messages.invalidOrRegionOff(region);
    return failure('invalid-credentials', sentence, messages.invalidOrRegionOffHint());
  }
  if (!INVALID_CODES.test(error.name)) return undefined;
  const { profile } = configuration ?? {};
  const profileName = profile?.from ? clean(profile.name) : undefined;
  const hint = messages.invalidCredentialsHint(clean(region), profileName);
  return failure('invalid-credentials', messages.invalidCredentials, hint);
}

/** Returns how to renew expired credentials of this type. */
function renewalHint(configuration: ErrorContext['configuration']): string {
  const { profile, source } = configuration ?? {};
  if (!profile || source?.kind !== 'profile') return messages.expiredHint;
  const name = clean(profile.name);
  if (source.method === 'login') return configurationMessages.loginHint(name);
  return source.method === 'sso' ? configurationMessages.ssoHint(name) : messages.expiredHint;
}

function permissionFailure(
  error: SdkError,
  request: RequestDetails,
  caller: ErrorContext,
): Failure | undefined {
  if (!DENIED_CODES.test(error.name)) return undefined;
  if (/^MultiFactorAuthentication failed/.test(error.message)) {
    const { mfaRefused, mfaRefusedHint: hint } = messages;
    const details = { code: 'mfa-refused', exitCode: EXIT.permission, hint, awsAction: 'sts:AssumeRole' };
    return new Failure(mfaRefused, { ...details, awsCode: error.name, cause: error });
  }
  const { action, resource, key } = deniedIn(error, request);
  const target = key ?? clean(resource);
  const denial = denialIn(error.message);
  const isMissingPermission = denial?.policy === 'identity-based policy' && !denial.explicit;
  const kmsDenial = KMS_DENIAL.exec(error.message);
  return new Failure(messages.accessDenied(action, withRegion(target, action, request), caller.arn), {
    code: 'access-denied',
    exitCode: EXIT.permission,
    hint: key && !denial ? messages.kmsDeniedHint(action, target) : denialHint(denial, action, target),
    details: [
      ...(denial && !isMissingPermission
        ? [messages.denyingPolicy(denial.policy, denial.explicit, denial.arn && clean(denial.arn))]
        : []),
      ...(denial?.explicit ? commonRequirements(action) : []),
      ...(kmsDenial ? [messages.kmsDenied] : []),
      ...(kmsDenial?.[1] ? [messages.kmsSays(clean(kmsDenial[1]))] : []),
    ],
    awsAction: action,
    awsCode: error.name,
    cause: error,
  });
}

/** Returns the action with its Region; an action of a global service as is. */
function actionWithRegion(action: string, { region }: RequestDetails): string {
  return /^(iam|sts):/.test(action) ? action : messages.inRegion(action, region);
}

/** Returns what policies with an explicit deny often require of a new resource. */
function commonRequirements(action: string): string[] {
  if (action === 'iam:CreateRole') return [messages.oftenRequired.role];
  return /^(iam|secretsmanager):(Create(Policy|Secret)|Tag\w+)$/.test(action)
    ? [messages.oftenRequired.other]
    : [];
}

/** Returns the resource with its Region, because a name in a Regional service doesn't include the Region. */
function withRegion(resource: string, action: string, { region }: RequestDetails): string {
  return /^(iam|sts):/.test(action) || resource.includes(region)
    ? resource
    : messages.inRegion(resource, region);
}

/**
 * Returns the denied action and resource, which can differ from the request: the profile's role is assumed before the call, and
 * creating a resource may require permission to tag it. If the use of a KMS key is denied, `key` describes that key.
 */
function deniedIn(
  { message }: SdkError,
  { action, resource, kmsKeyId }: RequestDetails,
): Pick<RequestDetails, 'action' | 'resource'> & { key?: string } {
  // 2,048 is the maximum length of an ARN. Without a limit, a long message would be searched to its end repeatedly.
  const denied =
    /not authorized to perform: ([\w-]+:\w+)(?: on resource: (.{1,2048}?))?(?= because | with an explicit |$)/.exec(
      message,
    );
  if (denied?.[1] && denied[1] !== action) return { action: denied[1], resource: denied[2] ?? '*' };
  const kmsDenial = KMS_DENIAL.exec(message);
  if (!kmsDenial) return { action, resource };
  return { action: kmsActionFor(action), resource, key: keyInUse(clean(resource), kmsDenial[1], kmsKeyId) };
}

/** Returns a description of a KMS key that AWS's message doesn't name. Never the secret, which is a different resource. */
function keyInUse(secret: string, kmsDetail = '', kmsKeyId: string | undefined): string {
  // Secrets Manager's message if a version is encrypted with a key that the secret no longer uses.
  if (/not encrypted with the current KMS key/.test(kmsDetail)) return messages.kmsKeyOfVersion(secret);
  return kmsKeyId === undefined ? messages.kmsKeyOfSecret(secret) : messages.kmsKey(clean(kmsKeyId));
}

/** Secrets Manager's message if the caller may use the secret but not its KMS key. It doesn't name the missing permission. */
const KMS_DENIAL = /^Access to KMS is not allowed\.?\s*(.*)$/s;

/** Storing a value requires `kms:GenerateDataKey` and `kms:Decrypt`; reading one requires only `kms:Decrypt`. */
function kmsActionFor(action: string): string {
  return /:(Create|Put)/.test(action) ? 'kms:GenerateDataKey' : 'kms:Decrypt';
}

/** Returns the failure for an error of the SDK itself, such as a configuration without a valid endpoint. Nothing was sent. */
function localFailure(error: SdkError, { action }: RequestDetails): Failure | undefined {
  if (error.$metadata?.httpStatusCode !== undefined || error.$fault !== undefined) return undefined;
  return new Failure(messages.notSent(action, clean(error.message)), {
    code: 'aws-configuration',
    exitCode: EXIT.failed,
    hint: messages.notSentHint,
    awsAction: action,
    cause: error,
  });
}

function serviceFailure(error: SdkError, request: RequestDetails): Failure {
  const { action } = request;
  const resource = withRegion(clean(request.resource), action, request);
  const { httpStatusCode: status = 0, attempts = 1 } = error.$metadata ?? {};
  const details = { exitCode: EXIT.failed, awsAction: action, awsCode: error.name, cause: error };
  const failure = (code: string, message: string, hint?: string) =>
    new Failure(message, { ...details, code, hint });
  if (isThrottled(error)) {
    const sentence = messages.throttled(actionWithRegion(action, request), attempts);
    return failure('throttled', sentence, messages.throttledHint);
  }
  if (status >= 500) {
    const sentence = messages.serviceFault(action, resource, error.name);
    return failure('aws-internal-error', sentence, messages.tryAgainHint);
  }
  return failure('aws-error', messages.service(action, resource, clean(error.name), clean(error.message)));
}
