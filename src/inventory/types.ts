import type { StatusId } from '../checks/catalog/index.ts';
import type { GivenOptions } from '../options/catalog/index.ts';
import { reader, readOptions } from '../options/read-options.ts';
import type { Verdict } from '../plan-types.ts';

/** The JSON document of `status`. Dates are ISO 8601; `null` is what is not known or does not apply. */
export interface Status {
  account: string;
  partition: string;
  /** The Regions in which secrets were looked for. */
  regions: string[];
  roles: StatusRole[];
  secrets: StatusSecret[];
  /** Policies that this program made and that none of the roles has. */
  policies: { name: string; arn: string }[];
  /** With a manifest: what it names and the account lacks. */
  missing?: StatusMissing[];
  notes: StatusNote[];
}

/** Something that a manifest names and that is not there; a secret is missing in a Region. */
export interface StatusMissing {
  kind: 'role' | 'policy' | 'secret';
  name: string;
  region?: string;
}

/** One of the cheap checks: those that read no secret's value. */
export interface StatusCheck {
  id: StatusId;
  verdict: Verdict;
  /** The ARN (or ARN pattern) of what was checked. */
  subject: string;
  detail: string;
}

/** A role that lets MediaConnect in, or that this program made. */
export interface StatusRole {
  name: string;
  arn: string;
  /** Whether this program made it, as its tag says; `null` when its tags could not be looked at. */
  own: boolean | null;
  /** Those that allow reading secrets. */
  policies: StatusPolicy[];
  checks: StatusCheck[];
}

/** A policy of a role, and the secrets that it is about. */
export interface StatusPolicy {
  name: string;
  /** `null` for an inline policy. */
  arn: string | null;
  /** ARNs of secrets in `Status.secrets` that it allows reading. */
  secrets: string[];
  /** The ARN patterns in it that stand for every secret of a Region whose name begins so. */
  prefixes: string[];
  /** The wildcards in it that stand for every secret of a Region or more. */
  scopes: string[];
  /** What it names and does not exist. */
  missing: string[];
  /** What it names in Regions that were not looked at. */
  unseen: string[];
}

export interface StatusSecret {
  region: string;
  name: string;
  arn: string;
  own: boolean;
  /** When the current value was stored; where it comes from `last-change`, the value is at least as old. */
  keySince: string | null;
  /** Whether that is the date of the version itself, or of the last change of anything about the secret. */
  keySinceFrom: 'version' | 'last-change' | null;
  keyAgeDays: number | null;
  /** The day on which the value was last read, such as `2026-11-25` (UTC); `null` if it never was. */
  lastRead: string | null;
  deletedAt: string | null;
  /** The Region of the primary secret, when this one is a replica. */
  replicaOf: string | null;
  /** The Regions looked at in which it has replicas. */
  replicas: string[];
  /** ARNs of the roles with a policy that names it. */
  roles: string[];
  checks: StatusCheck[];
}

/** Something that could not be looked at. */
export interface StatusNote {
  /**
   * `not-allowed`: a permission is missing; `not-answered`: AWS failed or throttled to the end; `region-skipped`: Regions were left
   * out that were not asked for.
   */
  id: 'not-allowed' | 'not-answered' | 'region-skipped';
  /** The IAM action that is missing, or was not answered. */
  awsAction?: string;
  /** What was not looked at: names of roles or secrets, Regions, … */
  subjects: string[];
  /** Why, in a few words. */
  detail: string;
}

/** What `status` was asked for. */
export interface StatusAnswers {
  /** Where to look for secrets, each once; none means all Regions in which there may be some. */
  regions: string[];
}

/** Reads options into typed values. Returns every problem with them, a sentence each. */
export function readStatusAnswers(options: GivenOptions<'status'>): {
  answers: StatusAnswers;
  problems: string[];
} {
  const problems: string[] = [];
  const { regions } = readOptions('status', options, reader(problems));
  return { answers: { regions }, problems };
}
