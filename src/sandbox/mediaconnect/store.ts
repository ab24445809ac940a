import { randomBytes } from 'node:crypto';
import { AwsError } from '../errors.ts';
import { randomAlphanumeric } from '../random.ts';

export interface Encryption {
  readonly algorithm?: string;
  readonly keyType?: string;
  readonly roleArn?: string;
  readonly secretArn?: string;
  readonly region?: string;
  readonly resourceId?: string;
  readonly deviceId?: string;
  readonly url?: string;
  readonly constantInitializationVector?: string;
}

/** Encryption between flows, routers and MediaLive. Source: `FlowTransitEncryption` in the MediaConnect API reference. */
export interface TransitEncryption {
  readonly encryptionKeyType?: string;
  readonly encryptionKeyConfiguration: {
    readonly secretsManager?: SecretsManagerKey;
    readonly automatic?: object;
  };
}

/** Source: `SecretsManagerEncryptionKeyConfiguration` in the MediaConnect API reference. */
export interface SecretsManagerKey {
  readonly secretArn: string;
  readonly roleArn: string;
}

export type PartKind = 'source' | 'output' | 'entitlement';

/** The members of a request other than name and encryption. Only those that the sandbox uses are listed. */
export interface PartSettings {
  readonly protocol?: string;
  readonly entitlementArn?: string;
  readonly outputStatus?: string;
  readonly entitlementStatus?: string;
  readonly routerIntegrationState?: string;
  /** Sources only. */
  readonly routerIntegrationTransitDecryption?: TransitEncryption;
  /** Outputs only. */
  readonly routerIntegrationTransitEncryption?: TransitEncryption;
}

/** A source, an output or an entitlement of a flow. */
export interface Part {
  readonly kind: PartKind;
  readonly arn: string;
  readonly name: string;
  /** For a source, `decryption` of the API. */
  encryption: Encryption | undefined;
  settings: PartSettings;
}

export type FlowStatus = 'STANDBY' | 'ACTIVE';

export interface Flow {
  readonly arn: string;
  readonly name: string;
  readonly availabilityZone: string;
  readonly failover?: { readonly state?: string };
  readonly tags?: Readonly<Record<string, string>>;
  /** The members of the request that the sandbox only stores, as the API returns them. */
  readonly settings?: object;
  status: FlowStatus;
  /** Sources, outputs and entitlements, each kind in the order of addition. */
  parts: Part[];
  /** Why the running flow cannot read its keys. */
  errors?: readonly string[];
  /** The errors that a test gave the flow when it added it. They are permanent. */
  readonly permanentErrors?: readonly string[];
}

export type RouterKind = 'routerInput' | 'routerOutput';

/** A router input or a router output. */
export interface RouterEndpoint {
  readonly kind: RouterKind;
  readonly arn: string;
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  /** The members of the request, with the API's own names. */
  readonly settings: { readonly configuration: RouterConfiguration } & Readonly<Record<string, unknown>>;
  readonly messages: readonly { readonly code: string; readonly message: string }[];
}

/** The configuration of a router input or output, as far as the sandbox reads it: exactly one member is set. */
export interface RouterConfiguration {
  readonly standard?: { readonly protocol?: string };
  readonly failover?: object;
  readonly merge?: object;
  readonly mediaConnectFlow?: { readonly flowOutputArn?: string; readonly flowSourceArn?: string };
  readonly mediaLiveChannel?: object;
  readonly mediaLiveInput?: object;
}

/** The flows, router inputs and router outputs of one Region. */
export class FlowStore {
  readonly #arnPrefix: string;
  readonly #byArn = new Map<string, Flow>();
  readonly #routerEndpoints = new Map<string, RouterEndpoint>();

  /** @param arnPrefix `arn:PARTITION:mediaconnect:REGION:ACCOUNT:` */
  constructor(arnPrefix: string) {
    this.#arnPrefix = arnPrefix;
  }

  /** Returns the flows, oldest first. */
  all(): Flow[] {
    return [...this.#byArn.values()];
  }

  find(arn: string): Flow | undefined {
    return this.#byArn.get(arn);
  }

  add(flow: Flow): void {
    this.#byArn.set(flow.arn, flow);
  }

  remove(flow: Flow): void {
    this.#byArn.delete(flow.arn);
  }

  /** Returns the router inputs or outputs, oldest first. */
  routerEndpoints(kind: RouterKind): RouterEndpoint[] {
    return [...this.#routerEndpoints.values()].filter((endpoint) => endpoint.kind === kind);
  }

  addRouterEndpoint(
    kind: RouterKind,
    properties: Omit<RouterEndpoint, 'kind' | 'arn' | 'id'>,
  ): RouterEndpoint {
    const id = randomAlphanumeric(12).toLowerCase();
    const endpoint = { kind, arn: `${this.#arnPrefix}${kind}:${id}`, id, ...properties };
    this.#routerEndpoints.set(endpoint.arn, endpoint);
    return endpoint;
  }

  removeRouterEndpoint(endpoint: RouterEndpoint): void {
    this.#routerEndpoints.delete(endpoint.arn);
  }

  /** Returns the router input that receives from a flow output, or the router output that sends to a flow source, if any. */
  connectedEndpoint({ kind, arn }: Pick<Part, 'kind' | 'arn'>): RouterEndpoint | undefined {
    return [...this.#routerEndpoints.values()].find(({ settings: { configuration } }) => {
      const { flowOutputArn, flowSourceArn } = configuration.mediaConnectFlow ?? {};
      return kind === 'output' ? flowOutputArn === arn : flowSourceArn === arn;
    });
  }

  /** Returns a new ARN in the service's format. */
  newArn(kind: 'flow' | PartKind, name: string): string {
    return `${this.#arnPrefix}${kind}:1-${randomAlphanumeric(16)}-${randomBytes(6).toString('hex')}:${name}`;
  }
}

export function partsOf(flow: Flow, kind: PartKind): Part[] {
  return flow.parts.filter((part) => part.kind === kind);
}

/**
 * The errors of MediaConnect. Their codes are from the API model. AWS publishes no messages for them, so the wording is the
 * sandbox's own, except where noted.
 */
export const badRequest = (message: string): AwsError => new AwsError('BadRequestException', message);

export const notFound = (kind: string, arn: string): AwsError =>
  new AwsError('NotFoundException', `The ${kind} ${arn} was not found.`, 404);

/** Each operation has its own exception for an exceeded quota, such as `CreateFlow420Exception`, with a matching status. */
export const quotaExceeded = (action: string, message: string): AwsError =>
  new AwsError(`${action}420Exception`, message, 420);

/**
 * Returns the error for a caller that may not pass the role, with the service's own message.
 * Source: issue 4627 of aws/aws-sdk-js.
 */
export const passRoleDenied = (): AwsError => new AwsError('AccessDeniedException', 'Forbidden', 403);
