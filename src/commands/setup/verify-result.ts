import type { SecretState } from '../../aws/secrets/index.ts';
import { proofMessages as messages } from '../../checks/access/messages.ts';
import {
  type Expectation,
  mayComeRight,
  type ObservedSecret,
  observeSecrets,
} from '../../checks/setup/checks.ts';
import { evaluate, type Proof, prove } from '../../checks/setup/index.ts';
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
 * Checks for each role and its keys that MediaConnect can use them. A key with a failed check gets a failure with the reason.
 * @param outdated what has to be updated before it can use one of the keys
 */
export async function proveKeys(
  run: CommandRun,
  requests: SetupRequest[],
  { keys, roles }: SetupResult,
  outdated: readonly VerifyCheck[],
): Promise<Proof[]> {
  const changed = roles.some(({ unchanged }) => !unchanged);
  if (changed) run.progress.start(messages.reading);
  const proofs = await Promise.all(roles.map((role) => proveRole(run, requests, keys, role)));
  const open = undecidedChecks(proofs);
  if (changed) {
    if (keys.some(({ failure }) => !failure)) run.progress.done(conclusion(run, open, outdated));
    else run.progress.stop();
  }
  printUndecided(run, open);
  return proofs;
}

/** Returns what has to be updated before it can use the keys that are set up. */
export function outdatedOf(outdated: VerifyCheck[][], { keys }: SetupResult): VerifyCheck[] {
  return outdated.filter((_checks, index) => keys[index] && !keys[index].failure).flat();
}

/** Returns the checks of `setup` for the JSON document, including what has to be updated. */
export function documentChecks(proofs: Proof[] | undefined, outdated: VerifyCheck[]): Check[] {
  if (!proofs) return [];
  const members = ({ id, verdict, subject, detail }: VerifyCheck) => ({
    id,
    ok: false,
    verdict,
    subject,
    detail,
  });
  return [...proofs.flatMap(({ checks }) => checks), ...outdated.map(members)];
}

/** Returns the undecided checks. */
export function undecidedChecks(proofs: Proof[]): Check[] {
  return proofs.flatMap(({ checks }) => checks).filter(({ verdict }) => verdict === 'cannot-tell');
}

function conclusion({ outcomes }: CommandRun, open: Check[], outdated: readonly VerifyCheck[]): string {
  if (open.length > 0) return messages.readBack;
  if (outdated.length > 0) return messages.readableNotUsable;
  return (outcomes.ofManifest ? batchMessages : setupMessages).proven;
}

/** Prints undecided checks as a warning, because nothing has failed. */
function printUndecided({ output }: CommandRun, open: Check[]): void {
  const { paint } = output;
  const alike = ({ id, detail }: Check) => `${id} ${detail}`;
  const groups = folded(open, open.length > MOST_LINES ? alike : undefined);
  for (const [{ subject, detail }, ...others] of groups.slice(0, MOST_LINES)) {
    const subjects = others.length > 0 ? batchMessages.andOthers(subject, others.length) : subject;
    output.warn(`${mark(paint, 'cannot-tell')} ${plain(`${subjects}: ${detail}`)}`);
  }
  const more = groups.slice(MOST_LINES).flat().length;
  if (more > 0) output.warn(batchMessages.more(more));
}

async function proveRole(
  run: CommandRun,
  requests: SetupRequest[],
  keys: KeyResult[],
  role: RoleResult,
): Promise<Proof> {
  const members = role.keys.flatMap((at) => {
    const [request, result] = [requests[at], keys[at]];
    return request && result ? [{ request, result }] : [];
  });
  const written = members.flatMap(({ result }) =>
    result.secrets.filter(({ action }) => action === 'created' || action === 'updated'),
  );
  const reading = observeAll(run, members.map(seenIn), new Set(written.map(({ arn }) => arn)));
  const expected: Expectation = {
    roleName: role.request.role.name,
    flows: flowScope(role.request),
    keys: members.map(({ request: { keyType, algorithm }, result: { secrets, key } }) => ({
      secrets,
      keyType,
      algorithm,
      key,
    })),
  };
  const proof = await lookAt(run, role, reading, expected);
  const failed = proof.checks.filter(({ verdict }) => verdict === 'failed');
  for (const { result } of members) {
    const about = failed.filter((each) => concerns(each, result));
    if (about.length > 0) result.failure ??= notProven(about, !role.unchanged);
  }
  return proof;
}

/** Returns the state of a key's secrets. If they can't be read back, the key fails with that reason. */
async function seenIn({ result }: { result: KeyResult }): Promise<SecretState[]> {
  const seen = await result.seen;
  if ('value' in seen) return seen.value;
  result.failure = seen.failure;
  return [];
}

async function observeAll(
  { aws }: CommandRun,
  reading: Promise<SecretState[]>[],
  written: ReadonlySet<string>,
): Promise<ObservedSecret[]> {
  const seen = await Promise.all(reading);
  return observeSecrets(aws, await aws.identity(), seen.flat(), written);
}

async function lookAt(
  run: CommandRun,
  { role, policies, unchanged }: RoleResult,
  reading: Promise<ObservedSecret[]>,
  expected: Expectation,
): Promise<Proof> {
  const { aws, interrupt } = run;
  // If nothing was changed, what was just read is the current state.
  if (unchanged) return evaluate({ secrets: await reading, role: unchanged }, expected, await aws.identity());
  const onWait = (elapsedMs: number) => showWaiting(run, messages.waiting, elapsedMs);
  const context = { aws, limits: LIMITS, interrupt, onWait };
  return prove(context, { policies, roleName: role.name }, reading, expected);
}

/** Returns true if a check concerns a key: one of its secrets, or the role that all keys share. */
function concerns({ subject }: Check, { secrets }: KeyResult): boolean {
  return !subject.includes(':secretsmanager:') || secrets.some(({ arn }) => arn === subject);
}

/** Returns the failure that names the failed check. */
function notProven(failed: Check[], changed: boolean): Failure {
  const [first] = failed;
  return new Failure(messages.failed(first?.subject ?? '', first?.detail ?? ''), {
    code: 'not-proven',
    exitCode: EXIT.failed,
    details: failed.slice(1).map(({ subject, detail }) => `${subject}: ${detail}`),
    hint: hintFor(failed, changed),
  });
}

function hintFor(failed: Check[], changed: boolean): string {
  if (!changed) return messages.failedUnchangedHint;
  return failed.some(mayComeRight)
    ? messages.failedHint(LIMITS.iamPropagationMs / 1000)
    : messages.failedAtOnceHint;
}
