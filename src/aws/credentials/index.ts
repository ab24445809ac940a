import type { AwsCredentialIdentity } from '@smithy/types';
import { credentialsOf } from './chain.ts';
import type { ChainTools } from './step.ts';

/** Credentials that end within this time are fetched again, as the SDK does. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;
/** Credentials that are about to expire when they are fetched are used for this time, and not fetched for each request. */
const LEAST_USE_MS = 60 * 1000;

type Provider = () => Promise<AwsCredentialIdentity>;

/**
 * Returns the provider of the credentials for all clients. It asks the one source that the configuration names, once, and again only
 * when the credentials are about to expire. A failure is remembered too, so that nothing runs twice.
 */
export function foundCredentials(tools: ChainTools): Provider {
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
