import type { Command } from 'commander';
import { manifestProblems } from '../../cli/options.ts';
import type { Algorithm, KeySource, KeyType } from '../../key/index.ts';
import type { CommandName, GivenOptions } from '../../options/catalog/index.ts';
import type { SetupAnswers } from '../../options/setup-request.ts';
import type { AccountRef, JsonPolicy } from '../../policy/index.ts';

/** A tag as AWS spells it. */
export interface AwsTag {
  Key: string;
  Value: string;
}

/** A secret under one name, in one Region. */
export interface PlannedPlace {
  region: string;
  /** With the placeholder for the account, and `??????` at its end; or in full, where the user gave it so. */
  arn: string;
  /** The customer-managed KMS key, as it is named in this Region. */
  kmsKeyId?: string;
}

/** A key: one secret in each of its Regions. */
export interface PlannedSecret {
  name: string;
  /** Whether the key is to be stored; else the secrets are there already, and are used as they are. */
  stored: boolean;
  places: PlannedPlace[];
  keyType: KeyType;
  algorithm?: Algorithm;
  keySource?: KeySource;
  tags: AwsTag[];
}

/** A policy that lets a role read some of the secrets. */
export interface PlannedPolicy {
  name: string;
  document: JsonPolicy;
  /** The ARNs of the secrets in it, as the secrets' places have them. */
  arns: string[];
  tags: AwsTag[];
}

/** A role that MediaConnect may assume. */
export interface PlannedRole {
  name: string;
  description: string;
  trust: JsonPolicy;
  /** ARN patterns of the flows and routers that may use it; none means any. They are part of the trust policy. */
  sourceArns: string[];
  permissionsBoundary?: string;
  /** The names of the policies attached to it. */
  policies: string[];
  tags: AwsTag[];
}

/** All that is to be in an account, before it is known which one. */
export interface ExportPlan {
  where: AccountRef;
  /** The Regions of all secrets, in the order in which they were given. */
  regions: string[];
  secrets: PlannedSecret[];
  policies: PlannedPolicy[];
  roles: PlannedRole[];
}

/** What is exported: one key, or all that a manifest names. */
export type ExportSubject = { answers: SetupAnswers } | { manifest: string };

/** Reads what is exported, and says what is wrong with it, a sentence each. */
export async function readExportOptions(
  command: Command,
  name: CommandName,
  options: GivenOptions<'export script'>,
): Promise<{ subject: ExportSubject; problems: string[]; asksForRegion: boolean }> {
  const { manifest, secretArn, region } = options;
  if (manifest !== undefined)
    return { subject: { manifest }, problems: manifestProblems(command, name), asksForRegion: false };
  const { readAnswers } = await import('../../options/setup-request.ts');
  const { answers, problems } = readAnswers(options);
  return { subject: { answers }, problems, asksForRegion: secretArn === undefined && region === undefined };
}
