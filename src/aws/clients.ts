import { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { MediaConnectClient } from '@aws-sdk/client-mediaconnect';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentity } from '@smithy/types';
import { DEFAULTS, HTTP } from '../defaults.ts';
import { credentialsOf } from './credentials/chain.ts';
import type { AwsConfiguration } from './credentials/configuration.ts';
import type { ChainTools } from './credentials/step.ts';
import { type AwsTime, withoutSkewRetries, withServerTime } from './http/clock-skew.ts';
import {
  demandingAws,
  middlewareOf,
  type RequestHandler,
  type SdkClient,
  withBoundedAnswers,
} from './http/sdk-client.ts';
import type { ServiceId } from './regions.ts';
import type { QueueForOperation, RequestQueues } from './requests/request-queues.ts';
import { withBoundedRetries } from './requests/retries.ts';
import type { BeginWait } from './requests/slow-calls.ts';

/** How AWS is reached, and with which identity: by the user's configuration, or by a fixed endpoint and credentials. */
export interface AwsSettings {
  configuration?: AwsConfiguration | undefined;
  /** A fixed endpoint: the sandbox's. */
  endpointUrl?: string | undefined;
  /** The Region in which the global services IAM and STS are addressed; it decides the partition. */
  homeRegion?: string | undefined;
  /** The only account in which the credentials may be used. */
  expected?: ExpectedAccount | undefined;
  /** Fixed credentials: the sandbox's. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined;
  /** Asks the user for the code of an MFA device. Absent where no questions can be asked. */
  askMfaCode?: ((serial: string) => Promise<string>) | undefined;
  /** What sends the requests when they do not go as Node sends them: see `requestHandlerFor`. */
  requestHandler?: RequestHandler | undefined;
  /** Takes one line for each request, for `--debug`. The line names the action, never its input. */
  trace?: ((line: string) => void) | undefined;
}

/** The AWS clients of a run. All share one HTTP configuration and one lookup of the credentials. */
export interface AwsClients {
  secretsManager(region: string): SecretsManagerClient;
  iam(): IAMClient;
  sts(): STSClient;
  /** Loaded only where it is needed, as is the next one: most runs ask neither service anything. */
  kms(region: string): Promise<KMSClient>;
  mediaConnect(region: string): Promise<MediaConnectClient>;
  /**
   * Gets the credentials, unless they are there already. It may ask the user for the code of an MFA device.
   * @throws Failure that says which source of credentials failed; Interrupted
   */
  authenticate(): Promise<void>;
  /** Where IAM and STS are addressed. */
  readonly homeRegion: string;
  /** The time by AWS's clock. */
  now: AwsTime;
  /** Closes every connection, so that the process can end. */
  close(): void;
}

/**
 * Makes the clients; nothing is sent before the first call, and nothing is sent again once `interrupt` is aborted. The queues
 * hear what becomes of each request.
 */
export function createClients(
  settings: AwsSettings,
  interrupt: AbortSignal,
  queues: RequestQueues,
  beginWait: BeginWait,
): AwsClients {
  const opened: { destroy(): void }[] = [];
  const sending = withBoundedAnswers(settings.requestHandler ?? new NodeHttpHandler(HTTP.handler));
  const { handler, now } = withServerTime(sending);
  const homeRegion = settings.homeRegion ?? settings.configuration?.region?.value ?? DEFAULTS.globalRegion;
  const common = commonConfig(settings, handler);
  const keep = <C extends SdkClient>(client: C, queueOf: QueueForOperation): C => {
    opened.push(client);
    // It would copy every input and every answer for a logger that is not there.
    middlewareOf(client).remove('loggerMiddleware');
    const retrying = { interrupt, queueOf };
    return withoutSkewRetries(withBoundedRetries(traced(demandingAws(client), settings.trace), retrying));
  };
  const stsWith = (credentials?: Credentials) =>
    keep(new STSClient({ ...common('STS', credentials), region: homeRegion }), queues('sts'));
  const { configuration, askMfaCode } = settings;
  const credentials =
    settings.credentials ??
    (configuration &&
      foundCredentials({
        ...{ configuration, homeRegion, askMfaCode, interrupt, stsWith, beginWait },
        requestHandler: handler,
      }));
  return {
    secretsManager: byRegion((region) =>
      keep(
        new SecretsManagerClient({ ...common('Secrets Manager', credentials), region }),
        queues('secretsmanager', region),
      ),
    ),
    kms: byRegion(async (region) => {
      const { KMSClient } = await import('@aws-sdk/client-kms');
      return keep(new KMSClient({ ...common('KMS', credentials), region }), queues('kms', region));
    }),
    mediaConnect: byRegion(async (region) => {
      const { MediaConnectClient } = await import('@aws-sdk/client-mediaconnect');
      return keep(
        new MediaConnectClient({ ...common('MediaConnect', credentials), region }),
        queues('mediaconnect', region),
      );
    }),
    iam: once(() =>
      keep(new IAMClient({ ...common('IAM', credentials), region: homeRegion }), queues('iam')),
    ),
    sts: once(() => stsWith(credentials)),
    async authenticate() {
      if (typeof credentials === 'function') await credentials();
    },
    homeRegion,
    now,
    close: () => {
      for (const client of opened) client.destroy();
      handler.destroy();
    },
  };
}

/** What the SDK would else take from the environment or the profile: here its own defaults. */
const SANDBOX_CONFIG = {
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  defaultsMode: 'legacy',
} as const;

type Credentials = AwsCredentialIdentity | (() => Promise<AwsCredentialIdentity>);

/** Returns what the client of a service is made with. The SDK itself would take endpoints from another profile than ours. */
function commonConfig({ configuration, endpointUrl }: AwsSettings, requestHandler: RequestHandler) {
  const { profile } = configuration ?? {};
  return (service: ServiceId, credentials: Credentials | undefined) => {
    const endpoint = endpointUrl ?? configuration?.endpointOf(service)?.value;
    return {
      ignoreConfiguredEndpointUrls: true,
      ...(endpoint ? { endpoint } : {}),
      ...(profile?.from ? { profile: profile.name } : {}),
      // Nothing in the user's environment reaches into the sandbox.
      ...(endpointUrl ? SANDBOX_CONFIG : {}),
      requestHandler,
      maxAttempts: HTTP.maxAttempts,
      ...(credentials ? { credentials } : {}),
    };
  };
}

function traced<C extends SdkClient>(client: C, trace: ((line: string) => void) | undefined): C {
  if (!trace) return client;
  middlewareOf(client).add(
    (next, context) => async (args) => {
      const started = performance.now();
      const label = `${client.config.serviceId} ${context.commandName ?? 'request'}`;
      const done = (how: string) => trace(`${label} (${Math.round(performance.now() - started)} ms): ${how}`);
      try {
        const result = await next(args);
        done('ok');
        return result;
      } catch (error) {
        done(error instanceof Error ? error.name : 'failed');
        throw error;
      }
    },
    { step: 'initialize', name: 'trace' },
  );
  return client;
}

/** Makes one for each Region, when it is first asked for. */
function byRegion<T>(make: (region: string) => T): (region: string) => T {
  const made = new Map<string, T>();
  return (region) => {
    const client = made.get(region) ?? make(region);
    made.set(region, client);
    return client;
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Credentials that end within this time are fetched again, as the SDK does. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;
/** Credentials that are about to expire when they are fetched are used for this time, and not fetched for each request. */
const LEAST_USE_MS = 60 * 1000;

type Provider = () => Promise<AwsCredentialIdentity>;

/**
 * Returns the provider of the credentials for all clients. It asks the one source that the configuration names, once, and again only
 * when the credentials are about to expire. A failure is remembered too, so that nothing runs twice.
 */
function foundCredentials(tools: ChainTools): Provider {
  const { source, profile } = tools.configuration;
  let found: Promise<AwsCredentialIdentity> | undefined;
  let renewAt = Number.POSITIVE_INFINITY;
  return () => {
    if (Date.now() >= renewAt) found = undefined;
    if (found) return found;
    // Callers that come before the new credentials arrive wait for the same request.
    renewAt = Number.POSITIVE_INFINITY;
    found = credentialsOf(tools, { source, profile }).then((credentials) => {
      const ends = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      renewAt = Math.max(ends - RENEW_BEFORE_MS, Date.now() + LEAST_USE_MS);
      return credentials;
    });
    return found;
  };
}

/** The account that must be the caller's, and the flag or the file that says so. */
export interface ExpectedAccount {
  account: string;
  from: string;
}
