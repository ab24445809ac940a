import type { Authorization } from './auth/signature.ts';
import type { WireRequest } from './protocols/protocol.ts';
import type { Service } from './service.ts';
import type { RecordedRequest } from './types.ts';

/** What is known about a request when it arrives; the rest is added when the response is sent. */
type Entry = Omit<RecordedRequest, 'startedAt' | 'endedAt' | 'status'>;

const REDACTED = '[redacted]';
const SECRET_MEMBER = /^(Secret(String|Binary)|WebIdentityToken|SAMLAssertion)$/i;
/** A sandbox can run for days, so it keeps only the newest requests, up to this number and these bytes. */
const MAX_REQUESTS = 10_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** The requests that the sandbox received, in order of arrival, with secret values redacted. */
export class Recorder {
  readonly requests: RecordedRequest[] = [];
  /** The size of each request in `requests`, in bytes. */
  readonly #sizes: number[] = [];
  #totalBytes = 0;

  /**
   * Records the arrival of a request. The caller completes the entry when it responds.
   * @param bodyBytes the length of the request body.
   */
  begin(entry: Entry, startedAt: number, bodyBytes: number): RecordedRequest {
    const recorded = { ...entry, startedAt, endedAt: startedAt, status: 0 };
    const { action, region, accessKeyId, userAgent } = entry;
    const bytes = bodyBytes + action.length + region.length + accessKeyId.length + userAgent.length;
    this.requests.push(recorded);
    this.#sizes.push(bytes);
    this.#totalBytes += bytes;
    while (this.requests.length > MAX_REQUESTS || this.#totalBytes > MAX_BYTES) {
      this.requests.shift();
      this.#totalBytes -= this.#sizes.shift() ?? 0;
    }
    return recorded;
  }

  clear(): void {
    this.requests.length = 0;
    this.#sizes.length = 0;
    this.#totalBytes = 0;
  }
}

/** Returns the entry for a request that has arrived, with secret values redacted. */
export function newEntry(
  request: WireRequest,
  service: Service,
  action: string,
  auth: Authorization | undefined,
): Entry {
  return {
    service: service.name,
    action,
    region: auth?.region ?? '',
    params: redactedInput(request, service),
    accessKeyId: auth?.accessKeyId ?? '',
    userAgent: request.headers['user-agent'] ?? '',
  };
}

/** Returns the input without secret values; an empty object if the request cannot be parsed, or is nested too deeply. */
function redactedInput(request: WireRequest, service: Service): Record<string, unknown> {
  try {
    return redactMembers(service.protocol.paramsOf(request));
  } catch {
    return {};
  }
}

function redactMembers(params: Record<string, unknown>): Record<string, unknown> {
  const redactedPairs = Object.entries(params).map(([name, value]) => [
    name,
    SECRET_MEMBER.test(name) ? REDACTED : redactValue(value),
  ]);
  return Object.fromEntries(redactedPairs);
}

function redactValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redactValue);
  return typeof value === 'object' && value !== null ? redactMembers({ ...value }) : value;
}
