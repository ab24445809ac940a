import type { Account } from '../account.ts';
import { AwsError } from '../errors.ts';
import type { AuthProblem, Protocol, WireRequest } from '../protocols/protocol.ts';
import type { AccessKey } from './access-keys.ts';
import type { Identity } from './identity.ts';
import { type Authorization, type ParsedAuthorization, signatureMatches } from './signature.ts';

const MAX_CLOCK_SKEW_MS = 15 * 60 * 1000;
const WRONG_SIGNATURE =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and ' +
  'signing method. Consult the service documentation for details.';

/** @throws AwsError the service's error for a request without a usable `Authorization` header. */
export function authorizationOrThrow(protocol: Protocol, parsed: ParsedAuthorization): Authorization {
  if (parsed === 'missing') throw authError(protocol, 'missing', 'Missing Authentication Token');
  if ('incomplete' in parsed) throw authError(protocol, 'incomplete', parsed.incomplete);
  return parsed;
}

/**
 * Returns the caller of a request, after verifying its signature.
 * @param now milliseconds since the epoch on the sandbox's clock, which decides when temporary credentials expire.
 * @throws AwsError the service's error for an unknown key, an expired token, a wrong signature or a date that is too far off.
 */
export function authenticate(
  request: WireRequest,
  auth: Authorization,
  protocol: Protocol,
  account: Account | undefined,
  now: number,
): Identity {
  const key = account?.accessKeys.find(auth.accessKeyId);
  const token = request.headers['x-amz-security-token'];
  if (!account || !key || token !== key.credentials.sessionToken) {
    throw authError(protocol, 'unknown-key', 'The security token included in the request is invalid.');
  }
  checkDate(protocol, String(request.headers['x-amz-date'] ?? ''), auth);
  if (!auth.signedHeaders.includes('host')) {
    const message = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    throw authError(protocol, 'wrong-signature', message);
  }
  if (!signatureMatches(request, auth, key.credentials.secretAccessKey)) {
    throw authError(protocol, 'wrong-signature', WRONG_SIGNATURE);
  }
  if (key.expiresAt !== undefined && key.expiresAt <= now) throw expiredToken(protocol);
  return identityOf(account, key);
}

/** Returns the error for expired temporary credentials. */
export function expiredToken(protocol: Protocol): AwsError {
  return authError(protocol, 'expired-token', 'The security token included in the request is expired');
}

/** Returns an authentication error with the protocol's code and HTTP status. */
function authError(protocol: Protocol, problem: AuthProblem, message: string): AwsError {
  const [code, status] = protocol.authErrors[problem];
  return new AwsError(code, message, status);
}

export function identityOf(account: Account, key: AccessKey): Identity {
  return {
    arn: `arn:${account.partition}:${key.service}::${account.accountId}:${key.principal}`,
    userId: key.userId,
    accessKeyId: key.credentials.accessKeyId,
    temporary: key.expiresAt !== undefined,
    mfa: key.mfa,
    permissionSource: key.permissionSource,
    roleArn: key.role && `arn:${account.partition}:iam::${account.accountId}:${key.role}`,
  };
}

function checkDate(protocol: Protocol, timestamp: string, auth: Authorization): void {
  const signedAt = parseBasicIso(timestamp);
  if (signedAt === undefined) {
    const message = `Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.`;
    throw authError(protocol, 'incomplete', message);
  }
  if (!timestamp.startsWith(auth.date)) {
    const message = `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${auth.date}' != '${timestamp.slice(0, 8)}'`;
    throw authError(protocol, 'wrong-signature', message);
  }
  // Signatures are checked against the real clock, even if a test sets the sandbox's clock.
  const now = Date.now();
  const nowText = formatBasicIso(now);
  if (signedAt < now - MAX_CLOCK_SKEW_MS) {
    const message = `Signature expired: ${timestamp} is now earlier than ${formatBasicIso(now - MAX_CLOCK_SKEW_MS)} (${nowText} - 15 min.)`;
    throw authError(protocol, 'wrong-signature', message);
  }
  if (signedAt > now + MAX_CLOCK_SKEW_MS) {
    const message = `Signature not yet current: ${timestamp} is still later than ${formatBasicIso(now + MAX_CLOCK_SKEW_MS)} (${nowText} + 15 min.)`;
    throw authError(protocol, 'wrong-signature', message);
  }
}

/** Formats a time in the basic format of ISO 8601, `YYYYMMDDTHHMMSSZ`. */
function formatBasicIso(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/[-:]|\.\d+/g, '');
}

function parseBasicIso(timestamp: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const epochMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}
