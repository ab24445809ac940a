import type { Entitlement, Output, Source } from '@aws-sdk/client-mediaconnect';
import type { ForcedKeyState } from './kms/store.ts';
import type { Partition } from './partitions.ts';
import type { Quotas } from './request-rates.ts';

/** The sandbox's programmatic interface: what a test or a command can set, and what it gets back. */

export type { ForcedKeyState, Partition };

/** IAM quotas that can be changed for an account. */
export interface IamQuotas {
  /** 10 by default. */
  attachedPoliciesPerRole: number;
  /** In characters; 2,048 by default. */
  trustPolicySize: number;
}

export type Latency = number | (() => number);

export interface SandboxOptions {
  /** The TCP port on 127.0.0.1; if 0 or absent, a free port is used. */
  port?: number;
  /** The sandbox's account ID, twelve digits; `111122223333` by default. */
  account?: string;
  /**
   * The sandbox's only partition. A request for a Region of another partition is rejected in the way AWS rejects credentials of
   * another partition. By default, the partition follows the Region that a request is signed for, and each partition is a
   * separate account with the same number.
   */
  partition?: Partition;
  /** Milliseconds added to every response; a function is called once per request. */
  latencyMs?: Latency;
  /** Milliseconds until an IAM write is visible to IAM reads, and to calls that refer to what it created; 0 by default. */
  iamPropagationMs?: number;
  /** IAM quotas that differ from the defaults, as after a request to Service Quotas. */
  iamQuotas?: Partial<IamQuotas>;
  /** The rates above which requests are throttled; unlimited by default. `AWS_DEFAULT_QUOTAS` has those of AWS. */
  quotas?: Quotas;
  /**
   * Regions that the account has not enabled. Its credentials are unknown there, as in an opt-in Region of AWS.
   * Source: "Enable or disable AWS Regions in your account" in the account management guide.
   */
  disabledRegions?: readonly string[];
  /**
   * Returns true if a request with this `Host` header is served, in addition to those for `127.0.0.1` and `localhost`. By
   * default, no others are. For tests with a proxy that forwards requests for AWS's own host names to the sandbox.
   */
  allowHost?: (host: string) => boolean;
  /** The clock for dates and recovery windows, in milliseconds since the epoch. Signatures are checked against the real clock. */
  now?: () => number;
}

export interface SandboxCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A secret that an AWS service owns. No API call can create one, so a test adds it directly. */
export interface ServiceOwnedSecret {
  region: string;
  name: string;
  secretString: string;
  owningService: string;
}

/**
 * A flow that a test adds directly. Its parts have the form that the SDK returns, and are accepted unchanged, including settings
 * that the API rejects today. Missing names and ARNs are generated.
 */
export interface ExistingFlow {
  region: string;
  name: string;
  /** `STANDBY` by default. A flow that is added as `ACTIVE` reads its secrets when it is first described. */
  status?: 'STANDBY' | 'ACTIVE';
  source?: Partial<Source> & RouterIntegration;
  /** Instead of `source`, if there are two. */
  sources?: readonly (Partial<Source> & RouterIntegration)[];
  outputs?: readonly (Partial<Output> & RouterIntegration)[];
  entitlements?: readonly Partial<Entitlement>[];
  /** Errors that DescribeFlow returns under `messages.errors`, in addition to those that the sandbox detects. */
  errors?: readonly string[];
}

/** Members of sources and outputs that the SDK's types do not have. */
export interface RouterIntegration {
  RouterIntegrationState?: 'ENABLED' | 'DISABLED';
  /** Sources only. */
  RouterIntegrationTransitDecryption?: object;
  /** Outputs only. */
  RouterIntegrationTransitEncryption?: object;
}

/**
 * A router input or output that a test adds directly. `configuration` and `transitEncryption` have the form of the API, in lower
 * camel case, and are accepted unchanged.
 */
export interface ExistingRouterEndpoint {
  region: string;
  kind: 'routerInput' | 'routerOutput';
  name: string;
  configuration: object;
  transitEncryption?: object;
  messages?: readonly string[];
}

export interface Sandbox {
  /** The endpoint of all services: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  readonly account: string;
  /** Environment variables for a child process that sends its AWS requests to the sandbox. They do not set a Region. */
  readonly env: Record<string, string>;
  readonly credentials: SandboxCredentials;
  /** The requests so far, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  clearRequests(): void;
  /** Adds a fault. If several match a request, the first that is not used up applies. */
  addFault(fault: Fault): void;
  clearFaults(): void;
  setLatency(latencyMs: Latency): void;
  /**
   * Adds a flow, and returns its ARN.
   * @throws RangeError if the Region is not available to the account.
   */
  addFlow(flow: ExistingFlow): string;
  /**
   * Adds a router input or output, and returns its ARN.
   * @throws RangeError if the Region is not available to the account.
   */
  addRouterEndpoint(endpoint: ExistingRouterEndpoint): string;
  /** Adds a secret that is owned by an AWS service, and returns its ARN. */
  addServiceOwnedSecret(secret: ServiceOwnedSecret): string;
  /**
   * Replaces the document of a customer managed policy's default version, without validation. Accounts contain documents that IAM
   * accepted once but no longer accepts, such as those without `Version`.
   * @throws RangeError if there is no such policy.
   */
  setPolicyDocument(policyArn: string, document: object): void;
  /**
   * Puts a KMS key into a state that no request to the sandbox can produce. Without `state`, the key returns to the state that
   * results from its requests.
   * @throws RangeError if there is no such key.
   */
  setKmsKeyState(arn: string, state?: ForcedKeyState): void;
  /**
   * Allows Secrets Manager to invoke this Lambda function, which stores the current value again. Rotation with any other function
   * is refused.
   * @throws RangeError if the ARN is not that of a Lambda function, or if its Region is not available to the account.
   */
  addRotationFunction(arn: string): void;
  /**
   * Adds to a secret, a role or a customer managed policy the tags that CloudFormation sets on its resources. No API call can set
   * them.
   * @throws RangeError if there is no such resource.
   */
  addCloudFormationTags(arn: string, stackName: string): void;
  /**
   * Returns credentials that allow exactly what this identity-based policy allows. They belong to the session
   * `assumed-role/Engineer/test`, whose role no operation lists, and are valid as long as the sandbox runs. The sandbox's own
   * `credentials` are those of an administrator. Both are also subject to the resource policies of secrets and the trust policies
   * of roles.
   * @param policy a document that IAM accepts as an inline policy.
   * @throws RangeError if IAM would reject it.
   */
  credentialsFor(policy: object | string): Required<SandboxCredentials>;
  /** Closes open connections and stops listening. */
  close(): Promise<void>;
}

export interface RecordedRequest {
  service: string;
  /** The operation, such as `CreateSecret`; empty if the request does not name one. */
  action: string;
  region: string;
  /** The input as it came over the wire (Query parameters are strings), with every secret value replaced by `[redacted]`. */
  params: Record<string, unknown>;
  /** Milliseconds on the clock of `performance.now()`. */
  startedAt: number;
  /** On the same clock; equal to `startedAt` until the response is sent. */
  endedAt: number;
  /** The HTTP status; 0 until the response is sent, and for a request whose connection was dropped. */
  status: number;
  errorCode?: string;
  accessKeyId: string;
  userAgent: string;
}

/**
 * What can go wrong with a request. These faults prevent its execution: `throttle`, `internal-error`, `drop-before`, `hang` (no
 * response), `access-denied`, `expired-token`, `html` (a proxy's error page). With these, the request is executed: `drop-after`,
 * `hang-after` (no response), `delay` (late response), `delay-before` (executed late, even if the client has disconnected by
 * then), `stale`.
 *
 * `stale` simulates IAM's eventual consistency for one request, and has no effect on other services. The request sees the state
 * that was visible `delayMs` ago, both to answer a read and to look up what a write refers to. What it writes becomes visible
 * after `delayMs`, or after `iamPropagationMs` if that is longer. A later write to the same role or policy includes that change.
 * IAM's history begins when the first `stale` fault is added (a request that would see an earlier state sees the state at that
 * moment), and goes back at most two minutes.
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
  /** How many matching requests to let through first; 0 by default. */
  skip?: number;
  /** How many of the matching requests that follow get the fault; 1 by default, `Infinity` for no limit. */
  times?: number;
  kind: FaultKind;
  /** For `delay`, `delay-before` and `stale`, in milliseconds. */
  delayMs?: number;
  /** Called when the fault applies to a request, before anything else happens to it. */
  onStrike?: () => void;
}
