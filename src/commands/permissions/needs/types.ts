import type { AccountRef, JsonObject } from '../../../policy/index.ts';
import type { permissionPurposes } from '../messages.ts';

/** The commands to print permissions for. */
export const PERMISSION_COMMANDS = [
  'setup',
  'verify',
  'status',
  'rotate',
  'teardown',
  'create-flow',
] as const;

export type PermissionCommand = (typeof PERMISSION_COMMANDS)[number];

/** Returns true if a command uses the configured Region if none is given. The others search all Regions. */
export function takesConfiguredRegion(command: PermissionCommand): boolean {
  return command === 'setup' || command === 'verify';
}

/** Stands for all Regions, for a command that searches them because the request names none. */
export const EVERY_REGION = '*';

/** The resources that a command works with, and the options that affect its permissions. */
export interface PermissionRequest {
  /** The account and the partition that the policy is for. */
  accountRef: AccountRef;
  /** Only `EVERY_REGION` for a command that searches all Regions. */
  regions: string[];
  /** ARNs of the secrets, with `??????` for the six random characters from Secrets Manager. */
  secrets: { region: string; arn: string }[];
  /** True if the secret exists and was named by ARN, so that no secret is created. */
  byArn: boolean;
  policyName: string;
  roleName: string;
  /** The role's ARN, if the user gave it. */
  roleArn?: string;
  kmsKeyId?: string;
  permissionsBoundary?: string;
  /** Keys of the tags on new resources, including the program's own. */
  tagKeys: string[];
  flowArn?: string;
  replace: boolean;
  restore: boolean;
  updateTrust: boolean;
  rollback: boolean;
  includeUntagged: boolean;
  /** True for a run that changes nothing. */
  dryRun: boolean;
  /** True for a run with a manifest: nothing is searched by name, and many values are read. */
  manifest: boolean;
}

export type Sid = keyof typeof permissionPurposes;

/** The actions for one purpose on some resources. Each need becomes one statement of the policy. */
export interface Need {
  sid: Sid;
  actions: string[];
  resources: string[];
  condition?: JsonObject;
}

export interface Needs {
  required: Need[];
  optional: Need[];
}
