/**
 * Requests per second above which a service returns its throttling error; absent means unlimited. The quotas of Secrets Manager
 * and MediaConnect apply per Region, those of IAM to the whole account.
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
  /** `BatchGetSecretValue`, however many secrets each request reads. */
  batchReadsPerSecond?: number;
  /** `ListSecrets`. */
  secretListingsPerSecond?: number;
  /** `ListSecretVersionIds`. */
  versionListingsPerSecond?: number;
  /** All IAM requests together. */
  iamRequestsPerSecond?: number;
  /** IAM requests that change something; they count toward `iamRequestsPerSecond` too. */
  iamWritesPerSecond?: number;
  /** `DescribeFlow`, `GetRouterInput` and `GetRouterOutput` together. */
  flowDescriptionsPerSecond?: number;
  /** All other MediaConnect requests together; a burst can use six seconds' worth at once. */
  flowRequestsPerSecond?: number;
}

export type QuotaName = keyof Quotas;

/**
 * The default quotas of an AWS account. Sources: "AWS Secrets Manager quotas" and "Quotas in AWS Elemental MediaConnect" in their
 * user guides, and the announcements of 11 November 2022 (`ListSecrets`) and 4 March 2025 (`DescribeSecret` and `GetSecretValue`,
 * which shared 10,000 before). AWS does not publish the quotas of IAM. Ten writes per second is a working assumption; reads are
 * not limited here.
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
