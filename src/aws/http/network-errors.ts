import { EXIT, Failure } from '../../failure.ts';
import { plain, shownUrl } from '../../text.ts';
import type { Setting } from '../credentials/configuration.ts';
import { awsMessages as messages } from '../messages.ts';
import { ProxyError } from './proxy.ts';
import { NotAwsError } from './sdk-client.ts';

/** Whom a request trusts. */
export interface Trust {
  /** A file of the certificate authorities to trust in place of Node's own. */
  caBundle?: Setting | undefined;
}

/** Where a request was sent, and which certificates it trusts. */
interface Destination extends Trust {
  /** Absent where it is AWS. */
  endpoint?: Setting | undefined;
}

/** The part of an error that says what happened on the way to AWS. */
interface NetworkError {
  name: string;
  message: string;
  code?: string;
  /** The host whose name was looked up in vain. */
  hostname?: string;
  cause?: unknown;
  $metadata?: { httpStatusCode?: number; requestId?: string };
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
]);
/** Node's codes (OpenSSL's `X509_V_ERR_…`) for a certificate of an issuer that is not among the trusted ones. */
const UNTRUSTED = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  // The issuer has the name of a trusted one and another key, as after a root certificate was renewed.
  'CERT_SIGNATURE_FAILURE',
]);
/** What the SDK says of answers that it cannot read. */
const UNREADABLE = /deserializ|unexpected token|not valid xml|invalid response from sts|^unknown(error)?$/i;
const OUT_OF_DATE = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/** The failure for what went wrong on the way to AWS; `undefined` when it is AWS that answered. */
export function networkFailure(
  error: NetworkError,
  request: Request,
  destination: Destination,
): Failure | undefined {
  const told = describe(error, request, destination);
  if (!told) return undefined;
  const [code, message, hint] = told;
  return new Failure(message, {
    code,
    exitCode: EXIT.failed,
    hint,
    awsAction: request.action,
    cause: error,
  });
}

/** Returns whether a failure is one of the way to AWS: another request to the same endpoint would most likely fail as well. */
export function isNetworkFailure(failure: unknown): boolean {
  return failure instanceof Failure && NETWORK_FAILURE.test(failure.code);
}

const NETWORK_FAILURE = /^(unreachable|timed-out|no-such-endpoint|not-aws|untrusted-certificate|proxy-.*)$/;

/** The code, the sentence and the hint. */
type Description = [code: string, message: string, hint: string];

function describe(
  error: NetworkError,
  request: Request,
  { endpoint, caBundle }: Destination,
): Description | undefined {
  const { action, region } = request;
  const { code = '' } = error;
  const certificate = certificateProblem(error, caBundle);
  if (certificate) return certificate;
  if (error instanceof ProxyError) return proxyProblem(error, region);
  if (error.name === 'TimeoutError' && !UNREACHABLE.has(code)) return timedOut(request, endpoint);
  if (code === 'ETIMEDOUT') return timedOut(request, endpoint);
  if (code === 'ENOTFOUND' && isAwsHost(error.hostname)) return noSuchEndpoint(error.hostname, region);
  if (UNREACHABLE.has(code)) return unreachable(request, endpoint);
  if (isNotAws(error)) return ['not-aws', messages.notAws(action), messages.notAwsHint];
  return undefined;
}

function unreachable({ action, region }: Request, endpoint: Setting | undefined): Description {
  if (!endpoint) return ['unreachable', messages.unreachable(action, region), messages.unreachableHint];
  const { from } = endpoint;
  const sentence = messages.endpointUnreachable(shownUrl(endpoint.value), from, action);
  return ['unreachable', sentence, messages.endpointUnreachableHint(from)];
}

function timedOut({ action, region, elapsedMs }: Request, endpoint: Setting | undefined): Description {
  const seconds = elapsedMs / 1000;
  if (!endpoint) return ['timed-out', messages.timedOut(action, region, seconds), messages.unreachableHint];
  const { from } = endpoint;
  const sentence = messages.endpointTimedOut(shownUrl(endpoint.value), from, action, seconds);
  return ['timed-out', sentence, messages.endpointUnreachableHint(from)];
}

/** Also of the certificate of a proxy that is itself reached over TLS. */
function certificateProblem(
  { code, cause }: NetworkError,
  caBundle: Setting | undefined,
): Description | undefined {
  const codes = [code, (cause as NetworkError | undefined)?.code];
  const [found = ''] = codes.filter((each) => each && (UNTRUSTED.has(each) || OUT_OF_DATE.has(each)));
  if (UNTRUSTED.has(found) && caBundle) {
    const [file, from] = [plain(caBundle.value), caBundle.from];
    return ['untrusted-certificate', messages.notInBundle(file, from, found), messages.notInBundleHint(file)];
  }
  if (UNTRUSTED.has(found))
    return ['untrusted-certificate', messages.untrusted(found), messages.untrustedHint];
  if (found) return ['untrusted-certificate', messages.outOfDate(found), messages.outOfDateHint];
  return undefined;
}

function proxyProblem({ problem, proxy, target, status = 0 }: ProxyError, region: string): Description {
  const [host, from] = [plain(proxy.url.host), proxy.variable];
  const hint = messages.proxyHint(from, target);
  switch (problem) {
    case 'unreachable':
      return ['proxy-unreachable', messages.proxyUnreachable(host, from), hint];
    case 'timed-out':
      return ['proxy-timed-out', messages.proxyTimedOut(host, from, target), hint];
    case 'wants-password':
      return [
        'proxy-authentication',
        messages.proxyWantsPassword(host, from),
        messages.proxyWantsPasswordHint(from),
      ];
    case 'refused':
      return ['proxy-refused', messages.proxyRefused(host, from, target, status), hint];
    case 'no-way-on':
      return [
        'proxy-failed',
        messages.proxyNoWayOn(host, from, target, status),
        messages.endpointHint(target, region),
      ];
    case 'not-a-proxy':
      return ['proxy-unreachable', messages.notAProxy(host, from), hint];
  }
}

/** Whether the host is one that the SDK made up from a Region, and not one that the user named. */
function isAwsHost(host: string | undefined): host is string {
  return /\.(amazonaws\.(com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.com\.cn)$/.test(host ?? '');
}

function noSuchEndpoint(host: string, region: string): Description {
  return ['no-such-endpoint', messages.noSuchEndpoint(host), messages.endpointHint(host, region)];
}

/**
 * Whether what answered was something else than AWS. A page that the SDK cannot read leaves it with an error that has no
 * name of AWS's, and AWS's own errors have a request ID.
 */
function isNotAws(error: NetworkError): boolean {
  if (error instanceof NotAwsError || error instanceof SyntaxError) return true;
  // Something that does not speak TLS, or answers for another host.
  if (/^(EPROTO$|ERR_SSL_|ERR_TLS_CERT_ALTNAME_INVALID$|HPE_)/.test(error.code ?? '')) return true;
  if (UNREADABLE.test(error.message)) return true;
  const { httpStatusCode, requestId } = error.$metadata ?? {};
  return httpStatusCode !== undefined && !requestId && /^(Error|Unknown\w*|\W*|\d+)$/.test(error.name);
}

/** What was being asked of AWS when an error came: named in the sentence that the user reads. */
export interface Request {
  /** The IAM action, such as `secretsmanager:CreateSecret`. */
  action: string;
  /** The ARN or the name of the resource. */
  resource: string;
  region: string;
  /** The customer-managed KMS key of a secret, as the secret names it (ARN, ID or alias), where it is known. */
  kmsKeyId?: string | undefined;
  /** How long it was asked for, all tries together, in milliseconds. */
  elapsedMs: number;
}
