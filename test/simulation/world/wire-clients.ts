import { createClients } from '../../../src/aws/clients.ts';
import type { RequestHandler } from '../../../src/aws/http/sdk-client.ts';
import { parseAuthorization } from '../../../src/sandbox/auth/signature.ts';
import { handleRequest } from '../../../src/sandbox/pipeline.ts';
import type { WireRequest } from '../../../src/sandbox/protocols/protocol.ts';
import type { SandboxState } from '../../../src/sandbox/sandbox-state.ts';
import { type DeliveryFault, SERVICES, type ServiceName } from './delivery.ts';
import { type Answer, inputText, type Send } from './requests.ts';

/** An HTTP request as the SDK passes it to its request handler. */
interface SdkRequest {
  method: string;
  path: string;
  query?: Record<string, string>;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

/** Creates the SDK's own clients, whose HTTP requests the sandbox carries out without a socket. */
export function wireClients(sandbox: SandboxState, send: Send): typeof createClients {
  return (settings, interrupt, queues, beginWait) => {
    const requestHandler = {
      metadata: { handlerProtocol: 'http/1.1' },
      destroy: () => undefined,
      async handle(request: SdkRequest, { abortSignal: signal }: { abortSignal?: AbortSignal } = {}) {
        const wire = wireOf(request);
        const { service, region } = scopeOf(wire);
        const { protocol } = SERVICES[service];
        return send({
          service,
          region,
          action: protocol.actionOf(wire),
          input: () => inputText(protocol.paramsOf(wire)),
          deliver: (how) => deliver(sandbox, wire, how),
          signal,
        });
      },
    } as unknown as RequestHandler;
    return createClients(
      { ...settings, endpointUrl: 'http://127.0.0.1:1', requestHandler },
      interrupt,
      queues,
      beginWait,
    );
  };
}

function wireOf({ method, path, query = {}, headers, body = '' }: SdkRequest): WireRequest {
  const search = new URLSearchParams(query).toString();
  // The SDK logs a warning if its bytes are read as a text, as `Buffer.from` may do.
  const bytes =
    typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return { method, target: search ? `${path}?${search}` : path, headers, body: bytes };
}

function scopeOf({ headers }: WireRequest): { service: ServiceName; region: string } {
  const scope = parseAuthorization(headers.authorization);
  if (typeof scope !== 'object' || 'incomplete' in scope) throw new Error('the SDK has not signed a request');
  return { service: scope.service as ServiceName, region: scope.region };
}

function deliver(sandbox: SandboxState, wire: WireRequest, { lagMs, refuse }: DeliveryFault): Answer {
  if (refuse) sandbox.addFault({ kind: refuse });
  else if (lagMs > 0) sandbox.addFault({ kind: 'stale', delayMs: lagMs });
  const { outcome } = handleRequest(sandbox, wire, performance.now());
  sandbox.faults.clear();
  if (outcome.kind !== 'answer') throw new Error(`the sandbox has not answered: ${outcome.kind}`);
  const { status: statusCode, headers, body } = outcome.response;
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const value = { response: { statusCode, headers: lower, body: Buffer.from(body) } };
  return statusCode < 400 ? { value } : { value, refused: true };
}
