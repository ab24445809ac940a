/** A story as data: an account, commands one after the other or at once, and what goes wrong. Nothing in it is random. */
export interface Story {
  readonly account: readonly Thing[];
  /** Carried out one after the other. */
  readonly acts: readonly Act[];
  /** Which of several things that could happen next does; 0 is what came first. See `Schedule`. */
  readonly choices: readonly number[];
  /** Whether commands that ended well are carried out once more. */
  readonly again: boolean;
  /** Whether all that was set up is taken down in the end. */
  readonly tearsDown: boolean;
  /** Decides what the program and AWS make up: pauses, IDs. */
  readonly seed: number;
}

/** What there is before the first command. */
export type Thing = PolicyThing | RoleThing | SecretThing | QuotaThing;

export interface PolicyThing {
  readonly thing: 'policy';
  readonly name: string;
  readonly path?: '/team/';
  readonly document: DocumentKind;
  /** The secrets that the document names, where it is one that names secrets. */
  readonly secrets: readonly string[];
  /** How many versions there are. */
  readonly versions: number;
  readonly own: boolean;
  readonly stack?: true;
}

/**
 * `read`: the program's own form. `wide`: the same for everything. `full`: the same, nearly full. `odd`: a form that the program
 * does not write. `deny`: the same with a Deny beside.
 */
export type DocumentKind = 'read' | 'wide' | 'full' | 'odd' | 'deny';

export interface RoleThing {
  readonly thing: 'role';
  readonly name: string;
  readonly trust: TrustKind;
  /** Names of policies, as far as there are such. */
  readonly attached: readonly string[];
  /** How many further policies it has. */
  readonly crowd?: number;
  readonly inline?: InlineKind;
  readonly boundary?: InlineKind;
  readonly own: boolean;
  readonly stack?: true;
}

export type TrustKind = 'own-form' | 'guide' | 'lambda' | 'other-account' | 'both-accounts' | 'other-arn';

/** `perimeter` denies what is not the organization's, by keys that only a request has; `deny` denies reading secrets. */
export type InlineKind = 'allow-all' | 'read-all' | 'perimeter' | 'tagged' | 'deny' | 'other';

export interface SecretThing {
  readonly thing: 'secret';
  readonly name: string;
  readonly region: RegionName;
  /** Which of the story's keys it holds; `wrong` is something that is no key. */
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
  /** How many managed policies a role may have: AWS raises the ten, and never lowers them. */
  readonly attached: number;
}

export type RegionName = 'us-west-2' | 'eu-west-1';
export type KeyName = 'k1' | 'k2' | 'k3';

/** Something that happens; several commands of one act run at the same time. */
export interface Act {
  /** How long after the act before, in seconds. */
  readonly pause: number;
  readonly commands: readonly PlayedCommand[];
  /** What others do before. */
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
  /** Where the key comes from; `arn`: the secrets exist and are given by their ARNs. */
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

/** `export manifest`, and `setup` with what was exported. */
export interface ExportCommand {
  readonly kind: 'export';
}

export type Command = SetupCommand | ManifestCommand | RotateCommand | TeardownCommand | ExportCommand;

/** Something that goes wrong with a command. Requests are counted from 0: all, those that change something, or those of IAM. */
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

/** What somebody else does to what is the program's, or beside it. */
export type OtherAct =
  | { readonly other: 'attach-own'; readonly role: string }
  | { readonly other: 'detach-own'; readonly role: string }
  | { readonly other: 'add-entry'; readonly policy: string; readonly secret: string }
  | { readonly other: 'move-labels'; readonly secret: string };
