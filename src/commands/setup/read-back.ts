import type { SecretState } from '../../aws/secrets/index.ts';
import { readBackMessages as messages } from '../../checks/access/messages.ts';
import {
  type Expectation,
  mayPassLater,
  type ObservedSecret,
  observeSecrets,
} from '../../checks/setup/checks.ts';
import { checkObservation, type ReadBackResult, verifyUntilSettled } from '../../checks/setup/index.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { showWaiting } from '../../cli/step-context.ts';
import { EXIT, Failure } from '../../failure.ts';
import { LIMITS } from '../../limits.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import type { Check } from '../../plan-types.ts';
import type { KeyResult, RoleResult, SetupResult } from '../../steps/results.ts';
import { flowScope } from '../../steps/trust-role/write.ts';
import { clean, groupByText, MOST_LINES } from '../../text.ts';
import { batchMessages } from '../../ui/batch-messages.ts';
import { setupMessages } from '../../ui/messages.ts';
import { verdictMark } from '../../ui/output.ts';

/**
 * Reads back each role with its keys, and checks that MediaConnect can use them. Sets `failure` of a key with a failed check.
 * @param outdated checks of the flows, router inputs and router outputs that can't use one of the keys before an update
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

/** Returns the checks in `outdated` that belong to keys that are set up. */
export function outdatedOf(outdated: VerifyCheck[][], { keys }: SetupResult): VerifyCheck[] {
  return outdated.filter((_checks, index) => keys[index] && !keys[index].failure).flat();
}

/** Returns the checks of `setup` for the JSON document. */
export function documentChecks(results: ReadBackResult[] | undefined, outdated: VerifyCheck[]): Check[] {
  if (!results) return [];
  return [...results.flatMap(({ checks }) => checks), ...outdated.map(asCheck)];
}

function asCheck({ id, verdict, subject, detail }: VerifyCheck): Check {
  return { id, ok: false, verdict, subject, detail };
}

/** Returns the checks whose result depends on something that could not be read. */
export function undecidedChecks(readBackResults: ReadBackResult[]): Check[] {
  return readBackResults.flatMap(({ checks }) => checks).filter(({ verdict }) => verdict === 'cannot-tell');
}

/** Returns the sentence with which the progress display ends. */
function conclusion({ outcomes }: CommandRun, undecided: Check[], outdated: readonly VerifyCheck[]): string {
  if (undecided.length > 0) return messages.readBack;
  if (outdated.length > 0) return messages.readableNotUsable;
  return (outcomes.isBatch ? batchMessages : setupMessages).verified;
}

/** Prints undecided checks as a warning, because nothing has failed. */
function printUndecided({ output }: CommandRun, undecided: Check[]): void {
  const { paint } = output;
  const contentOf = ({ id, detail }: Check) => `${id} ${detail}`;
  const groups = groupByText(undecided, undecided.length > MOST_LINES ? contentOf : undefined);
  for (const [{ subject, detail }, ...others] of groups.slice(0, MOST_LINES)) {
    const subjects = others.length > 0 ? batchMessages.andOthers(subject, others.length) : subject;
    output.warn(`${verdictMark(paint, 'cannot-tell')} ${clean(`${subjects}: ${detail}`)}`);
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
  const roleSecrets = roleKeys.flatMap(({ result }) => result.secrets);
  const writtenSecrets = roleSecrets.filter(({ action }) => action === 'created' || action === 'updated');
  const writtenArns = new Set(writtenSecrets.map(({ arn }) => arn));
  const observedSecrets = observeRoleSecrets(run, roleKeys.map(secretStatesOf), writtenArns);
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

async function observeRoleSecrets(
  { aws }: CommandRun,
  secretStates: Promise<SecretState[]>[],
  writtenArns: ReadonlySet<string>,
): Promise<ObservedSecret[]> {
  const states = await Promise.all(secretStates);
  return observeSecrets(aws, await aws.identity(), states.flat(), writtenArns);
}

/** Evaluates one role with its secrets. If the run has changed anything, reads until IAM shows the expected state. */
async function evaluateRole(
  run: CommandRun,
  { role, policies, unchanged }: RoleResult,
  observedSecrets: Promise<ObservedSecret[]>,
  expected: Expectation,
): Promise<ReadBackResult> {
  const { aws, interrupt } = run;
  // `unchanged` is the state of the role that the run read and didn't change.
  if (unchanged)
    return checkObservation(
      { secrets: await observedSecrets, role: unchanged },
      expected,
      await aws.identity(),
    );
  const onWait = (elapsedMs: number) => showWaiting(run, messages.waiting, elapsedMs);
  const context = { aws, limits: LIMITS, interrupt, onWait };
  return verifyUntilSettled(context, { policies, roleName: role.name }, observedSecrets, expected);
}

/** Returns true if a check is about one of a key's secrets, or about the role. */
function concerns({ subject }: Check, { secrets }: KeyResult): boolean {
  return !subject.includes(':secretsmanager:') || secrets.some(({ arn }) => arn === subject);
}

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
