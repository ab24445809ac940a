/** A source of credentials. Only one source is used; if it fails, no other is tried. */
export type CredentialsSource =
  | { kind: 'environment' }
  | { kind: 'profile'; how: ProfileCredentials }
  /** `AWS_WEB_IDENTITY_TOKEN_FILE`, as in EKS and in pipelines, with `AWS_ROLE_ARN` and `AWS_ROLE_SESSION_NAME`. */
  | { kind: 'token-file'; file: string; role?: string; session?: string | undefined }
  /** `AWS_CONTAINER_CREDENTIALS_…`, as in ECS, EKS and CodeBuild. */
  | { kind: 'container' }
  /** The metadata service of an EC2 instance. */
  | { kind: 'instance' };

/** The type of credentials in a profile. */
export type ProfileCredentials = 'role' | 'access-keys' | 'web-identity' | 'process' | 'sso' | 'login';

/** A profile of the AWS CLI. */
export interface Profile {
  name: string;
  /** The flag, variable or other profile that refers to it. Absent for the default profile. */
  from?: string;
  settings: Readonly<Record<string, string>>;
  /** True if it has access keys in the credentials file. */
  hasKeysInCredentialsFile?: boolean;
}
