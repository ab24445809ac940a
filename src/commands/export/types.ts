import type { Command } from 'commander';
import { manifestProblems } from '../../cli/options.ts';
import type { KeyType } from '../../key/index.ts';
import type { CommandName, RawOptions } from '../../options/catalog/index.ts';
import type { PolicySpec, RoleSpec, SetupAnswers } from '../../options/setup-request.ts';
import type { AccountRef, JsonPolicy } from '../../policy/index.ts';

/** A tag with AWS's field names. */
export interface AwsTag {
  Key: string;
  Value: string;
}

/** A secret in one Region. */
export interface PlannedPlace {
  region: string;
  /** With the account placeholder and a trailing `??????`, or the full ARN if the user gave it. */
  arn: string;
  /** The customer managed KMS key, by its ID, alias or ARN in this Region. */
  kmsKeyId?: string;
}

/** The secret of one key: the answers, and a secret in each Region of the key. */
export interface PlannedSecret extends Omit<SetupAnswers, 'keyType' | 'tags'> {
  name: string;
  /** True if the key is to be stored. Otherwise, the secrets exist and are used as is. */
  isNew: boolean;
  places: PlannedPlace[];
  keyType: KeyType;
  tags: AwsTag[];
}

/** A policy that lets a role read some of the secrets. */
export interface PlannedPolicy extends PolicySpec {
  document: JsonPolicy;
  /** The ARNs of its secrets, as in `PlannedPlace`. */
  arns: string[];
  tags: AwsTag[];
}

/** A role that MediaConnect can assume. */
export interface PlannedRole extends RoleSpec {
  trust: JsonPolicy;
  /** The names of the policies to attach. */
  policies: string[];
  tags: AwsTag[];
}

/** Everything to create in an account that is not known yet. */
export interface ExportPlan {
  /** The account placeholder and the partition. */
  accountRef: AccountRef;
  /** The Regions of all secrets, in the given order. */
  regions: string[];
  secrets: PlannedSecret[];
  policies: PlannedPolicy[];
  roles: PlannedRole[];
}

/** What to export: one key, or a manifest. */
export type ExportSubject = { answers: SetupAnswers } | { manifest: string };

/** Reads the options for what to export, and returns problems, one sentence each. */
export async function readExportOptions(
  command: Command,
  name: CommandName,
  options: RawOptions<'export script'>,
): Promise<{ subject: ExportSubject; problems: string[]; usesConfiguredRegion: boolean }> {
  const { manifest, secretArn, region } = options;
  if (manifest !== undefined)
    return { subject: { manifest }, problems: manifestProblems(command, name), usesConfiguredRegion: false };
  const { readAnswers } = await import('../../options/setup-request.ts');
  const { answers, problems } = readAnswers(options);
  const usesConfiguredRegion = secretArn === undefined && region === undefined;
  return { subject: { answers }, problems, usesConfiguredRegion };
}
