import type { Entitlement, Output, Source } from '@aws-sdk/client-mediaconnect';
import type { ForcedKeyState } from './kms/store.ts';
import type { Partition } from './partitions.ts';
import type { Quotas } from './quotas.ts';

/** The programmatic interface of the sandbox: what a test or a command can set, and what it gets back. */

export type { ForcedKeyState, Partition };

/** Quotas of IAM that an account can have changed. */
export interface IamQuotas {
  /** 10 by default. */
  attachedPoliciesPerRole: number;
  /** In characters; 2,048 by default. */
  trustPolicySize: number;
}

export type Latency = number | (() => number);

export interface SandboxOptions {
  /** The TCP port on 127.0.0.1; 0 or absent takes a free one. */
  port?: number;
  /** The twelve-digit account that the sandbox is; `111122223333` by default. */
  account?: string;
  /**
   * Without it, the partition follows the Region a request is signed for, and each partition is an account of its own with
   * the same number. With it, there is this one partition, and a request for a Region of another is refused as AWS refuses
   * credentials of another partition.
   */
  partition?: Partition;
  /** Milliseconds added to every answer; a function is asked once for each request. */
  latencyMs?: Latency;
  /** Milliseconds until an IAM write is visible to IAM reads and to calls that refer to what it made; 0 by default. */
  iamPropagationMs?: number;
  /** Quotas of IAM that differ from its defaults, as an account has them after a request to Service Quotas. */
  iamQuotas?: Partial<IamQuotas>;
  /** The rates past which requests are refused; there is no limit by default. `AWS_DEFAULT_QUOTAS` has those of AWS. */
  quotas?: Quotas;
  /**
   * Regions that the account has not enabled. No credentials are known there, as in an opt-in Region of AWS.
   * Source: "Enable or disable AWS Regions in your account" in the account management guide.
   */
  disabledRegions?: readonly string[];
  /**
   * Whether a request with this `Host` header is served beside those for `127.0.0.1` and `localhost`; none is by default. For
   * tests whose proxy brings what was sent to AWS's own host names.
   */
  allowHost?: (host: string) => boolean;
  /** The clock for dates and recovery windows, in milliseconds since the epoch. Signatures are checked by the real clock. */
  now?: () => number;
}

export interface SandboxCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A secret that no API call can make: one that an AWS service owns, put there for a test. */
export interface OwnedSecret {
  region: string;
  name: string;
  secretString: string;
  owningService: string;
}

/**
 * A flow that is there already, put there for a test. Its parts are as the SDK shows them, and are taken as they stand: settings
 * that the API refuses today too. What is left out (names, ARNs) is made up.
 */
export interface ExistingFlow {
  region: string;
  name: string;
  /** `STANDBY` by default. A flow that is put there `ACTIVE` reads its secrets when it is first described. */
  status?: 'STANDBY' | 'ACTIVE';
  source?: Partial<Source> & RouterIntegration;
  /** Instead of `source`, where there are two. */
  sources?: readonly (Partial<Source> & RouterIntegration)[];
  outputs?: readonly (Partial<Output> & RouterIntegration)[];
  entitlements?: readonly Partial<Entitlement>[];
  /** What DescribeFlow tells under `messages.errors`, beside what the sandbox finds itself. */
  errors?: readonly string[];
}

/** Members of sources and outputs that the SDK's types do not have. */
export interface RouterIntegration {
  RouterIntegrationState?: 'ENABLED' | 'DISABLED';
  /** Of a source. */
  RouterIntegrationTransitDecryption?: object;
  /** Of an output. */
  RouterIntegrationTransitEncryption?: object;
}

/**
 * A router input or output that is there already, put there for a test. `configuration` and `transitEncryption` are as the API
 * has them, in lower camel case, and are taken as they stand.
 */
export interface ExistingRouterEnd {
  region: string;
  kind: 'routerInput' | 'routerOutput';
  name: string;
  configuration: object;
  transitEncryption?: object;
  /** The texts of its messages. */
  messages?: readonly string[];
}

export interface Sandbox {
  /** The endpoint of all services: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  readonly account: string;
  /** Environment for a child process whose AWS calls shall come here. It names no Region. */
  readonly env: Record<string, string>;
  readonly credentials: SandboxCredentials;
  /** The requests so far, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  clearRequests(): void;
  /** Adds a fault; the first one that matches a request and is not used up decides. */
  addFault(fault: Fault): void;
  clearFaults(): void;
  setLatency(latencyMs: Latency): void;
  /**
   * Puts a flow in place, and returns its ARN.
   * @throws RangeError if the account is not in that Region.
   */
  addFlow(flow: ExistingFlow): string;
  /**
   * Puts a router input or output in place, and returns its ARN.
   * @throws RangeError if the account is not in that Region.
   */
  addRouterEnd(end: ExistingRouterEnd): string;
  /** Puts a secret owned by an AWS service in place, and returns its ARN. */
  addOwnedSecret(secret: OwnedSecret): string;
  /**
   * Gives the default version of a customer managed policy another document. It is not checked: accounts have documents that IAM
   * took once and takes no longer, such as those without `Version`.
   * @throws RangeError if there is no such policy.
   */
  setPolicyDocument(policyArn: string, document: object): void;
  /**
   * Gives a KMS key a state that no request of the sandbox leads to; without one, the key is as its requests have left it.
   * @throws RangeError if there is no such key.
   */
  setKmsKeyState(arn: string, state?: ForcedKeyState): void;
  /**
   * Lets Secrets Manager invoke this Lambda function, which stores the current value again. It refuses to rotate with any other.
   * @throws RangeError if this is no function's ARN, or the account is not in its Region.
   */
  addRotationFunction(arn: string): void;
  /**
   * Gives a secret, a role or a customer managed policy the tags that CloudFormation gives to what it makes, and that no API
   * call can set.
   * @throws RangeError if there is no such resource.
   */
  putInStack(arn: string, stackName: string): void;
  /**
   * Credentials of someone who may do exactly what this identity policy allows: the session `assumed-role/Engineer/test`, whose
   * role is in no list and lasts as long as the sandbox. The sandbox's own `credentials` are an administrator's; both are bound
   * by the resource policies of secrets and the trust policies of roles.
   * @param policy a document as IAM takes it for an inline policy.
   * @throws RangeError if IAM would not take it.
   */
  credentialsFor(policy: object | string): Required<SandboxCredentials>;
  /** Ends open connections and stops listening. */
  close(): Promise<void>;
}

export interface RecordedRequest {
  service: string;
  /** The operation, such as `CreateSecret`; empty where the request names none. */
  action: string;
  region: string;
  /** The input as it came over the wire (Query parameters are strings), with every secret value replaced by `[redacted]`. */
  params: Record<string, unknown>;
  /** Milliseconds on the clock of `performance.now()`. */
  startedAt: number;
  /** As `startedAt`; equal to it until the request was answered. */
  endedAt: number;
  /** The HTTP status; 0 while there is no answer, and for a request whose connection was dropped. */
  status: number;
  errorCode?: string;
  accessKeyId: string;
  userAgent: string;
}

/**
 * What can go wrong with a request. Not carried out: `throttle`, `internal-error`, `drop-before`, `hang` (never answered),
 * `access-denied`, `expired-token`, `html` (a proxy's error page). Carried out: `drop-after`, `hang-after` (never answered),
 * `delay` (answered late), `delay-before` (carried out late, even if the client has gone by then), `stale`.
 *
 * `stale` is IAM's eventual consistency for one request, and nothing for another service: it sees what was visible `delayMs`
 * ago, be it to answer a read or to look up what a write refers to; and what it writes is visible `delayMs` later, or after
 * `iamPropagationMs` if that is longer. A later write to the same role or policy takes it along. The past goes back to when the
 * first fault of this kind was added (what is older looks as it did then), and at most two minutes.
 */
export type FaultKind =
  | 'throttle'
  | 'internal-error'
  | 'drop-before'
  | 'drop-after'
  | 'delay-before'
  | 'delay'
  | 'hang'
  | 'hang-after'
  | 'stale'
  | 'access-denied'
  | 'expired-token'
  | 'html';

export interface Fault {
  /** `CreateRole` or `iam:CreateRole`; absent matches every operation. */
  action?: string;
  region?: string;
  /** So many matching requests go through first; 0 by default. */
  skip?: number;
  /** The fault applies to so many requests after those; 1 by default, `Infinity` for ever. */
  times?: number;
  kind: FaultKind;
  /** For `delay`, `delay-before` and `stale`, in milliseconds. */
  delayMs?: number;
  /** Called when the fault strikes a request, before anything else happens to that request. */
  onStrike?: () => void;
}
