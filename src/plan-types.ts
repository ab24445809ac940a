import type { Failure, Message, Resolution } from './failure.ts';
/** What a plan does to one resource. `keep` changes nothing; `schedule` is for deletion. */
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
  /** The Region, for a secret. */
  region?: string;
  /** Why, in a few words. */
  reason: string;
  /** The document that will be there, shown on request. */
  document?: unknown;
}

/** A way out of a conflict. The wizard offers it; a pipeline reads the flag. */
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

/** Something that exists and stands in the way. */
export interface Conflict {
  /** The step of `setup` that it is in the way of. */
  step?: StepName;
  /** The ARN of the one secret that it is about, where it is in the way of that one only. */
  about?: string;
  /** What was found, in one sentence. */
  found: string;
  /** Lines that show it closer, such as the difference between two documents. */
  details: Message[];
  /** The ways out; none when the only way is to change something by hand, which `found` then says. */
  choices: Choice[];
}

export type StepName = 'store-secret' | 'read-policy' | 'trust-role';

/** What happened to a resource, as `--json` says it. */
export type OutcomeAction = 'created' | 'updated' | 'restored' | 'kept' | 'scheduled' | 'deleted';

export interface SecretOutcome {
  region: string;
  name: string;
  arn: string;
  /** `null` while it is not known: in a dry run, or for a secret not yet restored. */
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
}

/** What has just happened. */
export interface StepEvent {
  secrets?: SecretOutcome[];
  policies?: PolicyOutcome[];
  role?: RoleOutcome;
}

/** What exists by now. */
export interface Outcomes {
  secrets: SecretOutcome[];
  policies: PolicyOutcome[];
  /** None until it is reached; several only where a manifest names several. */
  roles: RoleOutcome[];
  /** Whether a manifest says what is done: the JSON document then has a list of roles. */
  ofManifest?: boolean;
  /** What is left to do, if the run did not finish. */
  left?: Left;
}

/** What a run that did not come to its end has not done. */
export interface Left {
  /** What the list is of, as a sentence. */
  title: string;
  /** The ARNs. */
  arns: string[];
  /** How to go on, or to go back, in one sentence. */
  goOn: string;
}

/** A key of many that is not set up. */
export interface FailedKey {
  /** The name of its secret, or its ARNs. */
  name: string;
  failure: Failure;
}

/** One line of the proof. */
export interface Check {
  /** A stable word for scripts. */
  id: string;
  /** True only for what was seen to hold. */
  ok: boolean;
  /** `cannot-tell`: something that cannot be known from here decides. `warning`: what uses the key has to be updated. */
  verdict: Verdict;
  /** The name or ARN of what was checked. */
  subject: string;
  detail: string;
}

/** What MediaConnect's API takes as `encryption`, for one Region. */
export interface EncryptionSettings {
  region: string;
  keyType: 'static-key' | 'srt-password';
  algorithm?: 'aes128' | 'aes192' | 'aes256';
  roleArn: string;
  secretArn: string;
}

/** How much of something an account allows. */
export interface Quota {
  limit: number;
  /** True where the account's own quota could not be read, so that the default counts. */
  assumed: boolean;
}

/** What came of a check. `cannot-tell`: something that would decide could not be looked at, or is not known. */
export type Verdict = 'failed' | 'cannot-tell' | 'warning' | 'ok';
