import { type Failure, Interrupted, type Message } from '../failure.ts';
import type { Check, EncryptionSettings, FailedKey, Outcomes, SecretOutcome } from '../plan-types.ts';
import { plainJson } from '../text.ts';
import { batchMessages } from '../ui/batch-messages.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import type { Output } from '../ui/output.ts';
import { messageText } from '../ui/plan.ts';

/** The version of the JSON documents; it goes up when a script that reads them would have to change. */
const JSON_VERSION = 1;

/** What the document of `setup` has when it is done (or would be, with `--dry-run`). */
export interface SetupDocument {
  account: string;
  partition: string;
  outcomes: Outcomes;
  encryption: EncryptionSettings[];
  checks: Check[];
  dryRun: boolean;
  /** Of many keys, those that failed; absent where there is one key only. */
  failed?: FailedKey[];
}

export function setupMembers({
  account,
  partition,
  outcomes,
  encryption,
  checks,
  dryRun,
  failed,
}: SetupDocument): object {
  return {
    ...(dryRun ? { dryRun } : {}),
    account,
    partition,
    ...outcomeMembers(outcomes),
    encryption,
    checks,
    ...(failed ? failedMembers(failed) : {}),
  };
}

/** Which keys failed and why; and, as for every failure, an `error`. */
export function failedMembers(failed: FailedKey[]) {
  const list = failed.map(({ name, failure }) => ({ name, error: errorMembers(failure) }));
  const error = { code: 'keys-failed', message: batchMessages.failedShort(failed.length) };
  return failed.length > 0 ? { error, failed: list } : { failed: list };
}

/** What `--json` prints when a command fails: the error, what exists by now, and the ARNs of what is left to do. */
export function failureMembers(error: Failure | Interrupted, outcomes: Outcomes): object {
  const account = { completed: outcomeMembers(outcomes), ...leftMembers(outcomes) };
  if (error instanceof Interrupted) {
    const { inDoubt, details } = error;
    const interrupted = { code: 'interrupted', message: messages.interrupted, awsAction: inDoubt, inDoubt };
    return { error: { ...interrupted, ...detailMembers(details) }, ...account };
  }
  return { error: errorMembers(error), ...account };
}

/** The ARNs of what is left to do, if anything is. */
export function leftMembers({ left }: Outcomes): { left?: string[] } {
  return left && left.arns.length > 0 ? { left: left.arns } : {};
}

/** The failure in the JSON document. */
function errorMembers({ code, message, step, awsAction, inDoubt, hint, details }: Failure) {
  const told = {
    hint: hint && messageText(hint),
    ...detailMembers(details),
  };
  return { code, message, step, awsAction, inDoubt, ...told };
}

function detailMembers(details: Message[]): { details?: string[] } {
  return details.length > 0 ? { details: details.map(messageText) } : {};
}

/** The outcomes with the members that the contract names, in its order, and no others. */
export function outcomeMembers({ secrets, policies, roles: found, ofManifest }: Outcomes) {
  const roles = found.map(({ name, arn, action }) => ({ name, arn, action }));
  const [role] = roles;
  return {
    secrets: secrets.map(secretMembers),
    policies: policies.map(({ name, arn, versionId, action }) => ({ name, arn, versionId, action })),
    ...(ofManifest ? { roles } : role ? { role } : {}),
  };
}

/** The members of one secret, as every command has them. */
export function secretMembers({ region, name, arn, versionId, action }: SecretOutcome) {
  return { region, name, arn, versionId, action };
}

/** Prints the document of a command: its own members after the version, and then who asked AWS. */
export function printJson({ result, caller }: Output, members: object): void {
  const known = caller?.();
  const document = { version: JSON_VERSION, ...members, ...(known ? { caller: known } : {}) };
  result(plainJson(JSON.stringify(document, undefined, 2)));
}
