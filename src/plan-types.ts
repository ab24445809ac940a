import type { Failure, Message, Resolution } from './failure.ts';

/** What a plan does to a resource. `keep` changes nothing. `schedule` schedules a secret for deletion. */
export type ChangeAction =
  | 'create'
  | 'update'
  | 'restore'
  | 'attach'
  | 'keep'
  | 'schedule'
  | 'detach'
  | 'delete';

/** One line of the plan. */
export interface Change {
  action: ChangeAction;
  resource: 'secret' | 'policy' | 'role';
  name: string;
  /** For a secret only. */
  region?: string;
  /** The reason, in a few words. */
  reason: string;
  /** The desired document, shown on request. */
  document?: unknown;
  /** What a change of an existing document adds, and what stays. */
  difference?: Difference;
}

/** The values of a document that a change adds (`+`) or keeps (`=`). */
export interface Difference {
  /** The name of the changed part, such as `Resource`. */
  title: string;
  lines: { mark: '=' | '+'; text: string }[];
}

/** A resolution of a conflict, which the wizard offers. Elsewhere, the message names the flag. */
export interface Choice extends Resolution {
  id:
    | 'keep-key'
    | 'replace-key'
    | 'restore'
    | 'update-trust'
    | 'secret-name'
    | 'policy-name'
    | 'role-name'
    | 'policy-prefix'
    | 'policy-scope'
    | 'key-type';
}

/** An existing resource or setting that conflicts with the request. */
export interface Conflict {
  /** The step of `setup` that has the conflict. */
  step?: StepName;
  /** The ARN of the secret, if the conflict concerns only one. */
  secretArn?: string;
  /** What was found, in one sentence. */
  found: string;
  /** Lines with more detail, such as the difference between two documents. */
  details: Message[];
  /** The resolutions. Empty if the user has to change something by hand; `found` says what. */
  choices: Choice[];
}

export type StepName = 'store-secret' | 'read-policy' | 'trust-role';

/** The outcome for a resource, as shown by `--json`. */
export type OutcomeAction = 'created' | 'updated' | 'restored' | 'kept' | 'scheduled' | 'deleted';

export interface SecretOutcome {
  region: string;
  name: string;
  arn: string;
  /** `null` while it is unknown: in a dry run, or for a secret that isn't restored yet. */
  versionId: string | null;
  action: OutcomeAction;
}

export interface PolicyOutcome {
  name: string;
  arn: string;
  versionId: string | null;
  action: OutcomeAction;
}

export interface RoleOutcome {
  name: string;
  arn: string;
  action: OutcomeAction;
  /** The number of policies that the run has attached so far. Not in the JSON document. */
  attachedCount?: number;
}

/** Outcomes of the step that just finished. */
export interface StepOutcomes {
  secrets?: SecretOutcome[];
  policies?: PolicyOutcome[];
  role?: RoleOutcome;
}

/** All outcomes so far. */
export interface Outcomes {
  secrets: SecretOutcome[];
  policies: PolicyOutcome[];
  /** Empty until the step that creates the role. More than one only if a manifest names several roles. */
  roles: RoleOutcome[];
  /** True for a run over a manifest. The JSON document then has a list of roles. */
  isBatch?: boolean;
  /** The remaining work, if the run did not finish. */
  remaining?: Remaining;
}

/** The work that a run did not do before it ended early. */
export interface Remaining {
  /** The heading of the list, as a sentence. */
  title: string;
  arns: string[];
  /** How to continue or undo, in one sentence. */
  howToContinue: string;
}

/** A key that failed in a run over a manifest. */
export interface FailedKey {
  /** The name of the key's secret, or the ARNs of its secrets. */
  name: string;
  failure: Failure;
}

/** A check with its result, as `--json` shows it. */
export interface Check {
  /** A stable identifier for scripts. */
  id: string;
  /** True only if the check passed. */
  ok: boolean;
  verdict: Verdict;
  /** The name or ARN of the resource that was checked. */
  subject: string;
  detail: string;
}

/**
 * The result of a check. `cannot-tell`: something that decides the result is unknown or could not be read. `warning`: whatever
 * uses the key has to be updated.
 */
export type Verdict = 'failed' | 'cannot-tell' | 'warning' | 'ok';

/** The `encryption` settings that MediaConnect's API takes, for one Region. */
export interface EncryptionSettings {
  region: string;
  keyType: 'static-key' | 'srt-password';
  algorithm?: 'aes128' | 'aes192' | 'aes256';
  roleArn: string;
  secretArn: string;
}

/** A quota of the account. */
export interface Quota {
  limit: number;
  /** True if the account's quota could not be read and the default is used. */
  assumed: boolean;
}
