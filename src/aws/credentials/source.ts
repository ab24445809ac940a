import type { CredentialsSource, Profile, ProfileCredentials } from './configuration.ts';

/**
 * What a profile says about credentials, in the order of the AWS CLI (`create_credential_resolver` of botocore). What comes last is
 * incomplete there; to say so is better than to look for credentials elsewhere.
 */
const PROFILE_CREDENTIALS: readonly [
  ProfileCredentials,
  (settings: Profile['settings'], profile: Profile) => boolean,
][] = [
  ['web-identity', (own) => 'web_identity_token_file' in own],
  ['role', (own) => 'role_arn' in own],
  ['sso', (own) => 'sso_account_id' in own || 'sso_role_name' in own],
  ['access-keys', (_own, { hasKeysInCredentialsFile }) => hasKeysInCredentialsFile === true],
  ['login', (own) => 'login_session' in own],
  ['process', (own) => 'credential_process' in own],
  ['access-keys', (_own, profile) => hasAccessKeys(profile)],
  ['role', (own) => 'source_profile' in own || 'credential_source' in own],
  ['sso', (own) => 'sso_session' in own || 'sso_start_url' in own],
];

/**
 * Returns where credentials come from, in the order of the AWS CLI; but a profile that is named, also in `AWS_PROFILE`, wins over all
 * that the environment says. A profile without credentials, such as one with a Region only, leaves the choice to what follows.
 */
export function sourceOf(profile: Profile, env: NodeJS.ProcessEnv): CredentialsSource {
  const { from } = profile;
  const how = howOf(profile);
  const hasKeys = env.AWS_ACCESS_KEY_ID || env.AWS_SECRET_ACCESS_KEY;
  if (hasKeys && (!from || how === undefined)) return { kind: 'environment' };
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: role, AWS_ROLE_SESSION_NAME: session } = env;
  const isFirst = how === undefined || (!from && how !== 'role');
  if (file && isFirst) return { kind: 'token-file', file, role, session };
  if (how) return { kind: 'profile', how };
  if (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI)
    return { kind: 'container' };
  return { kind: 'instance' };
}

/** Returns what a profile says about credentials; undefined if it says nothing. */
function howOf(profile: Profile): ProfileCredentials | undefined {
  return PROFILE_CREDENTIALS.find(([, isIn]) => isIn(profile.settings, profile))?.[0];
}

/** Returns the same for a profile that another one takes its credentials from: there, access keys count before a role. */
export function howOfSource(profile: Profile): ProfileCredentials | undefined {
  const how = PROFILE_CREDENTIALS.filter(([each]) => each !== 'role' || !hasAccessKeys(profile));
  return how.find(([, isIn]) => isIn(profile.settings, profile))?.[0];
}

export function hasAccessKeys({ settings }: Pick<Profile, 'settings'>): boolean {
  return 'aws_access_key_id' in settings || 'aws_secret_access_key' in settings;
}
