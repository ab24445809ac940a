import { externalDataInterceptor } from '@smithy/core/config';
import { EXIT, type ExitCode, Failure, Interrupted } from '../../failure.ts';
import { HTTP } from '../../limits.ts';
import { ReadLimitError, readWholeFile } from '../../read-file.ts';
import { clean } from '../../text.ts';
import { configurationMessages as messages } from './messages.ts';

/** Limits for reading a configuration file, which may be a pipe. */
export interface FileLimits {
  interrupt?: AbortSignal;
  /** The time limit in milliseconds. Default: `HTTP.callLimitMs`. */
  limitMs?: number;
}

/** Ample: the largest configuration files and certificate bundles have a few hundred kilobytes. */
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
  // Otherwise, the SDK would use the text of an earlier read.
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
    throw failure(messages.unreadableFile(clean(displayPath), clean(code)), EXIT.permission);
  }
  // PowerShell's `>` writes UTF-16, in which no section would be found.
  if (bytes.includes(0)) throw failure(messages.notText(clean(displayPath)), EXIT.permission);
  const text = bytes.toString();
  externalDataInterceptor.interceptFile(path, text);
  return text;
}

/** Reads a file that the configuration refers to. @throws ReadLimitError, Interrupted, or the error of the file system */
export function readLimited(
  path: string,
  { interrupt, limitMs = HTTP.callLimitMs }: FileLimits,
): Promise<Buffer> {
  return readWholeFile(path, { interrupt, limitMs, mostBytes: MOST_MEGABYTES * 1024 * 1024 });
}

/** Returns the message for a file that is too large or takes too long to read. */
export function limitSentence(
  { limit }: ReadLimitError,
  displayPath: string,
  { limitMs = HTTP.callLimitMs }: FileLimits,
): string {
  return limit === 'time'
    ? messages.fileTimedOut(clean(displayPath), limitMs / 1000)
    : messages.fileTooLarge(clean(displayPath), MOST_MEGABYTES);
}

/**
 * Returns the names of all sections in the form of the SDK's parser. The parser itself omits empty sections, although the AWS CLI
 * accepts them.
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
