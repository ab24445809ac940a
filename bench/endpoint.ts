import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { ServedRequest, ServerReply, ServerRequest } from './sandbox-server.ts';

const REGION = 'us-west-2';

/** The AWS endpoint that a bench runs against. */
export interface Endpoint {
  name: string;
  /** The whole environment of a process whose AWS calls shall go there. */
  env: NodeJS.ProcessEnv;
  /** The requests that came while `work` ran, with this many milliseconds added to every answer. Only a sandbox can tell. */
  record?: (latencyMs: number, work: () => Promise<void>) => Promise<ServedRequest[]>;
  close(): void;
}

/** The endpoint in `AWS_ENDPOINT_URL`, or a fresh sandbox. */
export async function openEndpoint(env: NodeJS.ProcessEnv = process.env): Promise<Endpoint> {
  const url = env.AWS_ENDPOINT_URL;
  if (!url) return openSandbox(env);
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? REGION;
  return { name: url, env: { ...withoutOurs(env), ...inRegion(region) }, close: () => undefined };
}

/** A sandbox of its own, which refuses requests past the quotas that an account of AWS starts with. */
export function openWithQuotas(): Promise<Endpoint> {
  return openSandbox(process.env, ['--quotas']);
}

async function openSandbox(env: NodeJS.ProcessEnv, options: string[] = []): Promise<Endpoint> {
  const server = fork(fileURLToPath(new URL('sandbox-server.js', import.meta.url)), options);
  const ready = await reply(server);
  if (ready.kind !== 'ready') throw new Error('the sandbox did not start');
  return {
    name: 'the sandbox',
    env: { ...withoutAws(env), ...ready.env, ...inRegion(REGION) },
    async record(latencyMs, work) {
      await ask(server, { kind: 'record-with-latency', latencyMs });
      await work();
      const answer = await ask(server, { kind: 'take-record' });
      return answer.kind === 'record' ? answer.requests : [];
    },
    close: () => server.disconnect(),
  };
}

async function ask(server: ChildProcess, request: ServerRequest): Promise<ServerReply> {
  const answer = reply(server);
  server.send(request);
  return answer;
}

async function reply(server: ChildProcess): Promise<ServerReply> {
  const ended = once(server, 'exit').then(() => {
    throw new Error('the sandbox ended by itself');
  });
  const [message] = await Promise.race([once(server, 'message'), ended]);
  return message as ServerReply;
}

/** The SDK looks at the first variable, version 1 of the AWS CLI at the second. */
function inRegion(region: string): NodeJS.ProcessEnv {
  return { AWS_REGION: region, AWS_DEFAULT_REGION: region };
}

/** Settings of the program itself would change what is measured. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('MC_STATIC_KEY_')));
}

/** Nothing of the developer's own AWS set-up may lead a call elsewhere. */
function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(withoutOurs(env)).filter(([name]) => !name.startsWith('AWS_'));
  return { ...Object.fromEntries(kept), AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull };
}
