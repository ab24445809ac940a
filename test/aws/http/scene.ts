import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { REGION } from '../../support/account.ts';
import { closing } from '../../support/closing.ts';
import { run } from '../../support/runs/run.ts';

export const ARGS = ['--secret-name', 'studio-a', '--generate', 'aes256', '--yes', '--json'];

/** Starts an empty account that exists until the tests of the file are done. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  closing(() => sandbox.close());
  return sandbox;
}

/** Returns the credentials of a sandbox, without its address. */
export function credentialsOf({ credentials }: Pick<Sandbox, 'credentials'>): NodeJS.ProcessEnv {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: REGION,
  };
}

export const SOME_CREDENTIALS: NodeJS.ProcessEnv = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_REGION: REGION,
};

/** Runs the built `setup --json`, and returns its exit code, its JSON document, and all its output. */
export async function setup(env: NodeJS.ProcessEnv, ...args: string[]) {
  const { code, stdout, stderr } = await run(['setup', ...ARGS, ...args], { env, timeoutMs: 30_000 });
  return { code, json: JSON.parse(stdout), all: `${stdout}${stderr}` };
}

/** Runs the built `setup`, and returns its failure. Standard error must have the same message, and no stack trace. */
export async function failureOf(env: NodeJS.ProcessEnv, ...args: string[]) {
  const { code, json, all } = await setup(env, ...args);
  expect(all.replace(/\s+/g, ' ')).toContain(json.error?.message);
  expect(all).not.toMatch(/^\s+at .*:\d+/m);
  return { exit: code, ...json.error };
}

/** Listens on the loopback interface, and returns the port. */
export async function listen(onConnection: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  closing(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Writes a profile to a new home folder, with an SSO session and a web identity token that look valid. */
export async function profile(text: string): Promise<NodeJS.ProcessEnv> {
  const home = mkdtempSync(join(tmpdir(), 'mc-static-key-network-'));
  closing(() => rmSync(home, { recursive: true }));
  const write = (name: string, content: string) => {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), content);
    return join(home, name);
  };
  const token = write('token', 'example');
  const sso = createHash('sha1').update('https://example.com').digest('hex');
  const session = { accessToken: 'example', expiresAt: '2099-01-01T00:00:00Z' };
  write(`.aws/sso/cache/${sso}.json`, JSON.stringify(session));
  return { HOME: home, AWS_CONFIG_FILE: write('.aws/config', text.replace('TOKEN', token)) };
}
