import { externalDataInterceptor } from '@smithy/core/config';
import { EXIT, type ExitCode, Failure, Interrupted } from '../../failure.ts';
import { HTTP } from '../../limits.ts';
import { ReadLimitError, readWhole } from '../../read-file.ts';
import { plain } from '../../text.ts';
import { configurationMessages as messages } from './messages.ts';
import type { CredentialsSource, Profile, ProfileMethod } from './types.ts';

/** Limits for reading a configuration file, which may be a pipe. */
export interface FileLimits {
  interrupt?: AbortSignal;
  limitMs?: number;
}

/** The largest configuration files and certificate bundles have a few hundred kilobytes. */
const MOST_MEGABYTES = 16;
/** A section header with a prefix, such as `profile studio`. */
const PREFIXED_HEADER = /^(profile|sso-session|services)\s(["'])?([\w\-@+.%:/]+)\2$/;

/**
 * Reads a file of the AWS CLI and makes the SDK use the same text, because a pipe can be read only once.
 * @param displayPath the path for messages
 * @returns the text; undefined if the file doesn't exist
 * @throws Failure if the file can't be read
 */
export async function readConfigurationFile(
  path: string,
  displayPath: string,
  limits: FileLimits,
): Promise<string | undefined> {
  const failure = (message: string, exitCode: ExitCode) =>
    new Failure(message, { code: 'aws-configuration', exitCode, hint: messages.fileHint });
  // A text from an earlier read must not replace the file.
  delete externalDataInterceptor.getFileRecord()[path];
  let bytes: Buffer;
  try {
    bytes = await readLimited(path, limits);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    if (error instanceof ReadLimitError)
      throw failure(limitSentence(error, displayPath, limits), EXIT.failed);
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw failure(messages.unreadableFile(plain(displayPath), plain(code)), EXIT.permission);
  }
  // PowerShell's `>` writes UTF-16, in which no section would be found.
  if (bytes.includes(0)) throw failure(messages.notText(plain(displayPath)), EXIT.permission);
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
  displayPath: string,
  { limitMs = HTTP.callLimitMs }: FileLimits,
): string {
  return limit === 'time'
    ? messages.fileTimedOut(plain(displayPath), limitMs / 1000)
    : messages.fileTooLarge(plain(displayPath), MOST_MEGABYTES);
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
    const [, prefix, , name = ''] = PREFIXED_HEADER.exec(header) ?? [];
    if (file === 'credentials') return prefix ? [] : [header];
    if (prefix) return prefix === 'profile' ? [name] : [`${prefix}.${name}`];
    return header === 'default' ? [header] : [];
  });
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
