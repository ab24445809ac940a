import { externalDataInterceptor } from '@smithy/core/config';
import { HTTP } from '../../defaults.ts';
import { EXIT, type ExitCode, Failure, Interrupted } from '../../failure.ts';
import { ReadLimitError, readWhole } from '../../read-file.ts';
import { plain } from '../../ui/plain.ts';
import { configurationWords as words } from './messages.ts';

/** How long to wait for a configuration file, which may be a pipe. */
export interface FileLimits {
  interrupt?: AbortSignal | undefined;
  limitMs?: number;
}

/** The largest configuration files, and bundles of certificates, have some hundred kilobytes. */
const MOST_MEGABYTES = 16;
const PREFIXED = /^(profile|sso-session|services)\s(["'])?([\w\-@+.%:/]+)\2$/;

/**
 * Reads a file of the AWS CLI, and has the SDK take what was read wherever it reads the file itself: a pipe can be read only once.
 * @param shown the path as a person would write it
 * @returns the text; undefined where there is no such file
 * @throws Failure when the file cannot be read
 */
export async function readConfigurationFile(
  path: string,
  shown: string,
  limits: FileLimits,
): Promise<string | undefined> {
  const make = (message: string, exitCode: ExitCode) =>
    new Failure(message, { code: 'aws-configuration', exitCode, hint: words.fileHint });
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
    throw make(words.unreadableFile(plain(shown), plain(code)), EXIT.permission);
  }
  // PowerShell's `>` writes UTF-16, in which no section would be found.
  if (bytes.includes(0)) throw make(words.notText(plain(shown)), EXIT.permission);
  const text = bytes.toString();
  externalDataInterceptor.interceptFile(path, text);
  return text;
}

/** Reads a file that the configuration names. @throws ReadLimitError, Interrupted, or the error of the file system */
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
    ? words.fileTimedOut(plain(shown), limitMs / 1000)
    : words.fileTooLarge(plain(shown), MOST_MEGABYTES);
}

/**
 * Returns the names of all sections, as the SDK's parser writes them. The parser itself leaves out a section without settings, which
 * the AWS CLI takes for one that exists.
 */
export function sectionsIn(text: string, file: 'config' | 'credentials'): string[] {
  const headers = text.split(/\r?\n/).flatMap((line) => {
    const [content = ''] = line.split(/(?:^|\s)[;#]/);
    return /^\[(.*)\]$/.exec(content.trim())?.[1] ?? [];
  });
  // The SDK takes nothing from a file with such a profile, so that the others do not exist either.
  if (headers.some((header) => /^(profile )?__proto__$/.test(header))) return [];
  return headers.flatMap((header) => {
    const [, prefix, , name = ''] = PREFIXED.exec(header) ?? [];
    if (file === 'credentials') return prefix ? [] : [header];
    if (prefix) return prefix === 'profile' ? [name] : [`${prefix}.${name}`];
    return header === 'default' ? [header] : [];
  });
}
