import type { PermissionSource } from '../permissions/permission-source.ts';

/** The caller of a request. */
export interface Identity {
  readonly arn: string;
  /** The role, for a role session. */
  readonly roleArn?: string;
  readonly userId: string;
  readonly accessKeyId: string;
  /** True for temporary credentials. */
  readonly temporary: boolean;
  /** True if an MFA code was given for the temporary credentials. */
  readonly mfa: boolean;
  readonly permissionSource: PermissionSource;
}
