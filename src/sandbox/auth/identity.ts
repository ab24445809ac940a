/** Who sent a request. */
export interface Identity {
  readonly arn: string;
  readonly userId: string;
  readonly accessKeyId: string;
  /** True for temporary credentials. */
  readonly temporary: boolean;
  /** True where an MFA code was given for the temporary credentials. */
  readonly mfa: boolean;
}
