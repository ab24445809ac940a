import type { SecretState } from '../../aws/secrets/index.ts';
import { readBackMessages as messages } from '../../checks/access/messages.ts';
import {
  type Expectation,
  mayPassLater,
  type ObservedSecret,
  observeSecrets,
} from '../../checks/setup/checks.ts';
import { evaluate, type ReadBackResult, verifyUntilSettled } from '../../checks/setup/index.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { showWaiting } from '../../cli/step-context.ts';
import { EXIT, Failure } from '../../failure.ts';
import { LIMITS } from '../../limits.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import type { Check } from '../../plan-types.ts';
import type { KeyResult, RoleResult, SetupResult } from '../../steps/results.ts';
import { flowScope } from '../../steps/trust-role/write.ts';
import { folded, MOST_LINES, plain } from '../../text.ts';
import { batchMessages } from '../../ui/batch-messages.ts';
import { setupMessages } from '../../ui/messages.ts';
import { mark } from '../../ui/output.ts';

/**
 * Reads back each role with its keys, and checks that MediaConnect can use them. Sets `failure` of a key with a failed check.
 * @param outdated what has to be updated before it can use one of the keys
 */
export async function readBackKeys(
  run: CommandRun,
  requests: SetupRequest[],
  { keys, roles }: SetupResult,
  outdated: readonly VerifyCheck[],
): Promise<ReadBackResult[]> {
  const hasChanges = roles.some(({ unchanged }) => !unchanged);
  if (hasChanges) run.progress.start(messages.reading);
  const readBackResults = await Promise.all(roles.map((role) => readBackRole(run, requests, keys, role)));
  const undecided = undecidedChecks(readBackResults);
  if (hasChanges) {
    if (keys.some(({ failure }) => !failure)) run.progress.done(conclusion(run, undecided, outdated));
    else run.progress.stop();
  }
  printUndecided(run, undecided);
  return readBackResults;
}

/** Returns what has to be updated before it can use the keys that are set up. */
export function outdatedOf(outdated: VerifyCheck[][], { keys }: SetupResult): VerifyCheck[] {
  return outdated.filter((_checks, index) => keys[index] && !keys[index].failure).flat();
}

/** Returns the checks of `setup` for the JSON document, including what has to be updated. */
export function documentChecks(
  readBackResults: ReadBackResult[] | undefined,
  outdated: VerifyCheck[],
): Check[] {
  if (!readBackResults) return [];
  const asCheck = ({ id, verdict, subject, detail }: VerifyCheck) => ({
    id,
    ok: false,
    verdict,
    subject,
    detail,
  });
  return [...readBackResults.flatMap(({ checks }) => checks), ...outdated.map(asCheck)];
}

/** Returns the checks whose result depends on something that could not be read. */
export function undecidedChecks(readBackResults: ReadBackResult[]): Check[] {
  return readBackResults.flatMap(({ checks }) => checks).filter(({ verdict }) => verdict === 'cannot-tell');
}

/** Returns the sentence with which the progress display ends. */
function conclusion({ outcomes }: CommandRun, undecided: Check[], outdated: readonly VerifyCheck[]): string {
  if (undecided.length > 0) return messages.readBack;
  if (outdated.length > 0) return messages.readableNotUsable;
  return (outcomes.ofManifest ? batchMessages : setupMessages).proven;
}

/** Prints undecided checks as a warning, because nothing has failed. */
function printUndecided({ output }: CommandRun, undecided: Check[]): void {
  const { paint } = output;
  const groupKey = ({ id, detail }: Check) => `${id} ${detail}`;
  const groups = folded(undecided, undecided.length > MOST_LINES ? groupKey : undefined);
  for (const [{ subject, detail }, ...others] of groups.slice(0, MOST_LINES)) {
    const subjects = others.length > 0 ? batchMessages.andOthers(subject, others.length) : subject;
    output.warn(`${mark(paint, 'cannot-tell')} ${plain(`${subjects}: ${detail}`)}`);
  }
  const hiddenCount = groups.slice(MOST_LINES).flat().length;
  if (hiddenCount > 0) output.warn(batchMessages.more(hiddenCount));
}

/** Reads back one role with its keys. Sets `failure` of a key with a failed check. */
async function readBackRole(
  run: CommandRun,
  requests: SetupRequest[],
  keys: KeyResult[],
  role: RoleResult,
): Promise<ReadBackResult> {
  const roleKeys = role.keyIndexes.flatMap((index) => {
    const [request, result] = [requests[index], keys[index]];
    return request && result ? [{ request, result }] : [];
  });
  const writtenSecrets = roleKeys.flatMap(({ result }) =>
    result.secrets.filter(({ action }) => action === 'created' || action === 'updated'),
  );
  const writtenArns = new Set(writtenSecrets.map(({ arn }) => arn));
  const observedSecrets = observeAll(run, roleKeys.map(secretStatesOf), writtenArns);
  const expected: Expectation = {
    roleName: role.request.role.name,
    flows: flowScope(role.request),
    keys: roleKeys.map(({ request: { keyType, algorithm }, result: { secrets, key } }) => ({
      secrets,
      keyType,
      algorithm,
      key,
    })),
  };
  const readBackResult = await evaluateRole(run, role, observedSecrets, expected);
  const failedChecks = readBackResult.checks.filter(({ verdict }) => verdict === 'failed');
  for (const { result } of roleKeys) {
    const keyChecks = failedChecks.filter((check) => concerns(check, result));
    if (keyChecks.length > 0) result.failure ??= failureOf(keyChecks, { hasChanges: !role.unchanged });
  }
  return readBackResult;
}

/** Returns the state of a key's secrets. If they can't be read back, sets `failure` of the key. */
async function secretStatesOf({ result }: { result: KeyResult }): Promise<SecretState[]> {
  const attempt = await result.secretStates;
  if ('value' in attempt) return attempt.value;
  result.failure = attempt.failure;
  return [];
}

async function observeAll(
  { aws }: CommandRun,
  secretStates: Promise<SecretState[]>[],
  writtenArns: ReadonlySet<string>,
): Promise<ObservedSecret[]> {
  const states = await Promise.all(secretStates);
  return observeSecrets(aws, await aws.identity(), states.flat(), writtenArns);
}

/** Evaluates one role with its secrets. After a change, reads until IAM shows the expected state. */
async function evaluateRole(
  run: CommandRun,
  { role, policies, unchanged }: RoleResult,
  observedSecrets: Promise<ObservedSecret[]>,
  expected: Expectation,
): Promise<ReadBackResult> {
  const { aws, interrupt } = run;
  // If nothing was changed, what was just read is the current state.
  if (unchanged)
    return evaluate({ secrets: await observedSecrets, role: unchanged }, expected, await aws.identity());
  const onWait = (elapsedMs: number) => showWaiting(run, messages.waiting, elapsedMs);
  const context = { aws, limits: LIMITS, interrupt, onWait };
  return verifyUntilSettled(context, { policies, roleName: role.name }, observedSecrets, expected);
}

/** Returns true if a check concerns a key: one of its secrets, or the role that all keys share. */
function concerns({ subject }: Check, { secrets }: KeyResult): boolean {
  return !subject.includes(':secretsmanager:') || secrets.some(({ arn }) => arn === subject);
}

/** Returns the failure that names the failed checks. */
function failureOf(failedChecks: Check[], { hasChanges }: { hasChanges: boolean }): Failure {
  const [first] = failedChecks;
  return new Failure(messages.failed(first?.subject ?? '', first?.detail ?? ''), {
    code: 'not-proven',
    exitCode: EXIT.failed,
    details: failedChecks.slice(1).map(({ subject, detail }) => `${subject}: ${detail}`),
    hint: hasChanges ? hintFor(failedChecks) : messages.failedUnchangedHint,
  });
}

function hintFor(failedChecks: Check[]): string {
  return failedChecks.some(mayPassLater)
    ? messages.failedHint(LIMITS.iamPropagationMs / 1000)
    : messages.failedAtOnceHint;
}
