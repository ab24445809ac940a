import { randomBytes } from 'node:crypto';
import { AwsError } from '../errors.ts';
import { alphanumeric } from '../random.ts';

export interface Encryption {
  readonly algorithm?: string | undefined;
  readonly keyType?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly secretArn?: string | undefined;
  readonly region?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly url?: string | undefined;
  readonly constantInitializationVector?: string | undefined;
}

/** Encryption between flows, routers and MediaLive. Source: `FlowTransitEncryption` in the MediaConnect API reference. */
export interface TransitEncryption {
  readonly encryptionKeyType?: string | undefined;
  readonly encryptionKeyConfiguration: {
    readonly secretsManager?: SecretKey | undefined;
    readonly automatic?: object | undefined;
  };
}

/** Source: `SecretsManagerEncryptionKeyConfiguration` in the MediaConnect API reference. */
export interface SecretKey {
  readonly secretArn: string;
  readonly roleArn: string;
}

export type PartKind = 'source' | 'output' | 'entitlement';

/** What a request gave beside name and encryption, in the API's own member names; these are the ones that mean something here. */
export interface Settings {
  readonly protocol?: string | undefined;
  readonly entitlementArn?: string | undefined;
  readonly outputStatus?: string | undefined;
  readonly entitlementStatus?: string | undefined;
  readonly routerIntegrationState?: string | undefined;
  /** Of a source. */
  readonly routerIntegrationTransitDecryption?: TransitEncryption | undefined;
  /** Of an output. */
  readonly routerIntegrationTransitEncryption?: TransitEncryption | undefined;
}

/** A source, an output or an entitlement of a flow. */
export interface Part {
  readonly kind: PartKind;
  readonly arn: string;
  readonly name: string;
  /** Of a source, how it is decrypted. */
  encryption: Encryption | undefined;
  settings: Settings;
}

export type FlowStatus = 'STANDBY' | 'ACTIVE';

export interface Flow {
  readonly arn: string;
  readonly name: string;
  readonly availabilityZone: string;
  readonly failover?: { readonly state?: string | undefined } | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Further settings, in the API's own member names, as they are shown. */
  readonly settings?: object;
  status: FlowStatus;
  /** Sources, outputs and entitlements, each kind in the order in which they were added. */
  parts: Part[];
  /** What keeps it from its keys while it runs. */
  errors?: readonly string[];
  /** Errors that it was put there with, which stay. */
  readonly fixedErrors?: readonly string[] | undefined;
}

export type RouterKind = 'routerInput' | 'routerOutput';

/** A router input or a router output. */
export interface RouterEnd {
  readonly kind: RouterKind;
  readonly arn: string;
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  /** What the request gave, in the API's own member names. */
  readonly settings: { readonly configuration: RouterConfiguration } & Readonly<Record<string, unknown>>;
  readonly messages: readonly { readonly code: string; readonly message: string }[];
}

/** A configuration of either kind, as far as the sandbox reads it: one of the members is there. */
export interface RouterConfiguration {
  readonly standard?: { readonly protocol?: string | undefined } | undefined;
  readonly failover?: object | undefined;
  readonly merge?: object | undefined;
  readonly mediaConnectFlow?:
    | { readonly flowOutputArn?: string | undefined; readonly flowSourceArn?: string | undefined }
    | undefined;
  readonly mediaLiveChannel?: object | undefined;
  readonly mediaLiveInput?: object | undefined;
}

/** The flows of one Region, and its router inputs and outputs. */
export class FlowStore {
  readonly #arnPrefix: string;
  readonly #byArn = new Map<string, Flow>();
  readonly #routerEnds = new Map<string, RouterEnd>();

  /** @param arnPrefix `arn:PARTITION:mediaconnect:REGION:ACCOUNT:` */
  constructor(arnPrefix: string) {
    this.#arnPrefix = arnPrefix;
  }

  /** In the order in which they were made. */
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

  /** In the order in which they were made. */
  routerEnds(kind: RouterKind): RouterEnd[] {
    return [...this.#routerEnds.values()].filter((end) => end.kind === kind);
  }

  addRouterEnd(kind: RouterKind, rest: Omit<RouterEnd, 'kind' | 'arn' | 'id'>): RouterEnd {
    const id = alphanumeric(12).toLowerCase();
    const end = { kind, arn: `${this.#arnPrefix}${kind}:${id}`, id, ...rest };
    this.#routerEnds.set(end.arn, end);
    return end;
  }

  removeRouterEnd(end: RouterEnd): void {
    this.#routerEnds.delete(end.arn);
  }

  /** The router input that takes from this output of a flow, or the router output that feeds this source, if any. */
  connectedTo({ kind, arn }: Pick<Part, 'kind' | 'arn'>): RouterEnd | undefined {
    return [...this.#routerEnds.values()].find(({ settings: { configuration } }) => {
      const { flowOutputArn, flowSourceArn } = configuration.mediaConnectFlow ?? {};
      return kind === 'output' ? flowOutputArn === arn : flowSourceArn === arn;
    });
  }

  /** A new ARN in the form of the service's own. */
  newArn(kind: 'flow' | PartKind, name: string): string {
    return `${this.#arnPrefix}${kind}:1-${alphanumeric(16)}-${randomBytes(6).toString('hex')}:${name}`;
  }
}

/** The parts of a flow that are of one kind. */
export function partsOf(flow: Flow, kind: PartKind): Part[] {
  return flow.parts.filter((part) => part.kind === kind);
}

/**
 * The errors of MediaConnect. Their codes are from the API model; AWS publishes no text for them, so that the words are the
 * sandbox's own, except where noted.
 */
export const badRequest = (message: string): AwsError => new AwsError('BadRequestException', message);

export const notFound = (kind: string, arn: string): AwsError =>
  new AwsError('NotFoundException', `The ${kind} ${arn} was not found.`, 404);

/** Past a quota each operation has an exception of its own, such as `CreateFlow420Exception`, with a status to match. */
export const quotaExceeded = (action: string, message: string): AwsError =>
  new AwsError(`${action}420Exception`, message, 420);

/**
 * A caller that may not pass the role, in the service's own word.
 * Source: issue 4627 of aws/aws-sdk-js.
 */
export const forbidden = (): AwsError => new AwsError('AccessDeniedException', 'Forbidden', 403);
