/** How credentials are found. One way is chosen, and a failure of it is never a reason to try another one. */
export type CredentialsSource =
  | { kind: 'environment' }
  | { kind: 'profile'; how: ProfileCredentials }
  /** `AWS_WEB_IDENTITY_TOKEN_FILE`, as in EKS and in pipelines, with `AWS_ROLE_ARN` and `AWS_ROLE_SESSION_NAME`. */
  | { kind: 'token-file'; file: string; role?: string | undefined; session?: string | undefined }
  /** `AWS_CONTAINER_CREDENTIALS_…`, as in ECS, EKS and CodeBuild. */
  | { kind: 'container' }
  /** The metadata service of an EC2 instance. */
  | { kind: 'instance' };

/** What a profile says about credentials. */
export type ProfileCredentials = 'role' | 'access-keys' | 'web-identity' | 'process' | 'sso' | 'login';

/** A profile of the AWS CLI. */
export interface Profile {
  name: string;
  /** The flag, the variable or the other profile that names it; absent for the default profile. */
  from?: string;
  settings: Readonly<Record<string, string>>;
  /** Whether it has access keys in the credentials file. */
  hasKeysInCredentialsFile?: boolean;
}
