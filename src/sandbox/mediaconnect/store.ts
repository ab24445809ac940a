import { randomBytes } from 'node:crypto';
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

export type PartKind = 'source' | 'output' | 'entitlement';

/** What a request gave beside name and encryption, in the API's own member names; these are the ones that mean something here. */
export interface Settings {
  readonly protocol?: string | undefined;
  readonly entitlementArn?: string | undefined;
  readonly outputStatus?: string | undefined;
  readonly entitlementStatus?: string | undefined;
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
}

/** The flows of one Region. */
export class FlowStore {
  readonly #arnPrefix: string;
  readonly #byArn = new Map<string, Flow>();

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

  /** A new ARN in the form of the service's own. */
  newArn(kind: 'flow' | PartKind, name: string): string {
    return `${this.#arnPrefix}${kind}:1-${alphanumeric(16)}-${randomBytes(6).toString('hex')}:${name}`;
  }
}

/** The parts of a flow that are of one kind. */
export function partsOf(flow: Flow, kind: PartKind): Part[] {
  return flow.parts.filter((part) => part.kind === kind);
}
