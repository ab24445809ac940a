import { EXIT, Failure } from '../../failure.ts';
import { clean, shownUrl } from '../../text.ts';
import type { Setting } from '../credentials/configuration.ts';
import { awsMessages as messages } from '../messages.ts';
import { ProxyError } from './proxy.ts';
import { NotAwsError } from './sdk-client.ts';

/** The certificates to trust. */
export interface TrustedCertificates {
  /** A PEM file with the certificate authorities to trust instead of Node's own. */
  caBundle?: Setting;
}

/** The endpoint of a request, and the certificates to trust. */
interface Destination extends TrustedCertificates {
  /** A custom endpoint. Absent for AWS's own. */
  endpoint?: Setting;
}

/** The parts of an error that describe a network problem. */
interface NetworkError {
  name: string;
  message: string;
  code?: string;
  /** The host name that could not be resolved. */
  hostname?: string;
  cause?: unknown;
  $metadata?: { httpStatusCode?: number; requestId?: string };
}

const UNREACHABLE_CODES = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE)$/;
/** Node's codes (OpenSSL's `X509_V_ERR_…`) for a certificate whose issuer is not trusted. */
const UNTRUSTED_CODES = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  // The issuer has the name of a trusted one but a different key, for example after a root certificate was renewed.
  'CERT_SIGNATURE_FAILURE',
]);
/** The SDK's messages for responses that it can't parse. */
const UNREADABLE_RESPONSE =
  /deserializ|unexpected token|not valid xml|invalid response from sts|^unknown(error)?$/i;
/** Node's codes for a certificate that has expired or is not valid yet. */
const OUT_OF_DATE_CODES = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** Returns the failure for a network problem; undefined if the response came from AWS. */
export function networkFailure(
  error: NetworkError,
  request: RequestDetails,
  destination: Destination,
): Failure | undefined {
  const problem = networkProblem(error, request, destination);
  if (!problem) return undefined;
  const [code, message, hint] = problem;
  const { action: awsAction } = request;
  return new Failure(message, { code, exitCode: EXIT.failed, hint, awsAction, cause: error });
}

/** Returns true for network failures. Another request to the same endpoint would most likely fail as well. */
export function isNetworkFailure(failure: unknown): boolean {
  return failure instanceof Failure && NETWORK_FAILURE.test(failure.code);
}

const NETWORK_FAILURE = /^(unreachable|timed-out|no-such-endpoint|not-aws|untrusted-certificate|proxy-.*)$/;

/** The code, the message and the hint of a failure. */
type NetworkProblem = [code: string, message: string, hint: string];

function networkProblem(
  error: NetworkError,
  request: RequestDetails,
  { endpoint, caBundle }: Destination,
): NetworkProblem | undefined {
  const { action, region } = request;
  const { code = '', hostname } = error;
  const certificate = certificateProblem(error, caBundle);
  if (certificate) return certificate;
  if (error instanceof ProxyError) return proxyProblem(error, region);
  const isUnreachable = UNREACHABLE_CODES.test(code);
  if (code === 'ETIMEDOUT' || (error.name === 'TimeoutError' && !isUnreachable))
    return timedOut(request, endpoint);
  if (code === 'ENOTFOUND' && isAwsHost(hostname))
    return ['no-such-endpoint', messages.noSuchEndpoint(hostname), messages.endpointHint(hostname, region)];
  if (isUnreachable) return unreachable(request, endpoint);
  if (isNotAws(error)) return ['not-aws', messages.notAws(action), messages.notAwsHint];
  return undefined;
}

function unreachable({ action, region }: RequestDetails, endpoint: Setting | undefined): NetworkProblem {
  if (!endpoint) return ['unreachable', messages.unreachable(action, region), messages.unreachableHint];
  const { from } = endpoint;
  const sentence = messages.endpointUnreachable(shownUrl(endpoint.value), from, action);
  return ['unreachable', sentence, messages.endpointUnreachableHint(from)];
}

function timedOut(
  { action, region, elapsedMs }: RequestDetails,
  endpoint: Setting | undefined,
): NetworkProblem {
  const seconds = elapsedMs / 1000;
  if (!endpoint) return ['timed-out', messages.timedOut(action, region, seconds), messages.unreachableHint];
  const { from } = endpoint;
  const sentence = messages.endpointTimedOut(shownUrl(endpoint.value), from, action, seconds);
  return ['timed-out', sentence, messages.endpointUnreachableHint(from)];
}

/** Returns the problem of the server's certificate, or of the certificate of a proxy that is reached over TLS. */
function certificateProblem(
  { code, cause }: NetworkError,
  caBundle: Setting | undefined,
): NetworkProblem | undefined {
  const codes = [code, (cause as NetworkError | undefined)?.code];
  const problemCode = codes.find((each = '') => UNTRUSTED_CODES.has(each) || OUT_OF_DATE_CODES.has(each));
  if (!problemCode) return undefined;
  if (OUT_OF_DATE_CODES.has(problemCode))
    return ['untrusted-certificate', messages.outOfDate(problemCode), messages.outOfDateHint];
  if (!caBundle) return ['untrusted-certificate', messages.untrusted(problemCode), messages.untrustedHint];
  const file = clean(caBundle.value);
  const sentence = messages.notInBundle(file, caBundle.from, problemCode);
  return ['untrusted-certificate', sentence, messages.notInBundleHint(file)];
}

function proxyProblem({ problem, proxy, target, status = 0 }: ProxyError, region: string): NetworkProblem {
  const host = clean(proxy.url.host);
  const { variable } = proxy;
  const hint = messages.proxyHint(variable, target);
  switch (problem) {
    case 'unreachable':
      return ['proxy-unreachable', messages.proxyUnreachable(host, variable), hint];
    case 'timed-out':
      return ['proxy-timed-out', messages.proxyTimedOut(host, variable, target), hint];
    case 'wants-password':
      return [
        'proxy-authentication',
        messages.proxyRequiresPassword(host, variable),
        messages.proxyRequiresPasswordHint(variable),
      ];
    case 'refused':
      return ['proxy-refused', messages.proxyRefused(host, variable, target, status), hint];
    case 'no-way-on':
      return [
        'proxy-failed',
        messages.proxyCannotReachTarget(host, variable, target, status),
        messages.endpointHint(target, region),
      ];
    case 'not-a-proxy':
      return ['proxy-unreachable', messages.notAProxy(host, variable), hint];
  }
}

/** Returns true for the host of an AWS endpoint, which the SDK derives from the Region; false for any other. */
function isAwsHost(host: string | undefined): host is string {
  return /\.(amazonaws\.(com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.com\.cn)$/.test(host ?? '');
}

/**
 * Returns true if the response did not come from AWS. If the SDK can't parse a page, its error has no AWS error name. AWS's own
 * errors have a request ID.
 */
function isNotAws(error: NetworkError): boolean {
  if (error instanceof NotAwsError || error instanceof SyntaxError) return true;
  // The server doesn't speak TLS, or its certificate is for a different host.
  if (/^(EPROTO$|ERR_SSL_|ERR_TLS_CERT_ALTNAME_INVALID$|HPE_)/.test(error.code ?? '')) return true;
  if (UNREADABLE_RESPONSE.test(error.message)) return true;
  const { httpStatusCode, requestId } = error.$metadata ?? {};
  return httpStatusCode !== undefined && !requestId && /^(Error|Unknown\w*|\W*|\d+)$/.test(error.name);
}

/** The request that failed, for messages. */
export interface RequestDetails {
  /** The IAM action, such as `secretsmanager:CreateSecret`. */
  action: string;
  /** The ARN or name of the resource. */
  resource: string;
  region: string;
  /** The customer managed KMS key of a secret, as the secret names it (ARN, ID or alias), if known. */
  kmsKeyId?: string;
  /** The duration of all attempts together, in milliseconds. */
  elapsedMs: number;
}
