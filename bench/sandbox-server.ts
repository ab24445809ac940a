// The sandbox in a process of its own, so that its work does not count as the program's. Driven over Node's IPC channel.
import { startSandbox } from '../src/sandbox/index.ts';

/** What the bench asks of the server; every request gets one reply. */
export type ServerRequest = { kind: 'record-with-latency'; latencyMs: number } | { kind: 'take-record' };

/** `ready` comes unasked, once; `done` and `record` are the replies. */
export type ServerReply =
  | { kind: 'ready'; env: Record<string, string> }
  | { kind: 'done' }
  | { kind: 'record'; requests: { startedAt: number; endedAt: number }[] };

const sandbox = await startSandbox();

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
    requests: sandbox.requests.map(({ startedAt, endedAt }) => ({ startedAt, endedAt })),
  };
}

function reply(message: ServerReply): void {
  process.send?.(message);
}
