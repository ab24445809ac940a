/**
 * Every default of the program, in one place. Names and texts come from the AWS guide
 * "Setting up static key encryption using AWS Elemental MediaConnect".
 */
export const DEFAULTS = {
  policyName: 'SecretsManagerForMediaConnect',
  policyScope: 'secrets',
  roleName: 'MediaConnect-ASM',
  roleDescription: 'Allows MediaConnect to view secrets stored in AWS Secrets Manager.',
  keyType: 'static-key',
  secretDescription: 'Encryption key for AWS Elemental MediaConnect.',
  /** For how many days a secret that is taken down can be restored: the most that Secrets Manager gives. */
  recoveryDays: 30,
  policyDescription: 'Allows MediaConnect to read encryption keys stored in AWS Secrets Manager.',
  /** Default answers in the sandbox when no questions can be asked. */
  example: {
    secretName: '2018-12-01_baseball-game-source',
    region: 'us-west-2',
    algorithm: 'aes256',
  },
  /** Where IAM and STS, which are global, are addressed when no Region is set. */
  globalRegion: 'us-east-1',
} as const;

/** From this many policies on, the plan suggests to allow a prefix of names in place of one secret after the other. */
export const MANY_POLICIES = 8;

/** How long the program waits, in milliseconds, and how often it tries. */
export interface Limits {
  /** For IAM to show a change everywhere. AWS says "can take some time"; a minute covers what is seen in practice. */
  iamPropagationMs: number;
  /** The first pause between two looks; each further one is longer. */
  firstPauseMs: number;
  /** Longest pause between two looks. */
  longestPauseMs: number;
  /** How long IAM is looked at for a change whose answer was lost, before the change is made again. */
  inDoubtMs: number;
  /** For how long a run lets other runs go first that have made a version and not yet made it the default. */
  candidateTurnMs: number;
  /** Longest random pause before something is written again that others are writing too. */
  jitterMs: number;
  /**
   * How many versions of policies a run writes beyond the changes of its plan, because other runs write to the same policies: each
   * of them can make it read and write again a few times.
   */
  versionsBeyondPlan: number;
  /** The same for new policies: others can fill one that had room, and take a number that was free. */
  policiesBeyondPlan: number;
  /**
   * After which pauses a secret is created or restored again, where AWS refuses it and does not show why, or where it does not
   * show. There are no more tries than these.
   */
  writeAgainAfterMs: readonly number[];
  /** For how long a new version of a secret may not show everywhere with its label. AWS gives no figure; this is ample. */
  newVersionMs: number;
}

export const LIMITS: Limits = {
  iamPropagationMs: 60_000,
  firstPauseMs: 500,
  longestPauseMs: 5_000,
  inDoubtMs: 5_000,
  candidateTurnMs: 3_000,
  jitterMs: 400,
  versionsBeyondPlan: 24,
  policiesBeyondPlan: 3,
  writeAgainAfterMs: [2_000, 8_000, 30_000],
  newVersionMs: 10_000,
};

/** After which pauses something is read again while IAM lists it in one answer and lacks it in another: about 20 s in all. */
export const CONTRADICTION_PAUSES_MS: readonly number[] = [
  300, 450, 700, 1_000, 1_500, 2_300, 3_400, 5_000, 5_000,
];

/** Settings of every HTTP request to AWS. */
export const HTTP = {
  /** As the SDK's request handler takes them; times in milliseconds. */
  handler: {
    connectionTimeout: 6_000,
    requestTimeout: 20_000,
    /** For an answer that begins and does not go on. */
    socketTimeout: 20_000,
    throwOnRequestTimeout: true,
  },
  /** Connections to one host at once; the SDK's own default. */
  maxSockets: 50,
  /** Calls under way at once on each lane: those of two Regions fit into one host's connections, where they share a host. */
  callsAtOnce: 24,
  /** The first try included. Writes to IAM are throttled at a few a second, so several retries are normal. */
  maxAttempts: 8,
  /** AWS's longest answer here is a page of 1,000 policies, well below a megabyte. */
  longestAnswerBytes: 4 * 1024 * 1024,
  /** For a request with all its tries. */
  callLimitMs: 120_000,
  /** For the credentials endpoint of a container or an instance: it is on the machine itself. */
  localLimitMs: 10_000,
  /** For a read in a Region that was not named: it may be disabled or behind a firewall. */
  searchLimitMs: 10_000,
  /** A call that takes longer than this is worth a word. */
  tellAfterMs: 3_000,
} as const;

/** Limits of a run over a manifest. */
export const BATCH_RUN = {
  /** Keys whose secrets are stored at the same time in one Region; how fast, AWS decides (`src/aws/requests/rate-limiter.ts`). */
  keysAtOnce: 64,
  /** Secrets, or keys with theirs, that are read at the same time: enough for whole batches, and not all that there are. */
  readAtOnce: 400,
  /** Secrets that are read back together. */
  readBackAtOnce: 40,
  /**
   * Keys that are replaced within this time of each other were replaced by one rotation, in milliseconds. A run takes minutes at
   * most; with more, a key that was replaced for another reason the same day would go back with the others.
   */
  oneRotationMs: 60 * 60 * 1000,
} as const;

/** The tag that marks what this program made; its value is the step that made it. */
export const TOOL_TAG = 'mc-static-key';

/** The tag of a secret that says what kind of key it holds: `static-key` or `srt-password`. */
export const KEY_TYPE_TAG = 'mc-static-key:key-type';

/** The value of that tag on a policy that takes what no longer fits into the one before it, which is named like it. */
export const OVERFLOW_TAG_VALUE = 'read-policy-overflow';

/** A quota of requests: so many a second, of which several seconds' worth may go at once after a lull. */
export interface RequestQuota {
  service: string;
  operations: RegExp;
  perSecond: number;
  /** For how many seconds it gathers; one when left out. */
  gathersSeconds?: number;
}

/**
 * The quotas of requests that a run may use up, each of them for a Region, and where its pace begins. What is left out allows more
 * than `HTTP.callsAtOnce` comes to. Sources: "AWS Secrets Manager quotas" and "Quotas in AWS Elemental MediaConnect" in their
 * user guides. IAM's are not published; ten changes a second is an assumption.
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
    gathersSeconds: 6,
  },
  { service: 'iam', operations: /^(?!Get|List|Simulate)/, perSecond: 10 },
];

/** When many secrets are read at once, their values are read together. */
export const BATCH = {
  /** From so many on. */
  least: 5,
  /** So many with one request. Source: Secrets Manager API reference, `BatchGetSecretValue`. */
  most: 20,
} as const;

/** How the pace of requests follows what AWS lets through; see `RateLimiter`. */
export const RATE_LIMITER = {
  /** How many requests may go at once in the beginning, at most: those of a run with one key, which never waits. */
  firstAtOnce: 10,
  /** For how long it keeps to the documented rate: a short run has nothing to gain from looking for more. */
  steadySeconds: 2,
  /** By what factor it is faster after each second from then on, as long as AWS has never refused anything. */
  firstGrowth: 4,
  /** By what part it is faster in a second after AWS refused something; that grows with the square of the time since. */
  growth: 0.015,
  /** To which part of what AWS lets through it falls, so that the quota gathers some reserve again. */
  fall: 0.95,
  /** To which part of itself it falls at most at once: what little was sent may tell too little. */
  deepestFall: 0.25,
  /** The slowest pace, in requests a second. */
  leastRate: 1,
  /** How many requests are needed to measure a rate; after a second any number is. */
  tellingRequests: 10,
  tellingSeconds: 0.25,
} as const;
