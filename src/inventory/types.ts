import type { StatusId } from '../checks/catalog/index.ts';
import type { RawOptions } from '../options/catalog/index.ts';
import { flagReader, readOptions } from '../options/read-options.ts';
import type { Verdict } from '../plan-types.ts';

/** The JSON document of `status`. Dates are in ISO 8601 format. `null` stands for unknown or not applicable. */
export interface Status {
  account: string;
  partition: string;
  /** The Regions that were searched for secrets. */
  regions: string[];
  roles: StatusRole[];
  secrets: StatusSecret[];
  /** Policies that this program created and that none of the roles has. */
  policies: { name: string; arn: string }[];
  /** With a manifest: what it names and the account lacks. */
  missing?: StatusMissing[];
  notes: StatusNote[];
}

/** Something that a manifest names and that doesn't exist. A secret is missing in a Region. */
export interface StatusMissing {
  kind: 'role' | 'policy' | 'secret';
  name: string;
  region?: string;
}

/** A check that doesn't need a secret's value. */
export interface StatusCheck {
  id: StatusId;
  verdict: Verdict;
  /** The ARN (or ARN pattern) of what was checked. */
  subject: string;
  detail: string;
}

/** A role that trusts MediaConnect, or that this program created. */
export interface StatusRole {
  name: string;
  arn: string;
  /** True if this program created it, according to its tag. `null` if its tags could not be read. */
  own: boolean | null;
  /** Policies that allow reading secrets. */
  policies: StatusPolicy[];
  checks: StatusCheck[];
}

/** A policy of a role, and the secrets that it covers. */
export interface StatusPolicy {
  name: string;
  /** `null` for an inline policy. */
  arn: string | null;
  /** ARNs of secrets in `Status.secrets` that it allows reading. */
  secrets: string[];
  /** Its ARN patterns that match all secrets of a Region with a name prefix. */
  prefixes: string[];
  /** Its wildcards that match all secrets of a Region or more. */
  scopes: string[];
  /** ARNs and patterns in it that match no secret. */
  missing: string[];
  /** ARNs and patterns in it for Regions that were not read. */
  unseen: string[];
}

export interface StatusSecret {
  region: string;
  name: string;
  arn: string;
  own: boolean;
  /** When the current value was stored. With `last-change` below, the value is at least as old. */
  keySince: string | null;
  /** Whether `keySince` is the date of the version itself, or of the last change to anything in the secret. */
  keySinceFrom: 'version' | 'last-change' | null;
  keyAgeDays: number | null;
  /** The day on which the value was last read, such as `2026-11-25` (UTC). `null` if it never was. */
  lastRead: string | null;
  deletedAt: string | null;
  /** The Region of the primary secret, if this is a replica. */
  replicaOf: string | null;
  /** The searched Regions in which it has replicas. */
  replicas: string[];
  /** ARNs of the roles with a policy that names it. */
  roles: string[];
  checks: StatusCheck[];
}

/** Something that could not be read. */
export interface StatusNote {
  /**
   * `not-allowed`: a permission is missing. `not-answered`: AWS failed or kept throttling. `region-skipped`: Regions that the
   * user didn't name were skipped.
   */
  id: 'not-allowed' | 'not-answered' | 'region-skipped';
  /** The IAM action that is not allowed, or got no response. */
  awsAction?: string;
  /** What was not read: names of roles or secrets, Regions, … */
  subjects: string[];
  /** The reason, in a few words. */
  detail: string;
}

/** The answers for `status`. */
export interface StatusAnswers {
  /** The unique Regions to search for secrets. Empty for all likely Regions. */
  regions: string[];
}

/** Reads options into typed values. Returns all problems, one sentence each. */
export function readStatusAnswers(options: RawOptions<'status'>): {
  answers: StatusAnswers;
  problems: string[];
} {
  const problems: string[] = [];
  const { regions } = readOptions('status', options, flagReader(problems));
  return { answers: { regions }, problems };
}
