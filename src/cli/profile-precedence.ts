import type { AwsConfiguration } from '../aws/credentials/configuration.ts';

/** Returns whether access keys in the environment have no effect because a profile was named. */
export function isPreferredToKeys(configuration: AwsConfiguration): boolean {
  const { profile, source } = configuration;
  return profile.from !== undefined && source.kind !== 'environment' && !assumesRoleWithKeys(configuration);
}

/** Returns whether the keys in the environment are what the role of the profile is assumed with (`credential_source`). */
function assumesRoleWithKeys({ source, profile, profileNamed }: AwsConfiguration): boolean {
  if (source.kind !== 'profile' || source.how !== 'role') return false;
  const passed = new Set<string>();
  let { settings } = profile;
  while (settings.credential_source === undefined) {
    const { source_profile: name } = settings;
    const next = name === undefined || passed.has(name) ? undefined : profileNamed(name);
    // Access keys, or a web identity token, are where a chain of profiles ends.
    if (!next || next.settings.aws_access_key_id || next.settings.web_identity_token_file) return false;
    passed.add(next.name);
    settings = next.settings;
  }
  return settings.credential_source === 'Environment';
}
