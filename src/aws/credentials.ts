import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { EXIT, Failure } from '../failure.ts';
import { awsWords as words } from '../report/words/aws.ts';
import type { AwsSettings, RequestHandler } from './clients.ts';

/** The SDK would print a warning of its own about a profile beside access keys; `setup` says that in its words. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

type Provider = ReturnType<typeof defaultProvider>;

/** The SDK's own search for credentials (environment, profile, SSO, …), whose requests go the way of all the others. */
export function foundCredentials(
  { profile, homeRegion, askMfaCode }: AwsSettings,
  endpoint: { endpoint?: string },
  handler: RequestHandler,
): Provider {
  // The last request's, as far as it failed.
  let onTheWay: unknown;
  const requestHandler = {
    metadata: handler.metadata,
    handle: async (...request: Parameters<RequestHandler['handle']>) => {
      onTheWay = undefined;
      try {
        return await handler.handle(...request);
      } catch (error) {
        onTheWay = error;
        throw error;
      }
    },
  };
  const find = defaultProvider({
    ...(profile ? { profile } : {}),
    // Assuming a role is a request to STS as well: it goes where all the others go, and the way they go.
    clientConfig: { ...endpoint, requestHandler },
    // Not in `clientConfig`, where it would take the place of the Region of an SSO session as well.
    ...(homeRegion ? { parentClientConfig: { region: async () => homeRegion } } : {}),
    mfaCodeProvider: askMfaCode ?? refuseMfa,
    logger: SILENT,
  });
  return async (properties) => {
    onTheWay = undefined;
    try {
      return await find(properties);
    } catch (error) {
      // Some providers say only that there are no credentials when it is the network that fails.
      throw onTheWay && error instanceof Error ? Object.assign(error, { onTheWay }) : error;
    }
  };
}

async function refuseMfa(serial: string): Promise<string> {
  throw new Failure(words.mfaCannotAsk(serial), {
    code: 'mfa-required',
    exitCode: EXIT.permission,
    hint: words.mfaCannotAskHint,
  });
}
