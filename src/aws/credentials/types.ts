/** A source of credentials. A run uses one source; if it fails, no other is tried. */
export type CredentialsSource =
  | { kind: 'environment' }
  | { kind: 'profile'; method: ProfileMethod }
  /** `AWS_WEB_IDENTITY_TOKEN_FILE`, as in EKS and in pipelines, with `AWS_ROLE_ARN` and `AWS_ROLE_SESSION_NAME`. */
  | { kind: 'token-file'; file: string; role?: string; session?: string | undefined }
  /** `AWS_CONTAINER_CREDENTIALS_…`, as in ECS, EKS and CodeBuild. */
  | { kind: 'container' }
  /** The metadata service of an EC2 instance. */
  | { kind: 'instance' };

/** How a profile gets credentials. */
export type ProfileMethod = 'role' | 'access-keys' | 'web-identity' | 'process' | 'sso' | 'login';

/** A profile of the AWS CLI. */
export interface Profile {
  name: string;
  /** The flag, variable or other profile that names this one. Absent for the default profile, unless something names it. */
  from?: string;
  settings: Readonly<Record<string, string>>;
  /** True if the profile has access keys in the credentials file. */
  hasKeysInCredentialsFile?: boolean;
}
