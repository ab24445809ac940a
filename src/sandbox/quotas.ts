/**
 * Requests per second past which a service answers with its throttling error; absent means unlimited. Those of Secrets Manager
 * and MediaConnect count in each Region, those of IAM in the whole account.
 */
export interface Quotas {
  /** `CreateSecret`. */
  secretCreationsPerSecond?: number;
  /** `DeleteSecret`. */
  secretDeletionsPerSecond?: number;
  /** `RestoreSecret`. */
  secretRestorationsPerSecond?: number;
  /** `PutSecretValue`, `UpdateSecret`, `UpdateSecretVersionStage` and the operations on replicas, together. */
  secretUpdatesPerSecond?: number;
  /** `TagResource` and `UntagResource` together. */
  secretTaggingsPerSecond?: number;
  /** `GetResourcePolicy` and the other operations on a secret's policy, together. */
  secretPolicyRequestsPerSecond?: number;
  /** `RotateSecret` and `CancelRotateSecret` together. */
  secretRotationsPerSecond?: number;
  /** `DescribeSecret`. */
  secretDescriptionsPerSecond?: number;
  /** `GetSecretValue`. */
  secretReadsPerSecond?: number;
  /** `BatchGetSecretValue`, whatever number of secrets each request reads. */
  batchReadsPerSecond?: number;
  /** `ListSecrets`. */
  secretListingsPerSecond?: number;
  /** `ListSecretVersionIds`. */
  versionListingsPerSecond?: number;
  /** All IAM requests together. */
  iamRequestsPerSecond?: number;
  /** IAM requests that change something; they count among `iamRequestsPerSecond` too. */
  iamWritesPerSecond?: number;
  /** `DescribeFlow`. */
  flowDescriptionsPerSecond?: number;
  /** All other MediaConnect requests; six seconds' worth may come at once. */
  flowRequestsPerSecond?: number;
}

export type QuotaName = keyof Quotas;

/**
 * What an account of AWS starts with. Sources: "AWS Secrets Manager quotas" and "Quotas in AWS Elemental MediaConnect" in their user
 * guides, and the announcements of 11 November 2022 (`ListSecrets`) and of 4 March 2025 (`DescribeSecret` and `GetSecretValue`,
 * which were 10,000 together before). IAM's are not published: ten writes a second is what to reckon with, and reads are not
 * limited here.
 */
export const AWS_DEFAULT_QUOTAS: Readonly<Quotas> = {
  secretCreationsPerSecond: 50,
  secretDeletionsPerSecond: 50,
  secretRestorationsPerSecond: 50,
  secretUpdatesPerSecond: 50,
  secretTaggingsPerSecond: 50,
  secretPolicyRequestsPerSecond: 50,
  secretRotationsPerSecond: 50,
  secretDescriptionsPerSecond: 40_000,
  secretReadsPerSecond: 10_000,
  batchReadsPerSecond: 100,
  secretListingsPerSecond: 100,
  versionListingsPerSecond: 50,
  iamWritesPerSecond: 10,
  flowDescriptionsPerSecond: 30,
  flowRequestsPerSecond: 5,
};
