import { showChecks, verdictOf } from '../../checks/verify/report/report.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import { placesOf, rotatesOnlyWrong, secretsOf, verifiedEntry } from '../../cli/batch/manifest-secrets.ts';
import {
  beginBatch,
  endOfBatch,
  failedAmong,
  printSkipped,
  runWithManifest,
  withDoneForFailed,
} from '../../cli/batch/run-batch.ts';
import { failedMembers, leftMembers, printJson, secretMembers } from '../../cli/json.ts';
import { taggedType } from '../../cli/key-options.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { type Replaced, type UsersOfKey, usersOfReplaced } from '../../cli/replaced-users.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { printChanges, showAccount, stepContext } from '../../cli/step-context.ts';
import { type Attempt, EXIT, type ExitCode } from '../../failure.ts';
import { loadKeys } from '../../manifest/index.ts';
import type { Manifest, ManifestKey } from '../../manifest/members.ts';
import { hasOpenType, keyRules } from '../../options/setup-request.ts';
import { keyConflict } from '../../steps/conflict.ts';
import { toldApart } from '../../steps/groups.ts';
import { batchEndings, batchMessages } from '../../ui/batch-messages.ts';
import { setupMessages } from '../../ui/messages.ts';
import { changesAnything, type ShownPlan } from '../../ui/plan.ts';
import { counter } from '../../ui/progress.ts';
import { applyRotations, checkRotations, type ManifestRotation, type RotatedKey } from './batch-keys.ts';
import { type ManyRotations, planMany } from './batch-plan.ts';
import { rotateMessages as messages, showBatchRotation } from './messages.ts';
import type { Rotation } from './plan.ts';

/** How to rotate the keys of a manifest. */
export interface RotateHow {
  /** True to roll back all keys. */
  rollback: boolean;
  dryRun: boolean;
}

/**
 * Runs `rotate --manifest` and returns the exit code. Prints failures.
 * @throws Failure if the manifest has mistakes
 */
export function runRotateManifest(path: string, how: RotateHow, common: CommonOptions): Promise<number> {
  return runWithManifest(path, common, (run, manifest) => performRotateManifest(run, manifest, how));
}

/** Reads, plans, confirms, applies and checks, like `rotate`, for all keys of a manifest. */
export async function performRotateManifest(
  run: CommandRun,
  manifest: Manifest,
  { rollback, dryRun }: RotateHow,
): Promise<ExitCode> {
  beginBatch(run, dryRun);
  const keys = await keysOf(run, manifest, rollback);
  const context = stepContext(run, { withPolicies: false });
  run.progress.start(messages.lookingForAll);
  const found = await planMany(context, keys, counter(run.progress, keys.length));
  run.progress.stop();
  const users = await usersOfReplaced(run, found.rotations.map(replacedBy), { isBack: rollback });
  const planned = {
    ...found,
    rotations: found.rotations.map((each, index) => unlessBlocked(each, users.keys[index])),
  };
  const rotation = { keys, rotations: planned.rotations, rollback, users: users.keys };
  const { changes: all, warnings } = planOf(rotation, planned, manifest.keys.length);
  const ofUsers = users.keys.flatMap((key) => (key.conflicts.length > 0 ? [] : key.warnings));
  const plan = { changes: all, warnings: [...warnings, ...ofUsers, ...users.unseen] };
  await showAccount(run);
  const expected = asPlanned(rotation);
  const failed = failedOf(rotation, expected);
  const kind = rollback ? 'rollback' : 'rotate';
  const open = keys.length === 0 || failed.length < keys.length;
  const changes =
    open &&
    printChanges(run, plan, {
      dryRun,
      nothingToDo: batchMessages.nothingToDo[kind](keys.length - failed.length, keys.length),
    });
  if (dryRun) return finish(run, rotation, expected);
  if (changes) printSkipped(run, failed, keys.length, batchEndings[kind]);
  if (changes && run.interactive) await (await import('../../cli/questions/context.ts')).confirm(run, plan);
  const done = changes ? await applyRotations(run, context, rotation) : expected;
  return finish(run, rotation, done, await checkRotations(run, rotation, done));
}

function replacedBy(rotation: Attempt<Rotation>): Replaced {
  if ('failure' in rotation) return { secrets: [], key: undefined };
  const { replaced, coming } = rotation.value;
  return { secrets: replaced, key: coming };
}

/** Returns the rotation, or the conflict with the users of its secrets. */
function unlessBlocked(rotation: Attempt<Rotation>, users: UsersOfKey | undefined): Attempt<Rotation> {
  const { conflicts = [] } = users ?? {};
  return conflicts.length > 0 ? { failure: keyConflict(conflicts) } : rotation;
}

/** Returns the keys of the manifest, each with its secret. A rollback doesn't read the keys. */
async function keysOf(
  { aws, output, keyInput }: CommandRun,
  manifest: Manifest,
  rollback: boolean,
): Promise<ManifestRotation['keys']> {
  const named = manifest.keys.filter(({ answers }) => answers.keySource !== undefined);
  const { keys, warnings } = rollback
    ? { keys: [], warnings: [] }
    : await loadKeys({ ...manifest, keys: named }, keyInput, (entry) => taggedType(aws, placesOf(entry)));
  for (const warning of warnings) output.warn(`${setupMessages.warning}: ${warning}`);
  const how = { path: manifest.commandPath, rotates: !rollback && rotatesOnlyWrong(manifest) };
  return named.flatMap((entry, index) => {
    const checked = keys[index];
    return secretsOf(entry).map(({ name, regions, arns }) => ({
      target: { name, regions, arns },
      rules: keyRules(entry.answers),
      isTypeOpen: isTypeOpen(entry, rollback),
      manifest: verifiedEntry(entry, how),
      roleName: verifiedEntry(entry, how).roleName,
      checked,
    }));
  });
}

/** Returns true if the type of a key is open. For a rollback, the key source is irrelevant. */
function isTypeOpen({ answers }: ManifestKey, rollback: boolean): boolean {
  const { keySource: _source, ...others } = answers;
  return hasOpenType(rollback ? others : answers);
}

function planOf(
  { keys }: ManifestRotation,
  { rotations, warnings }: ManyRotations,
  entries: number,
): ShownPlan {
  const planned = rotations.flatMap((each) => ('value' in each ? [each.value] : []));
  const changes = planned.flatMap((rotation) => rotation.changes);
  const names = toldApart(keys.map(({ target }) => target));
  const ofKeys = rotations.flatMap((each, index) => {
    const name = names[index] ?? '';
    return 'value' in each ? each.value.warnings.map((warning) => batchMessages.ofOne(name, warning)) : [];
  });
  const unnamed = entries - keys.length;
  return {
    changes,
    warnings: [
      ...(changesAnything(changes) ? [messages.breaks] : []),
      ...warnings,
      ...(unnamed > 0 ? [messages.noKeyNamed(unnamed)] : []),
      ...ofKeys,
    ],
  };
}

function asPlanned({ rotations }: ManifestRotation): RotatedKey[] {
  return rotations.map((each) => ('value' in each ? { value: each.value.expected } : each));
}

function failedOf({ keys }: ManifestRotation, done: RotatedKey[]) {
  return failedAmong(
    toldApart(keys.map(({ target }) => target)),
    done.map((each) => ('failure' in each ? each.failure : undefined)),
  );
}

/** @param own the checks of `verify`; absent in a dry run */
async function finish(
  run: CommandRun,
  rotation: ManifestRotation & { users: UsersOfKey[] },
  done: RotatedKey[],
  own?: VerifyCheck[],
): Promise<ExitCode> {
  const outdated = done.flatMap((each, index) =>
    'value' in each ? (rotation.users[index]?.outdated ?? []) : [],
  );
  const checks = own && [...own, ...outdated];
  const { aws, output } = run;
  const failed = failedOf(rotation, done);
  const rotated = done.flatMap((each) => ('value' in each ? each.value : []));
  if (output.options.json) {
    const { account, partition } = await aws.identity();
    const { secrets } = withDoneForFailed({ secrets: rotated, policies: [], roles: [] }, run);
    printJson(output, {
      dryRun: checks ? undefined : true,
      account,
      partition,
      secrets: secrets.map(secretMembers),
      verdict: checks && verdictOf(checks),
      checks,
      ...leftMembers(run.outcomes),
      ...failedMembers(failed),
    });
  } else if (own && failed.length < done.length) {
    show(run, rotation, done);
    showChecks(output, own, outdated);
  }
  const code = endOfBatch(run, {
    failed,
    all: done.length,
    reported: { secrets: rotated },
    end: batchEndings[rotation.rollback ? 'rollback' : 'rotate'],
  });
  // Undecided checks are reported, but the new keys are in place.
  return code === EXIT.done && checks && verdictOf(checks) === 'failed' ? EXIT.failed : code;
}

function show({ output }: CommandRun, { rotations, rollback }: ManifestRotation, done: RotatedKey[]): void {
  const updated = done.map((each) =>
    'value' in each ? each.value.filter(({ action }) => action === 'updated') : [],
  );
  const [generated] = updated.flatMap((secrets, index) => {
    const rotation = rotations[index];
    return rotation && 'value' in rotation && rotation.value.generated ? secrets : [];
  });
  showBatchRotation(output, { changed: updated.filter(({ length }) => length > 0), rollback, generated });
}
