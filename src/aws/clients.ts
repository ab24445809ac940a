import { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { MediaConnectClient } from '@aws-sdk/client-mediaconnect';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentity } from '@smithy/types';
import { DEFAULTS } from '../defaults.ts';
import { HTTP } from '../limits.ts';
import { credentialsOf } from './credentials/chain.ts';
import type { AwsConfiguration } from './credentials/configuration.ts';
import type { ChainTools } from './credentials/step.ts';
import { traced } from './debug-log.ts';
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

/** How to connect to AWS, and as whom: from the user's configuration, or with a fixed endpoint and credentials. */
export interface AwsSettings {
  configuration?: AwsConfiguration;
  /** A fixed endpoint, for the sandbox. */
  endpointUrl?: string;
  /** The Region for the global services IAM and STS. It determines the partition. */
  homeRegion?: string;
  /** The only account in which the credentials may be used. */
  expected?: ExpectedAccount;
  /** Fixed credentials, for the sandbox. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined;
  /** Asks the user for an MFA code. Absent if the run can't prompt. */
  askMfaCode?: (serial: string) => Promise<string>;
  /** The request handler, if not Node's default: see `requestHandlerFor`. */
  requestHandler?: RequestHandler;
  /** Receives a line for each request, for `--debug`. It names the action, never the input. */
  trace?: (line: string) => void;
}

/** The AWS clients of a run. They share one HTTP configuration and one credentials lookup. */
export interface AwsClients {
  secretsManager(region: string): SecretsManagerClient;
  iam(): IAMClient;
  sts(): STSClient;
  /** Loaded lazily, like `mediaConnect`, because most runs use neither service. */
  kms(region: string): Promise<KMSClient>;
  mediaConnect(region: string): Promise<MediaConnectClient>;
  /**
   * Gets the credentials, unless they are already available. May ask the user for an MFA code.
   * @throws Failure that names the credentials source that failed; Interrupted
   */
  authenticate(): Promise<void>;
  /** The Region for IAM and STS. */
  readonly homeRegion: string;
  /** The time by AWS's clock. */
  now: AwsTime;
  /** Closes all connections, so that the process can exit. */
  close(): void;
}

/**
 * Creates the clients. Nothing is sent before the first call, and nothing is retried once `interrupt` is aborted. The queues
 * receive the outcome of each request.
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
    // This middleware would copy every input and response, although there is no logger.
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

/** The SDK's own defaults, instead of settings from the environment or the profile. */
const SANDBOX_CONFIG = {
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  defaultsMode: 'legacy',
} as const;

type Credentials = AwsCredentialIdentity | (() => Promise<AwsCredentialIdentity>);

/**
 * Returns a function that creates the configuration of a client. Without it, the SDK would read endpoints from a different
 * profile.
 */
function commonConfig({ configuration, endpointUrl }: AwsSettings, requestHandler: RequestHandler) {
  const { profile } = configuration ?? {};
  // The user's environment must not affect the sandbox.
  const sandboxConfig = endpointUrl ? SANDBOX_CONFIG : undefined;
  return (service: ServiceId, credentials: Credentials | undefined) => {
    const endpoint = endpointUrl ?? configuration?.endpointOf(service)?.value;
    return {
      ignoreConfiguredEndpointUrls: true,
      endpoint,
      profile: profile?.from ? profile.name : undefined,
      ...sandboxConfig,
      requestHandler,
      maxAttempts: HTTP.maxAttempts,
      ...(credentials ? { credentials } : {}),
    };
  };
}

/** Returns a function that creates one value for each Region, on first use. */
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

/** Credentials that expire within this time are refreshed, as in the SDK. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;
/**
 * Credentials that are about to expire when they are fetched are used for this time, instead of being fetched for every request.
 */
const LEAST_USE_MS = 60 * 1000;

type Provider = () => Promise<AwsCredentialIdentity>;

/**
 * Returns the credentials provider for all clients. It uses the one source that the configuration names, and fetches again only
 * when the credentials are about to expire. A failure is cached too, so that nothing runs twice.
 */
function foundCredentials(tools: ChainTools): Provider {
  const { source, profile } = tools.configuration;
  let found: Promise<AwsCredentialIdentity> | undefined;
  let renewAt = Number.POSITIVE_INFINITY;
  return () => {
    if (Date.now() >= renewAt) found = undefined;
    if (found) return found;
    // Calls that come before the new credentials arrive wait for the same request.
    renewAt = Number.POSITIVE_INFINITY;
    found = credentialsOf(tools, { source, profile }).then((credentials) => {
      const ends = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      renewAt = Math.max(ends - RENEW_BEFORE_MS, Date.now() + LEAST_USE_MS);
      return credentials;
    });
    return found;
  };
}

/** The account that the caller must be in, and the flag or file that requires it. */
export interface ExpectedAccount {
  account: string;
  from: string;
}
