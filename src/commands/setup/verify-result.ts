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
import { LIMITS } from '../../defaults.ts';
import { EXIT, Failure } from '../../failure.ts';
import type { SetupRequest } from '../../options/setup-request.ts';
import type { Check } from '../../plan-types.ts';
import type { KeyResult, RoleResult, SetupResult } from '../../steps/results.ts';
import { flowScope } from '../../steps/trust-role/write.ts';
import { folded, MOST_LINES, plain } from '../../text.ts';
import { batchMessages } from '../../ui/batch-messages.ts';
import { setupMessages } from '../../ui/messages.ts';
import { mark } from '../../ui/verdicts.ts';

/**
 * Proves of each role, and of all keys that it reads, that MediaConnect will be able to use them. A key of which that
 * does not hold gets a failure that says why.
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
  return outdated.filter((_checks, at) => keys[at] && !keys[at].failure).flat();
}

/** The checks of `setup`, what has to be updated included, as the JSON document has them. */
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

/** Returns the checks that cannot tell. */
export function undecidedChecks(proofs: Proof[]): Check[] {
  return proofs.flatMap(({ checks }) => checks).filter(({ verdict }) => verdict === 'cannot-tell');
}

function conclusion({ outcomes }: CommandRun, open: Check[], outdated: readonly VerifyCheck[]): string {
  if (open.length > 0) return messages.readBack;
  if (outdated.length > 0) return messages.readableNotUsable;
  return (outcomes.ofManifest ? batchMessages : setupMessages).proven;
}

/** Reports what the checks cannot tell: a warning, because nothing has failed. */
function printUndecided({ output }: CommandRun, open: Check[]): void {
  const { paint } = output;
  const alike = ({ id, detail }: Check) => `${id} ${detail}`;
  const groups = folded(open, open.length > MOST_LINES ? alike : undefined);
  for (const [{ subject, detail }, ...others] of groups.slice(0, MOST_LINES)) {
    const subjects = others.length > 0 ? batchMessages.andOthers(subject, others.length) : subject;
    output.insist(`${mark(paint, 'cannot-tell')} ${plain(`${subjects}: ${detail}`)}`);
  }
  const more = groups.slice(MOST_LINES).flat().length;
  if (more > 0) output.insist(batchMessages.more(more));
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
      ...(algorithm ? { algorithm } : {}),
      ...(key ? { key } : {}),
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

/** What the secrets of a key hold. When they cannot be read back, that is why the key is not proven. */
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
  // When nothing was changed, what was read a moment ago is what AWS holds.
  if (unchanged) return evaluate({ secrets: await reading, role: unchanged }, expected, await aws.identity());
  const onWait = (elapsedMs: number) => showWaiting(run, messages.waiting, elapsedMs);
  const context = { aws, limits: LIMITS, interrupt, onWait };
  return prove(context, { policies, roleName: role.name }, reading, expected);
}

/** Whether a check is about a key: about one of its secrets, or about the role of all. */
function concerns({ subject }: Check, { secrets }: KeyResult): boolean {
  return !subject.includes(':secretsmanager:') || secrets.some(({ arn }) => arn === subject);
}

/** The failure that names what does not hold. */
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
