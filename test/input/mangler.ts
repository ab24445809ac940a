import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';

/** A corruption of one member in AWS's responses, at any depth. */
export interface Mangling {
  /** The name of the member, such as `Arn`. */
  member: string;
  /** Replaces the value, removes it (`undefined`), or appends a text. */
  change: { put: unknown } | { append: string };
}

/** A sandbox behind a proxy that forwards requests unchanged and corrupts the responses. */
export interface Mangler {
  sandbox: Sandbox;
  /** The environment that makes the program use the proxy. */
  env: NodeJS.ProcessEnv;
  /** Sets the corruptions of all responses from now on. */
  spoil(manglings: readonly Mangling[]): void;
  close(): Promise<void>;
}

export async function startMangler(): Promise<Mangler> {
  const hosts = new Set<string>();
  const sandbox = await startSandbox({ allowHost: (host) => hosts.has(host) });
  let manglings: readonly Mangling[] = [];
  const server = createServer((request, response) => {
    forward(sandbox, request, response, (body) => manglings.reduce(mangled, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  hosts.add(host);
  return {
    sandbox,
    env: { ...sandbox.env, AWS_ENDPOINT_URL: `http://${host}` },
    spoil: (chosen) => {
      manglings = chosen;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await sandbox.close();
    },
  };
}

function forward(
  { port }: Sandbox,
  request: IncomingMessage,
  response: ServerResponse,
  spoil: (body: string) => string,
): void {
  const { method, url: path, headers } = request;
  const onward = send({ host: '127.0.0.1', port, method, path, headers, agent: false }, async (answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk);
    const body = spoil(Buffer.concat(chunks).toString());
    const { 'content-length': _, ...others } = answer.headers;
    response.writeHead(answer.statusCode ?? 500, { ...others, 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}

function mangled(body: string, mangling: Mangling): string {
  return body.startsWith('<') ? mangledXml(body, mangling) : mangledJson(body, mangling);
}

function mangledJson(body: string, { member, change }: Mangling): string {
  if (body === '') return body;
  return JSON.stringify(JSON.parse(body), (name, value) => {
    if (name.toLowerCase() !== member.toLowerCase()) return value;
    return 'put' in change ? change.put : `${value}${change.append}`;
  });
}

function mangledXml(body: string, { member, change }: Mangling): string {
  return body.replaceAll(new RegExp(`<(${member})>([^<]*)</${member}>`, 'g'), (_, name, value) => {
    if ('append' in change) return `<${name}>${value}${escaped(change.append)}</${name}>`;
    const { put } = change;
    if (put === undefined) return '';
    return put === null
      ? `<${name}/>`
      : `<${name}>${typeof put === 'string' ? escaped(put) : `<x>${put}</x>`}</${name}>`;
  });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
