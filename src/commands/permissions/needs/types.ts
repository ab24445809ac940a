import type { AccountRef, JsonObject } from '../../../policy/index.ts';
import type { permissionPurposes } from '../messages.ts';

/** What permissions can be printed for. */
export const PERMISSION_COMMANDS = [
  'setup',
  'verify',
  'status',
  'rotate',
  'teardown',
  'create-flow',
] as const;

export type PermissionCommand = (typeof PERMISSION_COMMANDS)[number];

/** Whether a command takes the configured Region if none is given; the others look in every Region. */
export function takesConfiguredRegion(command: PermissionCommand): boolean {
  return command === 'setup' || command === 'verify';
}

/** Every Region, where a request names none and the command looks in all of them. */
export const EVERY_REGION = '*';

/** The names that a command works with, and the answers that change what it needs. */
export interface PermissionRequest {
  where: AccountRef;
  /** `EVERY_REGION` alone for a command that looks everywhere. */
  regions: string[];
  /** ARNs of the secrets; `??????` stands for the six characters that Secrets Manager draws. */
  secrets: { region: string; arn: string }[];
  /** Whether the secret exists already and was named by its ARN, so that none is to be made. */
  byArn: boolean;
  policyName: string;
  roleName: string;
  /** The role's ARN, where it is known to have a path. */
  roleArn?: string;
  kmsKeyId?: string;
  permissionsBoundary?: string;
  /** Keys of the tags that are put on new resources, the program's own included. */
  tagKeys: string[];
  flowArn?: string;
  replace: boolean;
  restore: boolean;
  updateTrust: boolean;
  rollback: boolean;
  includeUntagged: boolean;
  /** True for a run that changes nothing. */
  dryRun: boolean;
  /** True when a manifest names all of it, so that nothing is searched for and much is read. */
  manifest: boolean;
}

export type Sid = keyof typeof permissionPurposes;

/** One purpose, and the actions that it takes. It becomes one statement. */
export interface Need {
  sid: Sid;
  actions: string[];
  resources: string[];
  condition?: JsonObject;
}

/** What a command cannot do without, and what it can. */
export interface Needs {
  required: Need[];
  optional: Need[];
}
