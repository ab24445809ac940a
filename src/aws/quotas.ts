import type { IAMClient } from '@aws-sdk/client-iam';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { STSClient } from '@aws-sdk/client-sts';

/**
 * Keeps a client from repeating requests for which a quota is used up, such as that of policy versions or of attached
 * policies. AWS calls that `LimitExceeded`, which the SDK takes for throttling: it would try for half a minute in vain.
 */
export function withoutQuotaRetries<C extends IAMClient | SecretsManagerClient | STSClient>(client: C): C {
  const standard = client.config.retryStrategy;
  client.config.retryStrategy = async () => {
    const strategy = await standard();
    if (!('refreshRetryTokenForRetry' in strategy)) return strategy;
    return {
      acquireInitialRetryToken: (scope) => strategy.acquireInitialRetryToken(scope),
      recordSuccess: (token) => strategy.recordSuccess(token),
      async refreshRetryTokenForRetry(token, info) {
        if (info.error instanceof Error && info.error.name === 'LimitExceededException') throw info.error;
        return strategy.refreshRetryTokenForRetry(token, info);
      },
    };
  };
  return client;
}
