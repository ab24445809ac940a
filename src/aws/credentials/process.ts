import { exec } from 'node:child_process';
import type { AwsCredentialIdentity } from '@smithy/types';

/** What a credential process prints is some hundred characters long. */
const LONGEST_OUTPUT_BYTES = 1024 * 1024;

/** How a process ended that gave no credentials: badly, with an exit code or a signal, or well, with another output. */
export type ProcessEnd = { ended: string } | { printed: 'something-else' | 'expired-credentials' };

/** How a credential process failed. Neither its arguments nor its output is kept: both may hold secrets. */
export class ProcessError extends Error {
  override readonly name = 'CredentialProcessError';
  readonly how: ProcessEnd;

  constructor(how: ProcessEnd) {
    super('the credential process failed');
    this.how = how;
  }
}

/**
 * Runs the `credential_process` of a profile. The SDK's own provider can be neither interrupted nor bounded.
 * Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
 * @returns the credentials that the process printed
 * @throws ProcessError
 */
export async function runProcess(command: string, signal: AbortSignal): Promise<AwsCredentialIdentity> {
  const text = await new Promise<string>((resolve, reject) => {
    exec(command, { signal, maxBuffer: LONGEST_OUTPUT_BYTES, killSignal: 'SIGKILL' }, (error, stdout) => {
      if (!error) resolve(stdout);
      else reject(new ProcessError({ ended: `${error.code ?? error.signal ?? 'unknown'}` }));
    });
  });
  const credentials = parseProcessOutput(text);
  if (!credentials) throw new ProcessError({ printed: 'something-else' });
  if (credentials.expiration && credentials.expiration.getTime() <= Date.now())
    throw new ProcessError({ printed: 'expired-credentials' });
  return credentials;
}

function parseProcessOutput(text: string): AwsCredentialIdentity | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Object(parsed) as Record<
    string,
    unknown
  >;
  if (Version !== 1 || typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string')
    return undefined;
  const expiration = Expiration === undefined || Expiration === null ? undefined : new Date(`${Expiration}`);
  if (expiration && Number.isNaN(expiration.getTime())) return undefined;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(typeof SessionToken === 'string' ? { sessionToken: SessionToken } : {}),
    ...(expiration ? { expiration } : {}),
  };
}
