// The sandbox in a process of its own, so that its work does not count as the program's. Driven over Node's IPC channel.
import { AWS_DEFAULT_QUOTAS, startSandbox } from '../src/sandbox/index.ts';

/** What the bench asks of the server; every request gets one reply. */
export type ServerRequest = { kind: 'record-with-latency'; latencyMs: number } | { kind: 'take-record' };

/** A request that came, as far as the bench looks at it. */
export interface ServedRequest {
  action: string;
  status: number;
  startedAt: number;
  endedAt: number;
}

/** `ready` comes unasked, once; `done` and `record` are the replies. */
export type ServerReply =
  | { kind: 'ready'; env: Record<string, string> }
  | { kind: 'done' }
  | { kind: 'record'; requests: ServedRequest[] };

// With `--quotas`, requests are refused past those that an account of AWS starts with.
const sandbox = await startSandbox(process.argv.includes('--quotas') ? { quotas: AWS_DEFAULT_QUOTAS } : {});

process.on('message', (request: ServerRequest) => reply(answer(request)));
process.on('disconnect', () => void sandbox.close());
reply({ kind: 'ready', env: sandbox.env });

function answer(request: ServerRequest): ServerReply {
  if (request.kind === 'record-with-latency') {
    sandbox.clearRequests();
    sandbox.setLatency(request.latencyMs);
    return { kind: 'done' };
  }
  sandbox.setLatency(0);
  return {
    kind: 'record',
    requests: sandbox.requests.map(({ action, status, startedAt, endedAt }) => ({
      action,
      status,
      startedAt,
      endedAt,
    })),
  };
}

function reply(message: ServerReply): void {
  process.send?.(message);
}
