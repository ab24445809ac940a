/** A story as data: an account, commands that run one after the other or concurrently, and faults. Nothing is random. */
export interface Story {
  readonly account: readonly Thing[];
  /** Played one after the other. */
  readonly acts: readonly Act[];
  /** Decides which of several possible events happens next; 0 is the oldest. See `Schedule`. */
  readonly choices: readonly number[];
  /** True if commands that succeeded are repeated. */
  readonly again: boolean;
  /** True if everything that was set up is torn down in the end. */
  readonly tearsDown: boolean;
  /** Determines what the program and AWS generate: pauses, IDs. */
  readonly seed: number;
}

/** A resource that exists before the first command. */
export type Thing = PolicyThing | RoleThing | SecretThing | QuotaThing;

export interface PolicyThing {
  readonly thing: 'policy';
  readonly name: string;
  readonly path?: '/team/';
  readonly document: DocumentKind;
  /** The secrets that the document names, if it names secrets. */
  readonly secrets: readonly string[];
  /** The number of versions. */
  readonly versions: number;
  readonly own: boolean;
  readonly stack?: true;
}

/**
 * `read`: the form of this program. `wide`: the same for everything. `full`: the same, nearly full. `odd`: a form that the
 * program does not write. `deny`: `read` with a Deny.
 */
export type DocumentKind = 'read' | 'wide' | 'full' | 'odd' | 'deny';

export interface RoleThing {
  readonly thing: 'role';
  readonly name: string;
  readonly trust: TrustKind;
  /** Names of policies; those that do not exist are ignored. */
  readonly attached: readonly string[];
  /** The number of further policies. */
  readonly crowd?: number;
  readonly inline?: InlineKind;
  readonly boundary?: InlineKind;
  readonly own: boolean;
  readonly stack?: true;
}

export type TrustKind = 'own-form' | 'guide' | 'lambda' | 'other-account' | 'both-accounts' | 'other-arn';

/** `perimeter` denies other organizations, with context keys that only a request has; `deny` denies reading secrets. */
export type InlineKind = 'allow-all' | 'read-all' | 'perimeter' | 'tagged' | 'deny' | 'other';

export interface SecretThing {
  readonly thing: 'secret';
  readonly name: string;
  readonly region: RegionName;
  /** The key that it holds; `wrong` is a value that is not a key. */
  readonly value: KeyName | 'wrong';
  readonly kms?: KmsKind;
  readonly policy?: InlineKind;
  readonly deleted?: true;
  readonly own: boolean;
  readonly stack?: true;
}

export type KmsKind = 'own' | 'own-alias' | 'foreign' | 'foreign-alias';

export interface QuotaThing {
  readonly thing: 'quota';
  /** The quota of managed policies per role: AWS can raise the default of ten, but never lowers it. */
  readonly attached: number;
}

export type RegionName = 'us-west-2' | 'eu-west-1';
export type KeyName = 'k1' | 'k2' | 'k3';

/** A part of a story. The commands of one act run concurrently. */
export interface Act {
  /** The time since the previous act, in seconds. */
  readonly pause: number;
  readonly commands: readonly PlayedCommand[];
  /** What others do before the commands. */
  readonly others: readonly OtherAct[];
}

export interface PlayedCommand {
  readonly command: Command;
  readonly faults: readonly Fault[];
}

export interface SetupCommand {
  readonly kind: 'setup';
  readonly secret: string;
  readonly regions: readonly RegionName[];
  /** The key source; `arn`: the secrets exist and are given by their ARNs. */
  readonly key: KeyName | 'generate' | 'arn';
  readonly policy: string;
  readonly scope: 'secrets' | 'prefix' | 'region' | 'account';
  readonly role: string;
  readonly existingKey?: 'keep' | 'replace';
  readonly restore?: true;
  readonly updateTrust?: true;
  readonly kms?: KmsKind;
  readonly sourceArns?: number;
}

export interface ManifestCommand {
  readonly kind: 'manifest';
  readonly keys: readonly Omit<SetupCommand, 'kind' | 'sourceArns'>[];
}

export interface RotateCommand {
  readonly kind: 'rotate';
  readonly secret: string;
  readonly regions: readonly RegionName[];
  readonly key: KeyName | 'generate' | 'rollback';
  readonly role: string;
}

export interface TeardownCommand {
  readonly kind: 'teardown';
  readonly secret: string;
  readonly regions: readonly RegionName[];
  readonly policy: string;
  readonly role: string;
  readonly includeUntagged?: true;
}

/** `export manifest`, and `setup` with the exported manifest. */
export interface ExportCommand {
  readonly kind: 'export';
}

export type Command = SetupCommand | ManifestCommand | RotateCommand | TeardownCommand | ExportCommand;

/** A fault of a command. Requests are counted from 0: all requests, writes, or requests to IAM. */
export type Fault =
  | { readonly kind: 'stale'; readonly from: number; readonly count: number; readonly seconds: number }
  | {
      readonly kind: 'lost-before' | 'lost-after' | 'throttle' | 'internal-error';
      readonly on: 'any' | 'write';
      readonly at: number;
      readonly times: number;
    }
  | {
      readonly kind: 'kill-before' | 'kill-after' | 'interrupt';
      readonly on: 'any' | 'write';
      readonly at: number;
    };

/** A change that others make by hand. */
export type OtherAct =
  | { readonly other: 'attach-own'; readonly role: string }
  | { readonly other: 'detach-own'; readonly role: string }
  | { readonly other: 'add-entry'; readonly policy: string; readonly secret: string }
  | { readonly other: 'move-labels'; readonly secret: string };
