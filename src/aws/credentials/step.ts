import type { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@smithy/types';
import { EXIT, Failure, Interrupted } from '../../failure.ts';
import { HTTP } from '../../limits.ts';
import { clean } from '../../text.ts';
import type { RequestHandler } from '../http/sdk-client.ts';
import { unlessAborted } from '../requests/concurrency.ts';
import type { BeginWait } from '../requests/slow-calls.ts';
import type { AwsConfiguration } from './configuration.ts';
import { type CredentialsStep, credentialsFailure, type LastRequest } from './failures.ts';
import { configurationMessages as messages } from './messages.ts';
import type { Profile } from './precedence.ts';

/** What all credentials steps share. */
export interface CredentialsTools {
  configuration: AwsConfiguration;
  requestHandler: RequestHandler;
  /** Returns an STS client with these credentials, or without any for requests that need none. */
  stsWith(credentials?: AwsCredentialIdentity): STSClient;
  /** The Region for STS. */
  homeRegion: string;
  /** Asks the user for an MFA code. Absent if the run can't prompt. */
  askMfaCode?: (serial: string) => Promise<string>;
  interrupt: AbortSignal;
  /** Shows the user that the run waits for a step. */
  beginWait: BeginWait;
}

/**
 * Runs one step. The step ends when the user interrupts or when its time limit is reached (`limitOf`). Asking the user for an
 * MFA code is not part of a step.
 * @param lastRequest the record of the provider's last request, if the step has one
 * @throws Failure that says what failed; Interrupted
 */
export async function runStep<T>(
  { interrupt, configuration, beginWait }: CredentialsTools,
  step: CredentialsStep,
  work: (stop: AbortSignal) => Promise<T>,
  lastRequest: LastRequest = {},
): Promise<T> {
  // Not `AbortSignal.any` with a timeout: that signal can be garbage collected before it is aborted.
  const controller = new AbortController();
  const stop = () => controller.abort();
  const limitMs = limitOf(step);
  const timer = setTimeout(stop, limitMs);
  const endWait = beginWait({ what: messages.waitedFor(nameOf(step)), limitMs });
  interrupt.addEventListener('abort', stop, { once: true });
  if (interrupt.aborted) stop();
  try {
    return await unlessAborted(work(controller.signal), controller.signal);
  } catch (error) {
    if (interrupt.aborted || error instanceof Interrupted) throw new Interrupted();
    throw controller.signal.aborted
      ? timedOut(step, limitMs)
      : credentialsFailure(error, step, lastRequest, configuration.caBundle);
  } finally {
    endWait();
    clearTimeout(timer);
    interrupt.removeEventListener('abort', stop);
  }
}

/** Returns the time limit of a step, in milliseconds. */
function limitOf({ source: { kind } }: CredentialsStep): number {
  return kind === 'container' || kind === 'instance' ? HTTP.localCredentialsLimitMs : HTTP.callLimitMs;
}

function nameOf({ source, profile }: CredentialsStep): string {
  return messages.source(source, clean(profile.name), profile.from);
}

function timedOut(step: CredentialsStep, limitMs: number): Failure {
  return new Failure(messages.timedOut(nameOf(step), limitMs / 1000), {
    code: 'timed-out',
    exitCode: EXIT.failed,
    hint: messages.laterHint,
  });
}

/** Returns the failure for a profile whose settings can't provide credentials, no matter what AWS responds. */
export function unusableProfile({ name }: Profile, sentence: string): Failure {
  return new Failure(sentence, {
    code: 'no-credentials',
    exitCode: EXIT.permission,
    hint: messages.profileHint(clean(name)),
  });
}
