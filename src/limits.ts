/** Wait times, in milliseconds, and numbers of attempts. */
export interface Limits {
  /** For a change in IAM to propagate. AWS says that it "can take some time"; a minute covers what is seen in practice. */
  iamPropagationMs: number;
  /** The first pause between two reads while polling. Each later pause is longer. */
  firstPauseMs: number;
  /** The longest pause between two reads while polling. */
  longestPauseMs: number;
  /** How long to look in IAM for the effect of a change whose response was lost, before sending the change again. */
  unconfirmedMs: number;
  /** How long a run waits for candidate versions of other runs, which go first. */
  candidateTurnMs: number;
  /** The longest random pause before a run repeats a write because other runs write to the same resource. */
  jitterMs: number;
  /**
   * How many policy versions a run may write beyond those in its plan. Each concurrent run that writes to the same policies can
   * cause a few more reads and writes.
   */
  versionsBeyondPlan: number;
  /**
   * How many policies a run may create beyond those in its plan. Other runs can fill a policy that had room or take a free
   * number.
   */
  policiesBeyondPlan: number;
  /**
   * The pauses before another attempt to create or restore a secret: if AWS refuses it without a visible reason, or if the secret
   * doesn't show up. The number of pauses is the number of further attempts.
   */
  writeAgainAfterMs: readonly number[];
  /**
   * How long a new version of a secret may take to show up everywhere with its staging label. AWS gives no figure; this is ample.
   */
  newVersionMs: number;
}

export const LIMITS: Limits = {
  iamPropagationMs: 60_000,
  firstPauseMs: 500,
  longestPauseMs: 5_000,
  unconfirmedMs: 5_000,
  candidateTurnMs: 3_000,
  jitterMs: 400,
  versionsBeyondPlan: 24,
  policiesBeyondPlan: 3,
  writeAgainAfterMs: [2_000, 8_000, 30_000],
  newVersionMs: 10_000,
};

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
  /**
   * Concurrent calls for each request queue. The calls for two Regions fit into the connections to one host, if they share a
   * host.
   */
  callsAtOnce: 24,
  /** Includes the first attempt. IAM throttles writes at a few a second, so several retries are normal. */
  maxAttempts: 8,
  /** The largest response used here is a page of 1,000 policies, well below 1 MB. */
  longestAnswerBytes: 4 * 1024 * 1024,
  /** For a request including all its retries. */
  callLimitMs: 120_000,
  /** For the credentials endpoint of a container or an instance, which is on the same machine. */
  localLimitMs: 10_000,
  /** For a read in a Region that the user didn't name. It may be disabled or behind a firewall. */
  searchLimitMs: 10_000,
  /** Show a notice when a call takes longer than this. */
  slowCallNoticeMs: 3_000,
} as const;

/** Limits for a run over a manifest. */
export const BATCH_RUN = {
  /**
   * Keys whose secrets are stored at the same time in one Region. The rate depends on AWS (`src/aws/requests/rate-limiter.ts`).
   */
  keysAtOnce: 64,
  /** Secrets, or keys with their secrets, that are read at the same time: enough to fill batch requests, but not all at once. */
  readAtOnce: 400,
  /** Secrets that are read back together. */
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
  /**
   * The relative growth in the first second after AWS throttled a request. It increases with the square of the time since then.
   */
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
