import { exec } from 'node:child_process';
import { HttpRequest } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentity } from '@smithy/types';
import { HTTP } from '../../limits.ts';
import { ReadLimitError, readToEnd } from '../../read-file.ts';
import { isLoopback, withoutBrackets } from '../http/proxy.ts';
import { readLimited } from './configuration-files.ts';

/** The error for a container's credentials endpoint that returned no credentials. */
export class ContainerError extends Error {
  override readonly name = 'ContainerCredentialsError';
  readonly problem: ContainerProblem;

  constructor(problem: ContainerProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}

/** Why there are no credentials. `status` is an HTTP status; `code` is an error code of the system. */
type ContainerProblem =
  | { kind: 'no-url' | 'bad-url' | 'host-not-allowed' | 'bad-token' | 'no-credentials' | 'expired' }
  | { kind: 'token-file'; code: string }
  | { kind: 'status'; status: number }
  | { kind: 'unreachable'; code: string };

/** The endpoints of ECS and EKS Pod Identity. */
const HOSTS = ['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]'];
const MAX_ATTEMPTS = 3;
const PAUSE_MS = 300;

/**
 * Gets credentials from the endpoint in a container's environment. The SDK's own provider can't be aborted, so a request without
 * a response would keep the process running. Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
 * @throws ContainerError
 */
export async function fromContainer(
  env: NodeJS.ProcessEnv,
  interrupt: AbortSignal,
): Promise<AwsCredentialIdentity> {
  const url = urlIn(env);
  const token = await tokenIn(env, interrupt);
  const handler = new NodeHttpHandler({ connectionTimeout: HTTP.handler.connectionTimeout });
  try {
    for (let attempt = 1; ; attempt += 1) {
      const { status, text } = await requestCredentials(handler, url, token, interrupt);
      if (status === 200) return parseCredentials(text);
      if (!isTransient(status) || attempt === MAX_ATTEMPTS)
        throw new ContainerError({ kind: 'status', status });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  } finally {
    handler.destroy();
  }
}

/** Returns true for an HTTP status with which a server says that the same request may succeed later. */
export function isTransient(status: number): boolean {
  return status === 429 || status >= 500;
}

function urlIn(env: NodeJS.ProcessEnv): URL {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path, AWS_CONTAINER_CREDENTIALS_FULL_URI: fullUrl } = env;
  const text = path ? `http://${HOSTS[0]}${path}` : fullUrl;
  if (!text) throw new ContainerError({ kind: 'no-url' });
  if (!URL.canParse(text)) throw new ContainerError({ kind: 'bad-url' });
  const url = new URL(text);
  // A token without TLS may be sent only to the same machine.
  const isAllowed =
    url.protocol === 'https:' || HOSTS.includes(url.hostname) || isLoopback(withoutBrackets(url.hostname));
  if (!isAllowed) throw new ContainerError({ kind: 'host-not-allowed' });
  return url;
}

async function tokenIn(env: NodeJS.ProcessEnv, interrupt: AbortSignal): Promise<string | undefined> {
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file, AWS_CONTAINER_AUTHORIZATION_TOKEN: value } = env;
  const token = file ? (await readToken(file, interrupt)).toString() : value;
  if (token && /[\r\n]/.test(token)) throw new ContainerError({ kind: 'bad-token' });
  return token;
}

async function readToken(file: string, interrupt: AbortSignal): Promise<Buffer> {
  try {
    return await readLimited(file, { interrupt });
  } catch (error) {
    if (interrupt.aborted) throw error;
    const code = error instanceof ReadLimitError ? 'EFBIG' : (error as NodeJS.ErrnoException).code;
    throw new ContainerError({ kind: 'token-file', code: code ?? '' });
  }
}

async function requestCredentials(
  handler: NodeHttpHandler,
  url: URL,
  token: string | undefined,
  abortSignal: AbortSignal,
): Promise<{ status: number; text: string }> {
  const request = new HttpRequest({
    protocol: url.protocol,
    hostname: url.hostname,
    port: url.port ? Number(url.port) : undefined,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { Accept: 'application/json', ...(token ? { Authorization: token } : {}) },
  });
  try {
    const { response } = await handler.handle(request, { abortSignal });
    const limits = { interrupt: abortSignal, mostBytes: HTTP.maxResponseBytes };
    const body = await readToEnd(response.body, limits);
    return { status: response.statusCode, text: body.toString() };
  } catch (error) {
    if (abortSignal.aborted) throw error;
    throw new ContainerError({ kind: 'unreachable', code: (error as NodeJS.ErrnoException).code ?? '' });
  }
}

function parseCredentials(text: string): AwsCredentialIdentity {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = membersIn(text);
  const expiration = new Date(`${Expiration}`);
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string' || typeof Token !== 'string')
    throw new ContainerError({ kind: 'no-credentials' });
  if (expiration.getTime() <= Date.now()) throw new ContainerError({ kind: 'expired' });
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: Token,
    expiration: Number.isNaN(expiration.getTime()) ? undefined : expiration,
  };
}

/** Returns the members of a JSON object; none if the text is not a JSON object. */
function membersIn(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The output of a credential process has a few hundred characters. */
const LONGEST_OUTPUT_BYTES = 1024 * 1024;

/** How a process without usable credentials ended: with an exit code or signal, or successfully with other output. */
type ProcessEnd = { exit: string } | { printed: 'something-else' | 'expired-credentials' };

/** A failed credential process. Doesn't keep its arguments or output, because both may contain secrets. */
export class ProcessError extends Error {
  override readonly name = 'CredentialProcessError';
  readonly end: ProcessEnd;

  constructor(end: ProcessEnd) {
    super('the credential process failed');
    this.end = end;
  }
}

/**
 * Runs the `credential_process` of a profile. The SDK's own provider has no abort signal and no limits. Source: AWS SDKs and
 * Tools Reference Guide, "Process credential provider".
 * @returns the credentials that the process printed
 * @throws ProcessError
 */
export async function runProcess(command: string, signal: AbortSignal): Promise<AwsCredentialIdentity> {
  const text = await new Promise<string>((resolve, reject) => {
    exec(command, { signal, maxBuffer: LONGEST_OUTPUT_BYTES, killSignal: 'SIGKILL' }, (error, stdout) => {
      if (!error) resolve(stdout);
      else reject(new ProcessError({ exit: `${error.code ?? error.signal ?? 'unknown'}` }));
    });
  });
  const credentials = parseProcessOutput(text);
  if (!credentials) throw new ProcessError({ printed: 'something-else' });
  if (credentials.expiration && credentials.expiration.getTime() <= Date.now())
    throw new ProcessError({ printed: 'expired-credentials' });
  return credentials;
}

function parseProcessOutput(text: string): AwsCredentialIdentity | undefined {
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = membersIn(text);
  if (Version !== 1 || typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string')
    return undefined;
  const expiration = Expiration === undefined || Expiration === null ? undefined : new Date(`${Expiration}`);
  if (expiration && Number.isNaN(expiration.getTime())) return undefined;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: typeof SessionToken === 'string' ? SessionToken : undefined,
    expiration,
  };
}
