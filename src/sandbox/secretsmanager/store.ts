import { randomAlphanumeric } from '../random.ts';
import type { Tag } from '../shapes.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;

/** The value of a version or of a request: text, or base64 as on the wire. */
export interface SecretContent {
  readonly SecretString?: string;
  readonly SecretBinary?: string;
}

export interface SecretVersion {
  readonly id: string;
  readonly content: SecretContent;
  stages: string[];
  readonly createdAt: number;
  /** The KMS key that the version is encrypted with, if it is not the secret's key; empty for the AWS managed key. */
  earlierKeyId?: string;
  lastAccessedAt?: number;
}

export interface Replica {
  readonly region: string;
  readonly kmsKeyId?: string;
  status: 'InSync' | 'Failed';
  statusMessage: string;
}

export interface RotationRules {
  AutomaticallyAfterDays?: number;
  Duration?: string;
  ScheduleExpression?: string;
}

/** All times are milliseconds since the epoch. */
export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  changedAt: number;
  accessedAt?: number;
  /** When the recovery window of a deleted secret ends. */
  deletedAt?: number;
  description?: string;
  kmsKeyId?: string;
  type?: string;
  owningService?: string;
  policy?: string;
  /** Undefined for a secret that has never had any. */
  tags?: Tag[];
  versions: Map<string, SecretVersion>;
  rotation?: {
    enabled: boolean;
    lambdaArn?: string;
    rules: RotationRules;
    enabledAt: number;
    /** When the secret was last rotated. */
    rotatedAt?: number;
  };
  /** The Region of the primary secret: set on a primary secret that has replicas, and on each replica. */
  primaryRegion?: string;
  replicas: Replica[];
}

/** The secrets of one Region. Finding one by name or ARN takes the same time, however many there are. */
export class SecretStore {
  readonly #arnPrefix: string;
  readonly #byName = new Map<string, Secret>();
  readonly #byArn = new Map<string, Secret>();

  /** @param arnPrefix `arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:` */
  constructor(arnPrefix: string) {
    this.#arnPrefix = arnPrefix;
  }

  /** Returns the secrets that exist now. A secret whose recovery window has ended no longer exists. */
  all(now: number): Secret[] {
    return [...this.#byName.values()].filter((secret) => this.#ifStillExists(secret, now));
  }

  byName(name: string, now: number): Secret | undefined {
    return this.#ifStillExists(this.#byName.get(name), now);
  }

  /**
   * Finds the secret that a `SecretId` refers to: a name, a full ARN, or an ARN without its random suffix. An ARN that ends in a
   * hyphen and six characters always counts as a full one, so a secret whose name ends like that is not found by a partial ARN.
   * Source: the `SecretId` parameter in the Secrets Manager API reference.
   */
  find(secretId: string, now: number): Secret | undefined {
    if (!secretId.startsWith('arn:')) return this.byName(secretId, now);
    if (/-[A-Za-z0-9]{6}$/.test(secretId)) return this.#ifStillExists(this.#byArn.get(secretId), now);
    return secretId.startsWith(this.#arnPrefix)
      ? this.byName(secretId.slice(this.#arnPrefix.length), now)
      : undefined;
  }

  /** Adds an empty secret. The name must be free. */
  add(name: string, now: number): Secret {
    return this.#put({
      name,
      arn: `${this.#arnPrefix}${name}-${randomAlphanumeric(6)}`,
      createdAt: now,
      changedAt: now,
      versions: new Map(),
      replicas: [],
    });
  }

  /**
   * Adds a replica of a primary secret. It has the name and the ARN suffix of the primary secret, and shares its versions. It
   * replaces any secret with that name.
   */
  addReplica(primary: Secret, primaryRegion: string, kmsKeyId: string | undefined): Secret {
    const suffix = primary.arn.slice(-7);
    const arn = `${this.#arnPrefix}${primary.name}${suffix}`;
    return this.#put({ ...primary, arn, kmsKeyId, primaryRegion, replicas: [] });
  }

  remove({ name, arn }: Secret): void {
    this.#byName.delete(name);
    this.#byArn.delete(arn);
  }

  #put(secret: Secret): Secret {
    const replaced = this.#byName.get(secret.name);
    if (replaced) this.remove(replaced);
    this.#byName.set(secret.name, secret);
    this.#byArn.set(secret.arn, secret);
    return secret;
  }

  #ifStillExists(secret: Secret | undefined, now: number): Secret | undefined {
    if (secret?.deletedAt === undefined || secret.deletedAt > now) return secret;
    this.remove(secret);
    return undefined;
  }
}
