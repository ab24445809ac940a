import { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { MediaConnectClient } from '@aws-sdk/client-mediaconnect';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { resolveRetryConfig, retryMiddleware } from '@smithy/core/retry';
import { SMITHY_CONTEXT_KEY } from '@smithy/types';
import type { createClients } from '../../../src/aws/clients.ts';
import type { SdkClient } from '../../../src/aws/http/sdk-client.ts';
import { withBoundedRetries } from '../../../src/aws/requests/retries.ts';
import { DEFAULTS } from '../../../src/defaults.ts';
import { HTTP } from '../../../src/limits.ts';
import { AwsError } from '../../../src/sandbox/errors.ts';
import type { SandboxState } from '../../../src/sandbox/sandbox-state.ts';
import type { Input } from '../../../src/sandbox/service.ts';
import { carryOutDirectly, type DeliveryFault, type Direct, type ServiceName } from './delivery.ts';
import { type Answer, inputText, requestAborted, type Send } from './requests.ts';

/**
 * Creates clients that take a tenth of the time of the SDK's. They skip HTTP: serializing, endpoint rules, signing and parsing.
 * Everything that affects the course of a run is real: the SDK's retry middleware and strategy, and what the program adds to
 * them (`withBoundedRetries`).
 */
export function lightClients(sandbox: SandboxState, send: Send): typeof createClients {
  return (settings, interrupt, queues) => {
    const homeRegion = settings.homeRegion ?? DEFAULTS.globalRegion;
    const made = new Map<string, SdkClient>();
    const client = <C extends SdkClient>(prototype: C, service: ServiceName, region: string): C => {
      const id = `${service} ${region}`;
      const known = made.get(id);
      if (known) return known as C;
      const regional = service === 'iam' || service === 'sts' ? undefined : region;
      const fresh = lightClient(prototype, (direct, signal) =>
        send({
          service,
          region,
          action: direct.action,
          input: () => inputText(direct.input),
          deliver: (how) => answerOf(sandbox, { ...direct, service, region }, how),
          signal,
        }),
      );
      withBoundedRetries(fresh, { interrupt, queueOf: queues(service, regional) });
      made.set(id, fresh);
      return fresh;
    };
    return {
      secretsManager: (region) => client(SecretsManagerClient.prototype, 'secretsmanager', region),
      kms: async (region) => client(Object.prototype as KMSClient, 'kms', region),
      mediaConnect: async (region) => client(Object.prototype as MediaConnectClient, 'mediaconnect', region),
      iam: () => client(IAMClient.prototype, 'iam', homeRegion),
      sts: () => client(STSClient.prototype, 'sts', homeRegion),
      homeRegion,
      authenticate: async () => undefined,
      now: () => Date.now(),
      close: () => undefined,
    };
  };
}

/** The members of an SDK command that are used here. */
interface Command {
  readonly input: object;
  readonly constructor: { readonly name: string };
}

type Next = (args: object) => Promise<{ response: unknown; output: unknown }>;
type Middleware = (next: Next, context: object) => Next;
type Deliver = (
  direct: Pick<Direct, 'action' | 'input'>,
  signal: AbortSignal | undefined,
) => Promise<unknown>;

/** @param prototype that of the SDK's client, which its paginators check */
function lightClient<C extends SdkClient>(prototype: C, deliver: Deliver): C {
  const added: Middleware[] = [];
  const config = resolveRetryConfig({ maxAttempts: HTTP.maxAttempts } as Parameters<
    typeof resolveRetryConfig
  >[0]);
  const retrying = retryMiddleware(config as never) as unknown as Middleware;
  return Object.assign(Object.create(prototype), {
    config,
    middlewareStack: { add: (middleware: Middleware) => void added.push(middleware) },
    async send(command: Command, { abortSignal: signal }: { abortSignal?: AbortSignal } = {}) {
      const commandName = command.constructor.name;
      const direct = { action: commandName.replace(/Command\d*$/, ''), input: command.input as Input };
      const context = { commandName, [SMITHY_CONTEXT_KEY]: signal ? { abortSignal: signal } : {} };
      const wire: Next = async () => {
        if (signal?.aborted) throw requestAborted();
        return { response: undefined, output: await deliver(direct, signal) };
      };
      const tries = added.reduceRight((next, middleware) => middleware(next, context), wire);
      return (await retrying(tries, context)({ input: command.input, request: undefined })).output;
    },
  });
}

function answerOf(sandbox: SandboxState, direct: Direct, how: DeliveryFault): Answer {
  const { service, input } = direct;
  try {
    const isMedia = service === 'mediaconnect';
    const given = isMedia ? (renamed(input, lowerFirst) as Input) : input;
    const output = asSdk(carryOutDirectly(sandbox, { ...direct, input: given }, how), service);
    const shown = isMedia ? renamed(output, upperFirst) : output;
    return {
      value: Object.assign(shown as object, { $metadata: { httpStatusCode: 200, requestId: REQUEST } }),
    };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { error: sdkError(error, service) };
  }
}

const REQUEST = '00000000-0000-0000-0000-000000000000';

/** The codes of IAM errors for which the SDK has classes; their names end in `Exception`. */
const MODELED = new Set([
  'ConcurrentModification',
  'DeleteConflict',
  'EntityAlreadyExists',
  'EntityTemporarilyUnmodifiable',
  'InvalidInput',
  'LimitExceeded',
  'MalformedPolicyDocument',
  'NoSuchEntity',
  'PolicyNotAttachable',
  'ServiceFailure',
  'UnmodifiableEntity',
]);

/** Returns an error as the SDK makes it from a response. */
function sdkError({ code, message, status }: AwsError, service: ServiceName): Error {
  return Object.assign(new Error(message), {
    name: service === 'iam' && MODELED.has(code) ? `${code}Exception` : code,
    $fault: status >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: status, requestId: REQUEST },
  });
}

/** Returns a response as the SDK makes it: a copy, with objects for maps, and dates with the precision of the protocol. */
function asSdk(value: unknown, service: ServiceName): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) {
    const ms = value.getTime();
    return new Date(service === 'iam' || service === 'sts' ? ms - (ms % 1000) : ms);
  }
  if (Array.isArray(value)) return value.map((item) => asSdk(item, service));
  const entries = value instanceof Map ? value.entries() : Object.entries(value);
  const shown: Record<string, unknown> = {};
  for (const [name, item] of entries) {
    if (item === undefined) continue;
    shown[name] = name === 'SecretBinary' ? Buffer.from(`${item}`, 'base64') : asSdk(item, service);
  }
  return shown;
}

/** Renames members: those of MediaConnect begin in lower case on the wire. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [rename(name), renamed(item, rename)]),
  );
}

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
const upperFirst = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
