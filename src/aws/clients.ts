import { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { MediaConnectClient } from '@aws-sdk/client-mediaconnect';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { DEFAULTS, HTTP } from '../defaults.ts';
import { withBoundedAnswers } from './answer-size.ts';
import { type AwsTime, withoutSkewRetries, withServerTime } from './clock.ts';
import { foundCredentials } from './credentials.ts';
import type { LaneOf, Lanes } from './lanes.ts';
import { demandingAws } from './not-aws.ts';
import { withBoundedRetries } from './retries.ts';
import { middlewareOf, type SdkClient } from './sdk-client.ts';

/** What sends requests, and keeps the connections. */
export type RequestHandler = Pick<NodeHttpHandler, 'handle' | 'destroy' | 'metadata'>;

/** How AWS is reached and as whom. What is left out, the SDK finds as it always does (environment, profile, SSO, …). */
export interface AwsSettings {
  profile?: string | undefined;
  endpointUrl?: string | undefined;
  /** The Region in which the global services IAM and STS are addressed; it decides the partition. */
  homeRegion?: string | undefined;
  /** Fixed credentials: the sandbox's. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined;
  /** Asks the user for the code of an MFA device. Absent where nobody can be asked. */
  askMfaCode?: ((serial: string) => Promise<string>) | undefined;
  /** What sends the requests when they do not go directly: see `proxyHandler`. */
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
  /** The Region that the SDK finds in the environment or the profile, if any. */
  configuredRegion(): Promise<string | undefined>;
  homeRegion(): Promise<string>;
  /** The time by AWS's clock. */
  now: AwsTime;
  /** Closes every connection, so that the process can end. */
  close(): void;
}

/**
 * Makes the clients; nothing is sent before the first call, and nothing is sent again once `interrupt` is aborted. The lanes
 * hear what becomes of each request.
 */
export function createClients(settings: AwsSettings, interrupt: AbortSignal, lanes: Lanes): AwsClients {
  const opened: { destroy(): void }[] = [];
  const sending = withBoundedAnswers(settings.requestHandler ?? new NodeHttpHandler(HTTP.handler));
  const { handler, now } = withServerTime(sending);
  const common = commonConfig(settings, handler);
  const keep = <C extends SdkClient>(client: C, laneOf: LaneOf): C => {
    opened.push(client);
    // It would copy every input and every answer for a logger that is not there.
    middlewareOf(client).remove('loggerMiddleware');
    const retrying = { interrupt, laneOf };
    return withoutSkewRetries(withBoundedRetries(traced(demandingAws(client), settings.trace), retrying));
  };
  const configuredRegion = once(() => findRegion(settings.profile));
  const homeRegion = async () => settings.homeRegion ?? (await configuredRegion()) ?? DEFAULTS.globalRegion;
  return {
    secretsManager: byRegion((region) =>
      keep(new SecretsManagerClient({ ...common, region }), lanes('secretsmanager', region)),
    ),
    kms: byRegion(async (region) => {
      const { KMSClient } = await import('@aws-sdk/client-kms');
      return keep(new KMSClient({ ...common, region }), lanes('kms', region));
    }),
    mediaConnect: byRegion(async (region) => {
      const { MediaConnectClient } = await import('@aws-sdk/client-mediaconnect');
      return keep(new MediaConnectClient({ ...common, region }), lanes('mediaconnect', region));
    }),
    iam: once(() => keep(new IAMClient({ ...common, region: homeRegion }), lanes('iam'))),
    sts: once(() => keep(new STSClient({ ...common, region: homeRegion }), lanes('sts'))),
    configuredRegion,
    homeRegion,
    now,
    close: () => {
      for (const client of opened) client.destroy();
      handler.destroy();
    },
  };
}

function commonConfig(settings: AwsSettings, requestHandler: RequestHandler) {
  const { profile, endpointUrl, credentials } = settings;
  const endpoint = endpointUrl ? { endpoint: endpointUrl } : {};
  return {
    ...endpoint,
    ...(profile ? { profile } : {}),
    requestHandler,
    maxAttempts: HTTP.maxAttempts,
    credentials: credentials ?? foundCredentials(settings, endpoint, requestHandler),
  };
}

/** The SDK's own search for a Region; it rejects when there is none. */
async function findRegion(profile: string | undefined): Promise<string | undefined> {
  const probe = new STSClient(profile ? { profile } : {});
  try {
    return await probe.config.region();
  } catch {
    return undefined;
  } finally {
    probe.destroy();
  }
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
