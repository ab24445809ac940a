/** Wait times, in milliseconds, and numbers of attempts. */
export const LIMITS = {
  /** How long a change in IAM may take to propagate. AWS says that it "can take some time"; a minute is enough in practice. */
  iamPropagationMs: 60_000,
  /** The first pause between two reads while polling. Each later pause is longer. */
  firstPauseMs: 500,
  /** The longest pause between two reads while polling. */
  longestPauseMs: 5_000,
  /** How long to look in IAM for the effect of a change whose response was lost, before sending the change again. */
  unconfirmedMs: 5_000,
  /** How long a run waits for candidate versions of other runs, which go first. */
  candidateTurnMs: 3_000,
  /** The longest random pause before a run repeats a write because other runs write to the same resource. */
  jitterMs: 400,
  /**
   * How many policy versions a run may write beyond those in its plan. Each concurrent run that writes to the same policies can
   * cause a few more reads and writes.
   */
  versionsBeyondPlan: 24,
  /** How many policies a run may create beyond those in its plan. Other runs can fill a policy or take a free number. */
  policiesBeyondPlan: 3,
  /**
   * The pauses before another attempt to create or restore a secret: if AWS refuses it without a visible reason, or if the secret
   * doesn't show up. The number of pauses is the number of further attempts.
   */
  writeAgainAfterMs: [2_000, 8_000, 30_000] as readonly number[],
  /** How long the staging label of a secret's new version may take to show up everywhere. AWS gives no figure; this is ample. */
  newVersionMs: 10_000,
};

export type Limits = typeof LIMITS;

/** The pauses between reads while two IAM responses contradict each other, about 20 s in total. */
export const CONTRADICTION_PAUSES_MS: readonly number[] = [
  300, 450, 700, 1_000, 1_500, 2_300, 3_400, 5_000, 5_000,
];

/** Settings for every HTTP request to AWS. */
export const HTTP = {
  /** Options of the SDK's request handler; times in milliseconds. */
  handler: {
    connectionTimeout: 6_000,
    requestTimeout: 20_000,
    /** For a response that stops partway. */
    socketTimeout: 20_000,
    throwOnRequestTimeout: true,
  },
  /** Connections to one host at a time. Same as the SDK's default. */
  maxSockets: 50,
  /** Concurrent calls for each request queue. The calls for two Regions that share a host fit into `maxSockets`. */
  callsAtOnce: 24,
  /** Includes the first attempt. IAM throttles writes at a few a second, so several retries are normal. */
  maxAttempts: 8,
  /** The largest response used here is a page of 1,000 policies, well below 1 MB. */
  maxResponseBytes: 4 * 1024 * 1024,
  /** The time limit for a request including all its retries. */
  callLimitMs: 120_000,
  /** The time limit for the credentials endpoint of a container or an instance, which is on the same machine. */
  localCredentialsLimitMs: 10_000,
  /** The time limit for a read in a Region that the user didn't name. It may be disabled or behind a firewall. */
  searchLimitMs: 10_000,
  /** Show a notice when a call takes longer than this. */
  slowCallNoticeMs: 3_000,
} as const;

/** Limits for a run over a manifest. */
export const BATCH_RUN = {
  /** Keys that are processed at the same time, in each Region when secrets are changed. `RateLimiter` limits the requests. */
  keysAtOnce: 64,
  /** Secrets, or keys with their secrets, that are read at the same time: enough to fill batch requests, but not all at once. */
  readAtOnce: 400,
  /** Stored secrets that are read back together: enough for two requests of `BatchGetSecretValue`. */
  readBackAtOnce: 40,
  /**
   * Keys replaced within this time of each other, in milliseconds, count as one rotation. A run takes minutes at most. A longer
   * time would roll back a key that was replaced for another reason on the same day.
   */
  oneRotationMs: 60 * 60 * 1000,
} as const;

/** A request quota: a rate, and the burst that it allows after a pause. */
export interface RequestQuota {
  service: string;
  operations: RegExp;
  perSecond: number;
  /** How many seconds' worth of requests can be sent at once after a pause. Default: one. */
  burstSeconds?: number;
}

/**
 * Request quotas, for each Region, that a run may use up. The rate limiter starts at `perSecond`. Operations that aren't listed
 * have higher quotas than `HTTP.callsAtOnce` can use. Sources: "AWS Secrets Manager quotas" and "Quotas in AWS Elemental
 * MediaConnect" in their user guides. IAM's quotas aren't published; 10 changes a second is an assumption.
 */
export const QUOTAS: readonly RequestQuota[] = [
  { service: 'secretsmanager', operations: /^CreateSecret$/, perSecond: 50 },
  { service: 'secretsmanager', operations: /^(PutSecretValue|UpdateSecretVersionStage)$/, perSecond: 50 },
  { service: 'secretsmanager', operations: /^DeleteSecret$/, perSecond: 50 },
  { service: 'secretsmanager', operations: /^RestoreSecret$/, perSecond: 50 },
  { service: 'secretsmanager', operations: /^GetResourcePolicy$/, perSecond: 50 },
  { service: 'secretsmanager', operations: /^BatchGetSecretValue$/, perSecond: 100 },
  { service: 'secretsmanager', operations: /^ListSecrets$/, perSecond: 100 },
  { service: 'secretsmanager', operations: /^ListSecretVersionIds$/, perSecond: 50 },
  { service: 'mediaconnect', operations: /^DescribeFlow$/, perSecond: 30 },
  { service: 'mediaconnect', operations: /^GetRouterInput$/, perSecond: 30 },
  { service: 'mediaconnect', operations: /^GetRouterOutput$/, perSecond: 30 },
  {
    service: 'mediaconnect',
    operations: /^(?!(DescribeFlow|GetRouterInput|GetRouterOutput)$)/,
    perSecond: 5,
    burstSeconds: 6,
  },
  { service: 'iam', operations: /^(?!Get|List|Simulate)/, perSecond: 10 },
];

/** Numbers of secrets for `BatchGetSecretValue`. */
export const BATCH_GET_SECRET_VALUE = {
  /** Use the operation for at least this many secrets. */
  minSecrets: 5,
  /** The most secrets in one request. Source: Secrets Manager API reference, `BatchGetSecretValue`. */
  maxSecrets: 20,
} as const;

/** How the request rate adapts to what AWS accepts; see `RateLimiter`. */
export const RATE_LIMITER = {
  /** The most requests that can be sent at once at the start. A run with one key sends fewer, so it never waits. */
  initialBurst: 10,
  /** How long to stay at the documented rate. A short run gains nothing from a higher rate. */
  steadySeconds: 2,
  /** The growth factor a second after `steadySeconds`, as long as AWS has never throttled a request. */
  initialGrowth: 4,
  /** The relative growth in the first second after AWS throttled a request. It grows with the square of the time since then. */
  growth: 0.015,
  /** After throttling, the rate becomes this fraction of the measured rate, so that the quota can recover. */
  fallbackFraction: 0.95,
  /** One throttling never reduces the current rate below this fraction. A measurement with few requests may be wrong. */
  minFallbackFraction: 0.25,
  /** The lowest rate, in requests a second. */
  minRate: 1,
  /** A measurement shorter than a second counts only with at least this many requests and this many seconds. */
  minSampleRequests: 10,
  minSampleSeconds: 0.25,
} as const;
