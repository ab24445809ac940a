import { type Failure, Interrupted, type Message } from '../failure.ts';
import type { Check, EncryptionSettings, FailedKey, Outcomes, SecretOutcome } from '../plan-types.ts';
import { escapeJson } from '../text.ts';
import { batchMessages } from '../ui/batch-messages.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import type { Output } from '../ui/output.ts';
import { messageText } from '../ui/plan.ts';

/** The version of the JSON documents. It increases with each incompatible change. */
const JSON_VERSION = 1;

/** The content of `setup`'s JSON document after the run, or as expected with `--dry-run`. */
export interface SetupDocument {
  account: string;
  partition: string;
  outcomes: Outcomes;
  encryption: EncryptionSettings[];
  checks: Check[];
  dryRun: boolean;
  /** The failed keys of a batch. Absent for a single key. */
  failed?: FailedKey[];
}

/** Returns the fields of `setup`'s JSON document. */
export function setupMembers(document: SetupDocument): object {
  const { account, partition, outcomes, encryption, checks, dryRun, failed } = document;
  return {
    dryRun: dryRun || undefined,
    account,
    partition,
    ...outcomeMembers(outcomes),
    encryption,
    checks,
    ...failedMembers(failed),
  };
}

/** Returns which keys failed and why, with an `error` as in the document of every failed command. */
export function failedMembers(failed: FailedKey[] | undefined) {
  if (!failed) return {};
  const list = failed.map(({ name, failure }) => ({ name, error: errorMembers(failure) }));
  const error = { code: 'keys-failed', message: batchMessages.failedShort(failed.length) };
  return failed.length > 0 ? { error, failed: list } : { failed: list };
}

/** Returns the JSON output of a failed command: the error, what exists, and the ARNs of what is left to do. */
export function failureMembers(error: Failure | Interrupted, outcomes: Outcomes): object {
  const resources = { completed: outcomeMembers(outcomes), ...remainingMembers(outcomes) };
  if (!(error instanceof Interrupted)) return { error: errorMembers(error), ...resources };
  const { unconfirmedAction: inDoubt, details } = error;
  const interruption = { code: 'interrupted', message: messages.interrupted, awsAction: inDoubt, inDoubt };
  return { error: { ...interruption, ...detailMembers(details) }, ...resources };
}

/** Returns the ARNs of the remaining resources, if any. */
export function remainingMembers({ remaining }: Outcomes): { left?: string[] } {
  return remaining && remaining.arns.length > 0 ? { left: remaining.arns } : {};
}

/** Returns a failure for the JSON document. */
function errorMembers({ code, message, step, awsAction, unconfirmedAction, hint, details }: Failure) {
  const more = { hint: hint && messageText(hint), ...detailMembers(details) };
  return { code, message, step, awsAction, inDoubt: unconfirmedAction, ...more };
}

function detailMembers(details: Message[]): { details?: string[] } {
  return details.length > 0 ? { details: details.map(messageText) } : {};
}

/** Returns the outcomes with exactly the documented fields, in the documented order. */
export function outcomeMembers({ secrets, policies, roles, isBatch }: Outcomes) {
  const roleMembers = roles.map(({ name, arn, action }) => ({ name, arn, action }));
  return {
    secrets: secrets.map(secretMembers),
    policies: policies.map(({ name, arn, versionId, action }) => ({ name, arn, versionId, action })),
    roles: isBatch ? roleMembers : undefined,
    role: isBatch ? undefined : roleMembers[0],
  };
}

/** Returns a secret's fields, which are the same in all commands. */
export function secretMembers({ region, name, arn, versionId, action }: SecretOutcome) {
  return { region, name, arn, versionId, action };
}

/** Prints a command's JSON document: the version, the command's own fields, and the caller. */
export function printJson({ result, caller }: Output, members: object): void {
  const document = { version: JSON_VERSION, ...members, caller: caller?.() };
  result(escapeJson(JSON.stringify(document, undefined, 2)));
}
