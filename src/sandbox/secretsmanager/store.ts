import { alphanumeric } from '../random.ts';
import type { Tag } from '../shapes.ts';

/** What a version holds. `SecretBinary` is in base64, as on the wire. */
export interface SecretContent {
  readonly SecretString?: string;
  readonly SecretBinary?: string;
}

export interface SecretVersion {
  readonly id: string;
  readonly content: SecretContent;
  stages: string[];
  readonly createdAt: number;
  /** The key that it is encrypted with, where that is not the one of the secret; empty for the AWS managed key. */
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
  AutomaticallyAfterDays?: number | undefined;
  Duration?: string | undefined;
  ScheduleExpression?: string | undefined;
}

/** All times are milliseconds since the epoch. */
export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  changedAt: number;
  accessedAt?: number;
  /** When the recovery window ends. */
  deletedAt?: number;
  description?: string;
  kmsKeyId?: string;
  type?: string;
  owningService?: string;
  policy?: string;
  /** Undefined for a secret that has never had any. */
  tags?: Tag[] | undefined;
  versions: Map<string, SecretVersion>;
  rotation?: {
    enabled: boolean;
    lambdaArn?: string;
    rules: RotationRules;
    enabledAt: number;
    /** When it was rotated last. */
    rotatedAt?: number;
  };
  /** The Region of the primary secret: set on a primary secret that has replicas, and on each replica. */
  primaryRegion?: string;
  replicas: Replica[];
}

/** The secrets of one Region. One is found by its name or ARN in the same time, however many there are. */
export class SecretStore {
  readonly #arnPrefix: string;
  readonly #byName = new Map<string, Secret>();
  readonly #byArn = new Map<string, Secret>();

  /** @param arnPrefix `arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:` */
  constructor(arnPrefix: string) {
    this.#arnPrefix = arnPrefix;
  }

  /** The secrets that exist now; one whose recovery window has ended is gone. */
  all(now: number): Secret[] {
    return [...this.#byName.values()].filter((secret) => this.#unlessGone(secret, now));
  }

  byName(name: string, now: number): Secret | undefined {
    return this.#unlessGone(this.#byName.get(name), now);
  }

  /**
   * Finds the secret that a `SecretId` means: a name, a full ARN, or an ARN without its random suffix. An ARN that ends in a
   * hyphen and six characters always counts as a full one, which is the trap for names that end so themselves.
   * Source: the `SecretId` parameter in the Secrets Manager API reference.
   */
  find(secretId: string, now: number): Secret | undefined {
    if (!secretId.startsWith('arn:')) {
      return this.byName(secretId, now);
    }
    if (/-[A-Za-z0-9]{6}$/.test(secretId)) {
      return this.#unlessGone(this.#byArn.get(secretId), now);
    }
    return secretId.startsWith(this.#arnPrefix)
      ? this.byName(secretId.slice(this.#arnPrefix.length), now)
      : undefined;
  }

  /** A new, empty secret. The name must be free. */
  add(name: string, now: number): Secret {
    return this.#put({
      name,
      arn: `${this.#arnPrefix}${name}-${alphanumeric(6)}`,
      createdAt: now,
      changedAt: now,
      versions: new Map(),
      replicas: [],
    });
  }

  /** Puts a replica in place: the same name, suffix and versions, with this Region in its ARN. It takes the place of any secret of that name. */
  addReplica(primary: Secret, primaryRegion: string, kmsKeyId: string | undefined): Secret {
    const suffix = primary.arn.slice(-7);
    const replica: Secret = {
      ...primary,
      arn: `${this.#arnPrefix}${primary.name}${suffix}`,
      primaryRegion,
      replicas: [],
    };
    delete replica.kmsKeyId;
    if (kmsKeyId !== undefined) {
      replica.kmsKeyId = kmsKeyId;
    }
    return this.#put(replica);
  }

  remove({ name, arn }: Secret): void {
    this.#byName.delete(name);
    this.#byArn.delete(arn);
  }

  #put(secret: Secret): Secret {
    const present = this.#byName.get(secret.name);
    if (present) {
      this.remove(present);
    }
    this.#byName.set(secret.name, secret);
    this.#byArn.set(secret.arn, secret);
    return secret;
  }

  #unlessGone(secret: Secret | undefined, now: number): Secret | undefined {
    if (secret?.deletedAt === undefined || secret.deletedAt > now) {
      return secret;
    }
    this.remove(secret);
    return undefined;
  }
}
