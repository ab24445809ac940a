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

/**
 * How a profile's settings show its method, in the AWS CLI's order (`create_credential_resolver` in botocore). The last entries
 * are incomplete settings; reporting them is better than looking for credentials elsewhere.
 */
const METHOD_RULES: readonly [
  method: ProfileMethod,
  applies: (settings: Profile['settings'], profile: Profile) => boolean,
][] = [
  ['web-identity', (settings) => 'web_identity_token_file' in settings],
  ['role', (settings) => 'role_arn' in settings],
  ['sso', (settings) => 'sso_account_id' in settings || 'sso_role_name' in settings],
  ['access-keys', (_settings, { hasKeysInCredentialsFile }) => hasKeysInCredentialsFile === true],
  ['login', (settings) => 'login_session' in settings],
  ['process', (settings) => 'credential_process' in settings],
  ['access-keys', (_settings, profile) => hasAccessKeys(profile)],
  ['role', (settings) => 'source_profile' in settings || 'credential_source' in settings],
  ['sso', (settings) => 'sso_session' in settings || 'sso_start_url' in settings],
];

/**
 * Returns the credentials source, in the AWS CLI's order, except that a named profile, also from `AWS_PROFILE`, takes precedence
 * over the environment. If the profile has no credentials, such as one with only a Region, the next source is used.
 */
export function sourceOf(profile: Profile, env: NodeJS.ProcessEnv): CredentialsSource {
  const { from } = profile;
  const method = methodOf(profile);
  const hasKeys = env.AWS_ACCESS_KEY_ID || env.AWS_SECRET_ACCESS_KEY;
  if (hasKeys && (!from || method === undefined)) return { kind: 'environment' };
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: role, AWS_ROLE_SESSION_NAME: session } = env;
  const tokenFileComesFirst = method === undefined || (!from && method !== 'role');
  if (file && tokenFileComesFirst) return { kind: 'token-file', file, role, session };
  if (method) return { kind: 'profile', method };
  if (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI)
    return { kind: 'container' };
  return { kind: 'instance' };
}

/** Returns how a profile gets credentials; undefined if it has none. */
function methodOf(profile: Profile): ProfileMethod | undefined {
  return METHOD_RULES.find(([, applies]) => applies(profile.settings, profile))?.[0];
}

/** Like `methodOf`, for the `source_profile` of another profile, in which access keys take precedence over a role. */
export function methodOfSourceProfile(profile: Profile): ProfileMethod | undefined {
  const rules = METHOD_RULES.filter(([method]) => method !== 'role' || !hasAccessKeys(profile));
  return rules.find(([, applies]) => applies(profile.settings, profile))?.[0];
}

export function hasAccessKeys({ settings }: Pick<Profile, 'settings'>): boolean {
  return 'aws_access_key_id' in settings || 'aws_secret_access_key' in settings;
}

/** The selected source of the credentials, and the profiles. */
interface SourceSelection {
  profile: Profile;
  source: CredentialsSource;
  /** Returns a profile in the AWS CLI files, if it exists. */
  profileNamed(name: string): Profile | undefined;
}

/** Returns true if access keys in the environment have no effect because the user named a profile. */
export function profileOverridesEnvironmentKeys(configuration: SourceSelection): boolean {
  const { profile, source } = configuration;
  return profile.from !== undefined && source.kind !== 'environment' && !assumesRoleWithKeys(configuration);
}

/** Returns true if the profile's role is assumed with the access keys in the environment (`credential_source`). */
function assumesRoleWithKeys({ source, profile, profileNamed }: SourceSelection): boolean {
  if (source.kind !== 'profile' || source.method !== 'role') return false;
  const visited = new Set<string>();
  let { settings } = profile;
  while (settings.credential_source === undefined) {
    const { source_profile: name } = settings;
    const next = name === undefined || visited.has(name) ? undefined : profileNamed(name);
    // A chain of profiles ends at access keys or a web identity token.
    if (!next || next.settings.aws_access_key_id || next.settings.web_identity_token_file) return false;
    visited.add(next.name);
    settings = next.settings;
  }
  return settings.credential_source === 'Environment';
}
