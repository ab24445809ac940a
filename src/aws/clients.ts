import { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { MediaConnectClient } from '@aws-sdk/client-mediaconnect';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentity } from '@smithy/types';
import { DEFAULTS } from '../defaults.ts';
import { HTTP } from '../limits.ts';
import { getCredentials } from './credentials/chain.ts';
import type { AwsConfiguration } from './credentials/configuration.ts';
import type { CredentialsTools } from './credentials/step.ts';
import { withTrace } from './debug-log.ts';
import { type AwsTime, withoutSkewRetries, withServerTime } from './http/clock-skew.ts';
import {
  middlewareOf,
  type RequestHandler,
  type SdkClient,
  withAwsResponsesOnly,
  withBoundedResponses,
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
  /** The Region for IAM and STS. It determines the partition. */
  homeRegion?: string;
  /** The only account in which the credentials may be used. */
  expectedAccount?: ExpectedAccount;
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
  const openClients: { destroy(): void }[] = [];
  const boundedHandler = withBoundedResponses(settings.requestHandler ?? new NodeHttpHandler(HTTP.handler));
  const { handler, now } = withServerTime(boundedHandler);
  const homeRegion = settings.homeRegion ?? settings.configuration?.region?.value ?? DEFAULTS.globalRegion;
  const clientConfig = createClientConfig(settings, handler);
  const setUp = <C extends SdkClient>(client: C, queueOf: QueueForOperation): C => {
    openClients.push(client);
    // This middleware would copy every input and response, although there is no logger.
    middlewareOf(client).remove('loggerMiddleware');
    const checkedClient = withTrace(withAwsResponsesOnly(client), settings.trace);
    return withoutSkewRetries(withBoundedRetries(checkedClient, { interrupt, queueOf }));
  };
  const stsWith = (stsCredentials?: Credentials) =>
    setUp(new STSClient(clientConfig('STS', homeRegion, stsCredentials)), queues('sts'));
  const { configuration, askMfaCode } = settings;
  const tools = { homeRegion, askMfaCode, interrupt, stsWith, beginWait, requestHandler: handler };
  const credentials =
    settings.credentials ?? (configuration && credentialsProvider({ configuration, ...tools }));
  const configOf = (service: ServiceId, region: string) => clientConfig(service, region, credentials);
  return {
    secretsManager: byRegion((region) =>
      setUp(new SecretsManagerClient(configOf('Secrets Manager', region)), queues('secretsmanager', region)),
    ),
    kms: byRegion(async (region) => {
      const { KMSClient } = await import('@aws-sdk/client-kms');
      return setUp(new KMSClient(configOf('KMS', region)), queues('kms', region));
    }),
    mediaConnect: byRegion(async (region) => {
      const { MediaConnectClient } = await import('@aws-sdk/client-mediaconnect');
      return setUp(new MediaConnectClient(configOf('MediaConnect', region)), queues('mediaconnect', region));
    }),
    iam: once(() => setUp(new IAMClient(configOf('IAM', homeRegion)), queues('iam'))),
    sts: once(() => stsWith(credentials)),
    async authenticate() {
      if (typeof credentials === 'function') await credentials();
    },
    homeRegion,
    now,
    close: () => {
      for (const client of openClients) client.destroy();
      handler.destroy();
    },
  };
}

/** The SDK's own defaults, instead of settings from the environment or the profile. */
const SDK_DEFAULTS = { useFipsEndpoint: false, useDualstackEndpoint: false, defaultsMode: 'legacy' } as const;

type Provider = () => Promise<AwsCredentialIdentity>;
type Credentials = AwsCredentialIdentity | Provider;

/** Returns a function that creates the configuration of a client. */
function createClientConfig({ configuration, endpointUrl }: AwsSettings, requestHandler: RequestHandler) {
  const { profile } = configuration ?? {};
  // The user's environment must not affect the sandbox.
  const sandboxConfig = endpointUrl ? SDK_DEFAULTS : undefined;
  return (service: ServiceId, region: string, credentials: Credentials | undefined) => {
    const endpoint = endpointUrl ?? configuration?.endpointOf(service)?.value;
    return {
      region,
      // `endpointOf` has read the configured endpoints. The SDK itself would look in a different profile.
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
  const clients = new Map<string, T>();
  return (region) => {
    const client = clients.get(region) ?? make(region);
    clients.set(region, client);
    return client;
  };
}

/** Returns a function that creates a value on first use. */
function once<T>(make: () => T): () => T {
  let cached: { value: T } | undefined;
  return () => {
    cached ??= { value: make() };
    return cached.value;
  };
}

/** Credentials that expire within this time are fetched again, as in the SDK. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;
/** Credentials that are about to expire when fetched are used for this time, instead of being fetched for every request. */
const MIN_USE_MS = 60 * 1000;

/**
 * Returns the credentials provider for all clients. It uses the one source that the configuration names, and fetches again only
 * when the credentials are about to expire. A failure is cached too, so that no process or prompt runs twice.
 */
function credentialsProvider(tools: CredentialsTools): Provider {
  const { source, profile } = tools.configuration;
  let fetched: Promise<AwsCredentialIdentity> | undefined;
  let renewAt = Number.POSITIVE_INFINITY;
  return () => {
    if (Date.now() >= renewAt) fetched = undefined;
    if (fetched) return fetched;
    // Calls that come before the new credentials arrive wait for the same request.
    renewAt = Number.POSITIVE_INFINITY;
    fetched = getCredentials(tools, { source, profile }).then((credentials) => {
      const expiresAt = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      renewAt = Math.max(expiresAt - RENEW_BEFORE_MS, Date.now() + MIN_USE_MS);
      return credentials;
    });
    return fetched;
  };
}

/** The account that the caller must be in, and the flag or file that requires it. */
export interface ExpectedAccount {
  account: string;
  from: string;
}
