import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { MediaConnectClient } from '@aws-sdk/client-mediaconnect';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { STSClient } from '@aws-sdk/client-sts';

/** A client of the AWS SDK, whichever service it is for. */
export type SdkClient = IAMClient | KMSClient | MediaConnectClient | SecretsManagerClient | STSClient;

/** What all of them have in common where requests are looked at; the SDK types it for each service apart. */
export function middlewareOf(client: SdkClient): IAMClient['middlewareStack'] {
  return client.middlewareStack as IAMClient['middlewareStack'];
}
