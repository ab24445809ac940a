import type { Bearer } from '../permissions/grants.ts';

/** Who sent a request. */
export interface Identity {
  readonly arn: string;
  /** The role that this is a session of. */
  readonly roleArn?: string;
  readonly userId: string;
  readonly accessKeyId: string;
  /** True for temporary credentials. */
  readonly temporary: boolean;
  /** True where an MFA code was given for the temporary credentials. */
  readonly mfa: boolean;
  /** Whose permissions it has. */
  readonly bearer: Bearer;
}
