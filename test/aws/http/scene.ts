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

/** An empty account, there until the tests of the file are done. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  closing(() => sandbox.close());
  return sandbox;
}

/** The credentials of a sandbox, and nothing that says where it is. */
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

/** Runs the built `setup --json` and answers its exit code, its document, and all that it wrote. */
export async function setup(env: NodeJS.ProcessEnv, ...args: string[]) {
  const { code, stdout, stderr } = await run(['setup', ...ARGS, ...args], { env, timeoutMs: 30_000 });
  return { code, json: JSON.parse(stdout), all: `${stdout}${stderr}` };
}

/** Runs the built `setup` into a failure. What it says in JSON it says on standard error too, and there is no stack. */
export async function failureOf(env: NodeJS.ProcessEnv, ...args: string[]) {
  const { code, json, all } = await setup(env, ...args);
  expect(all.replace(/\s+/g, ' ')).toContain(json.error?.message);
  expect(all).not.toMatch(/^\s+at .*:\d+/m);
  return { exit: code, ...json.error };
}

/** Something that listens on the loopback interface; answers its port. */
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

/** A profile in a home folder of its own, with an SSO session and a web identity token that look good. */
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
