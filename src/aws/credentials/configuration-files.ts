import { externalDataInterceptor } from '@smithy/core/config';
import { EXIT, type ExitCode, Failure, Interrupted } from '../../failure.ts';
import { HTTP } from '../../limits.ts';
import { ReadLimitError, readWhole } from '../../read-file.ts';
import { plain } from '../../text.ts';
import { configurationMessages as messages } from './messages.ts';
import type { CredentialsSource, Profile, ProfileCredentials } from './types.ts';

/** Limits for reading a configuration file, which may be a pipe. */
export interface FileLimits {
  interrupt?: AbortSignal;
  limitMs?: number;
}

/** The largest configuration files and certificate bundles have a few hundred kilobytes. */
const MOST_MEGABYTES = 16;
const PREFIXED = /^(profile|sso-session|services)\s(["'])?([\w\-@+.%:/]+)\2$/;

/**
 * Reads a file of the AWS CLI and makes the SDK use the same text, because a pipe can be read only once.
 * @param shown the path for messages
 * @returns the text; undefined if the file doesn't exist
 * @throws Failure if the file can't be read
 */
export async function readConfigurationFile(
  path: string,
  shown: string,
  limits: FileLimits,
): Promise<string | undefined> {
  const make = (message: string, exitCode: ExitCode) =>
    new Failure(message, { code: 'aws-configuration', exitCode, hint: messages.fileHint });
  const known = externalDataInterceptor.getFileRecord();
  delete known[path];
  let bytes: Buffer;
  try {
    bytes = await readLimited(path, limits);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    if (error instanceof ReadLimitError) throw make(limitSentence(error, shown, limits), EXIT.failed);
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw make(messages.unreadableFile(plain(shown), plain(code)), EXIT.permission);
  }
  // PowerShell's `>` writes UTF-16, in which no section would be found.
  if (bytes.includes(0)) throw make(messages.notText(plain(shown)), EXIT.permission);
  const text = bytes.toString();
  externalDataInterceptor.interceptFile(path, text);
  return text;
}

/** Reads a file that the configuration refers to. @throws ReadLimitError, Interrupted, or the error of the file system */
export function readLimited(
  path: string,
  { interrupt, limitMs = HTTP.callLimitMs }: FileLimits,
): Promise<Buffer> {
  return readWhole(path, { interrupt, limitMs, mostBytes: MOST_MEGABYTES * 1024 * 1024 });
}

/** Returns the message for a file whose read hit a limit. */
export function limitSentence(
  { limit }: ReadLimitError,
  shown: string,
  { limitMs = HTTP.callLimitMs }: FileLimits,
): string {
  return limit === 'time'
    ? messages.fileTimedOut(plain(shown), limitMs / 1000)
    : messages.fileTooLarge(plain(shown), MOST_MEGABYTES);
}

/**
 * Returns the names of all sections in the form of the SDK's parser. The parser itself omits empty sections, which exist for the
 * AWS CLI.
 */
export function sectionsIn(text: string, file: 'config' | 'credentials'): string[] {
  const headers = text.split(/\r?\n/).flatMap((line) => {
    const [content = ''] = line.split(/(?:^|\s)[;#]/);
    return /^\[(.*)\]$/.exec(content.trim())?.[1] ?? [];
  });
  // The SDK ignores a file with such a profile, so its other profiles don't exist either.
  if (headers.some((header) => /^(profile )?__proto__$/.test(header))) return [];
  return headers.flatMap((header) => {
    const [, prefix, , name = ''] = PREFIXED.exec(header) ?? [];
    if (file === 'credentials') return prefix ? [] : [header];
    if (prefix) return prefix === 'profile' ? [name] : [`${prefix}.${name}`];
    return header === 'default' ? [header] : [];
  });
}

/**
 * The credential settings of a profile, in the AWS CLI's order (`create_credential_resolver` in botocore). The last entries are
 * incomplete settings; reporting them is better than looking for credentials elsewhere.
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
 * Returns the credentials source, in the AWS CLI's order, except that a named profile, also from `AWS_PROFILE`, takes precedence
 * over the environment. If the profile has no credentials, such as one with only a Region, the next source is used.
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

/** Returns the type of credentials in a profile; undefined if it has none. */
function howOf(profile: Profile): ProfileCredentials | undefined {
  return PROFILE_CREDENTIALS.find(([, isIn]) => isIn(profile.settings, profile))?.[0];
}

/** Like `howOf`, for a profile that another profile refers to: there, access keys take precedence over a role. */
export function howOfSource(profile: Profile): ProfileCredentials | undefined {
  const how = PROFILE_CREDENTIALS.filter(([each]) => each !== 'role' || !hasAccessKeys(profile));
  return how.find(([, isIn]) => isIn(profile.settings, profile))?.[0];
}

export function hasAccessKeys({ settings }: Pick<Profile, 'settings'>): boolean {
  return 'aws_access_key_id' in settings || 'aws_secret_access_key' in settings;
}
