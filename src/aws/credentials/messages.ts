import type { CredentialsSource, ProfileMethod } from './precedence.ts';

const METHOD_NAMES: Record<ProfileMethod, string> = {
  role: 'a role',
  'access-keys': 'access keys',
  'web-identity': 'a web identity token',
  process: 'a credential process',
  sso: 'IAM Identity Center',
  login: 'aws login',
};

function isVariable(from: string): boolean {
  return /^[A-Z_]+$/.test(from);
}

/** Returns a setting's name for messages: a variable, or a setting of a profile or a services section. */
function settingOf(member: string, from: string): string {
  return isVariable(from) ? from : `The ${member} of ${from}`;
}

/** Returns the sentence that tells the user to correct a setting. */
function correct(member: string, from: string): string {
  if (isVariable(from)) return `Correct ${from}, or unset it.`;
  const place = /^profile /.test(from) ? `the ${from}` : from;
  return `Correct ${member} of ${place} in the AWS configuration file.`;
}

/** Messages about the user's AWS configuration. */
export const configurationMessages = {
  inProfile: (name: string) => `profile ${name}`,
  sourceProfileOf: (profile: string) => `source_profile of profile ${profile}`,
  inServices: (services: string, profile: string) => `services ${services} of profile ${profile}`,
  unreadableFile: (path: string, code: string) =>
    `The AWS configuration file ${path} can't be read (${code}).`,
  notText: (path: string) => `The AWS configuration file ${path} is not UTF-8 text. It is probably UTF-16.`,
  fileTimedOut: (path: string, seconds: number) =>
    `Reading ${path} took longer than ${seconds} s. It is probably a pipe that nothing writes to.`,
  fileTooLarge: (path: string, megabytes: number) => `${path} is larger than ${megabytes} MB.`,
  fileHint: 'Correct the file, or set AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE to another one.',
  noServices: (profile: string, services: string) =>
    `The profile ${profile} uses the services section ${services}, which is not in the AWS configuration file.`,
  noServicesHint: 'Add the section, or remove services from the profile.',
  profileNotFound: (name: string, from: string, paths: string[]) =>
    `The profile ${name} (${from}) was not found in ${paths.join(' or ')}.`,
  profileNotFoundHint: (profiles: string[]) =>
    profiles.length > 0
      ? `Use one of the existing profiles: ${profiles.slice(0, 20).join(', ')}.`
      : "Create it with 'aws configure sso' or 'aws configure'.",

  credentials: (source: string) => `Credentials: ${source}`,
  region: (region: string, from: string) => `Region: ${region} (${from})`,
  noRegion: 'Region: none configured',
  wrongRegion: (from: string) => `The Region of ${from} is not a Region code.`,
  wrongRegionHint: (from: string) =>
    `${correct('region', from)} Use a Region code such as us-west-2, without quotation marks.`,
  wrongEndpoint: (from: string) => `${settingOf('endpoint_url', from)} is not an HTTP URL.`,
  endpointLikeKey: (from: string) =>
    `${settingOf('endpoint_url', from)} looks like a key. An endpoint must be a URL.`,
  wrongEndpointHint: (from: string) =>
    `${correct('endpoint_url', from)} Use a URL such as http://127.0.0.1:4566, without quotation marks.`,
  endpoint: (url: string, from: string) => `Endpoint: ${url} (${from}), not AWS`,
  endpointOf: (service: string, url: string, from: string) =>
    `Endpoint of ${service}: ${url} (${from}), not AWS`,
  caBundleUnreadable: (path: string, from: string, code: string) =>
    `The certificate file ${path} (${from}) can't be read (${code}).`,
  caBundleEmpty: (path: string, from: string) =>
    `The certificate file ${path} (${from}) has no PEM certificate.`,
  caBundleHint: 'Set AWS_CA_BUNDLE, or ca_bundle in the profile, to a file with PEM certificates.',
  wrongAccount: (account: string, expectedAccount: string, from: string) =>
    `These credentials belong to account ${account}, not to ${expectedAccount} (${from}).`,
  wrongAccountHint: (from: string) => `Use a profile of that account (--profile NAME), or correct ${from}.`,

  /** Describes the source of the credentials in one line. */
  source: (source: CredentialsSource, profile: string, from: string | undefined) => {
    const profileName = `profile ${profile}${from ? ` (${from})` : ''}`;
    switch (source.kind) {
      case 'environment':
        return 'access keys in the environment (AWS_ACCESS_KEY_ID)';
      case 'profile':
        return `${profileName}, ${METHOD_NAMES[source.method]}`;
      case 'token-file':
        return 'a web identity token (AWS_WEB_IDENTITY_TOKEN_FILE)';
      case 'container':
        return 'the container credentials endpoint';
      case 'instance':
        return 'the EC2 instance metadata service';
    }
  },

  noCredentials: 'No AWS credentials found.',
  profileWithout: (profile: string) =>
    `The profile ${profile} has no credentials, and no other credentials were found.`,
  noCredentialsHint: (profile: string | undefined) =>
    profile
      ? `Run 'aws configure --profile ${profile}' or 'aws sso login --profile ${profile}', or use another profile (--profile NAME).`
      : "Run 'aws configure' or 'aws sso login', use --profile NAME, or try --sandbox (no account needed).",
  partialKeys:
    'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must both be set. At least one of them is missing.',
  partialKeysHint: 'Set both variables, or unset both and use --profile NAME.',
  containerFailed: (reason: string) =>
    `The container credentials endpoint (AWS_CONTAINER_CREDENTIALS_…) returned no credentials${reason ? ` (${reason})` : ''}.`,
  containerNotNamed:
    'No container credentials endpoint: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set.',
  containerBadUrl: 'AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL.',
  containerHostNotAllowed:
    'AWS_CONTAINER_CREDENTIALS_FULL_URI must start with https://, or name this machine or an ECS or EKS endpoint.',
  containerBadToken: 'The container authorization token contains a line break.',
  containerStrange: 'The container credentials endpoint returned something other than credentials.',
  containerExpired: 'The container credentials endpoint returned credentials that have expired.',
  containerVariablesHint: 'Correct the AWS_CONTAINER_… variables. They are usually set by the platform.',
  instanceFailed: (reason: string) =>
    `The EC2 instance metadata service returned no credentials${reason ? ` (${reason})` : ''}.`,
  instanceHint:
    'Check that this is an EC2 instance with a role. Also check AWS_EC2_METADATA_DISABLED and AWS_EC2_METADATA_SERVICE_ENDPOINT.',
  containerHint: 'Check the role of the task, pod or build project.',
  tokenFileOf: (profile: string, path: string) =>
    `${path} (web_identity_token_file in the profile ${profile})`,
  tokenFileEmpty: (setting: string) => `The token file from ${setting} is empty.`,
  tokenExpired: (setting: string) => `The web identity token from ${setting} has expired.`,
  roleDeniedHint: ({ isTokenRequest }: { isTokenRequest: boolean }) =>
    isTokenRequest
      ? 'Check that the trust policy of the role allows the identity provider and the subject of the token.'
      : 'Check that the trust policy of the role allows these credentials, and that their own policies allow sts:AssumeRole.',
  tokenFileUnreadable: (setting: string, code: string) =>
    `The token file from ${setting} can't be read (${code}).`,
  roleMissing: 'AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not.',
  tokenFileHint: 'Check the variables or the profile that your platform has set for its role.',
  processFailed: (profile: string, ended: string) =>
    `The credential_process of the profile ${profile} failed (${ended}).`,
  processPrinted: (profile: string) =>
    `The credential_process of the profile ${profile} printed something other than credentials in JSON, version 1.`,
  processExpired: (profile: string) =>
    `The credential_process of the profile ${profile} printed credentials that have expired.`,
  processHint: (profile: string) =>
    `To see its output, run 'aws sts get-caller-identity --profile ${profile}' or the process itself.`,
  loginEnded: (profile: string) => `The sign-in session of the profile ${profile} has expired.`,
  loginHint: (profile: string) => `Run 'aws login --profile ${profile}', then run the same command again.`,
  takesFromProfile: (profile: string, source: string) =>
    `The profile ${profile} gets its credentials from the profile ${source}.`,
  takesFrom: (profile: string, source: string) =>
    `The profile ${profile} gets its credentials from ${source}.`,
  roleWithoutSource: (profile: string) =>
    `The profile ${profile} has role_arn, but neither source_profile nor credential_source.`,
  twoSources: (profile: string) =>
    `The profile ${profile} has both source_profile and credential_source. Only one of them is allowed.`,
  sourceWithoutRole: (profile: string) => `The profile ${profile} has source_profile, but no role_arn.`,
  unknownSource: (profile: string, source: string, known: string[]) =>
    `The credential_source of the profile ${profile} is ${source}. It must be ${known.slice(0, -1).join(', ')} or ${known.at(-1) ?? ''}.`,
  sourceMissing: (profile: string, source: string) =>
    `The profile ${profile} gets its credentials from the profile ${source}, which doesn't exist.`,
  sourceEmpty: (profile: string, source: string) =>
    `The profile ${profile} gets its credentials from the profile ${source}, which has none.`,
  sourceLoop: (profile: string, source: string) =>
    `The profile ${profile} gets its credentials from the profile ${source}, which in turn depends on ${profile}.`,
  badRoleArn: (profile: string) => `The role_arn of the profile ${profile} is not the ARN of a role.`,
  badExternalId: (profile: string) =>
    `The external_id of the profile ${profile} has fewer than 2 characters.`,
  badDuration: (profile: string) =>
    `In the profile ${profile}, duration_seconds must be a whole number of seconds.`,
  incompleteAccessKey: (profile: string) =>
    `The profile ${profile} must have both aws_access_key_id and aws_secret_access_key. One of them is missing.`,
  tokenWithoutRole: (profile: string) =>
    `The profile ${profile} has web_identity_token_file, but no role_arn.`,
  profileHint: (profile: string) => `Correct the profile ${profile} in the AWS configuration files.`,
  ssoLacks: (profile: string, member: string) =>
    `The profile ${profile} uses IAM Identity Center, but has no ${member}.`,
  ssoConfigureHint: (profile: string) => `Run 'aws configure sso --profile ${profile}'.`,
  ssoDenied: (profile: string, role: string, account: string) =>
    `IAM Identity Center doesn't assign the role ${role} in account ${account} to the user of the profile ${profile}.`,
  ssoDeniedHint:
    'Check sso_account_id and sso_role_name, or ask your AWS administrator for the permission set.',
  ssoSessionMissing: (profile: string, session: string) =>
    `The profile ${profile} uses the SSO session ${session}, which is not in the AWS configuration file.`,
  ssoSessionLacks: (session: string, member: string) => `The SSO session ${session} has no ${member}.`,
  ssoInconsistent: (profile: string, session: string, member: string) =>
    `The ${member} of the profile ${profile} differs from that of its SSO session ${session}.`,
  badSsoAccount: (profile: string) => `The sso_account_id of the profile ${profile} is not 12 digits.`,
  badLoginSession: (profile: string) => `The login_session of the profile ${profile} is not an ARN.`,
  ssoRefused: (profile: string, message: string) =>
    `IAM Identity Center returned no credentials for the profile ${profile}: ${message}`,
  ssoEnded: (profile: string) => `The SSO session of the profile ${profile} has expired.`,
  ssoHint: (profile: string) => `Run 'aws sso login --profile ${profile}', then run the same command again.`,
  signInServiceFailed: (service: string, status: number | undefined) =>
    status === undefined ? `${service} did not respond.` : `${service} returned HTTP status ${status}.`,
  waitedFor: (source: string) => `credentials (${source})`,
  laterHint: 'Run the same command again later.',
  timedOut: (source: string, seconds: number) =>
    `Getting credentials took longer than ${seconds} s (${source}).`,
};
