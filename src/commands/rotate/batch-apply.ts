import { atMostPerRegion } from '../../aws/requests/concurrency.ts';
import { type ManifestEntry, verify } from '../../checks/verify/index.ts';
import { verifyMessages } from '../../checks/verify/report/messages.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { trackRemaining } from '../../cli/step-context.ts';
import { type Attempt, Interrupted } from '../../failure.ts';
import { BATCH_RUN } from '../../limits.ts';
import { checkInManifest } from '../../manifest/index.ts';
import type { SecretOutcome } from '../../plan-types.ts';
import { toAttempt } from '../../steps/observe.ts';
import { firstWriteRegion } from '../../steps/store-secret/reconcile.ts';
import type { StepContext } from '../../steps/types.ts';
import { groupedBy } from '../../text.ts';
import { counter, doneLines } from '../../ui/progress.ts';
import type { KeyToRotate } from './batch-plan.ts';
import { rotateMessages as messages } from './messages.ts';
import type { Rotation } from './plan.ts';

/** The keys of a manifest, with the plan for each. */
export interface ManifestRotation {
  keys: (KeyToRotate & { manifest: ManifestEntry })[];
  /** One item for each key. */
  rotations: Attempt<Rotation>[];
  rollback: boolean;
}

/** The outcomes for a key's secrets, or why it was not rotated. */
export type RotatedKey = Attempt<SecretOutcome[]>;

/** Applies the rotations, several keys at once, and tracks the remaining changes. */
export async function applyRotations(
  run: CommandRun,
  context: StepContext,
  { rotations, rollback }: ManifestRotation,
): Promise<RotatedKey[]> {
  const { outcomes, output, progress } = run;
  const startedAt = performance.now();
  const planned = rotations.flatMap((rotation) => ('value' in rotation ? [rotation.value] : []));
  const expected = { secrets: planned.flatMap((rotation) => rotation.expected), policies: [], roles: [] };
  const trackingContext = trackRemaining(context, outcomes, expected, {
    title: messages.stillOther,
    howToContinue: rollback ? messages.goOnBack : messages.goOnAll,
  });
  progress.start(rollback ? messages.goingBack : messages.storingAll);
  const countKey = counter(progress, planned.length);
  const regionOf = (rotation: Attempt<Rotation>) =>
    firstWriteRegion('value' in rotation ? rotation.value.expected : []);
  const apply = async (rotation: Attempt<Rotation>): Promise<RotatedKey> => {
    if ('failure' in rotation) return rotation;
    const result = await toAttempt(() => rotation.value.apply(trackingContext));
    countKey();
    return result;
  };
  const results = await atMostPerRegion(BATCH_RUN.keysAtOnce, rotations, regionOf, apply);
  // A user who interrupts during the last change still gets the report of what was changed.
  if (run.interrupt.aborted) throw new Interrupted();
  const secrets = results.flatMap((result) => ('value' in result ? result.value : []));
  progress.stop();
  const elapsedMs = performance.now() - startedAt;
  for (const line of doneLines({ secrets, policies: [], roles: [] }, elapsedMs, output.width))
    progress.done(line);
  output.info();
  return results;
}

/** Runs the checks of `verify` on the secrets of the keys that did not fail. Each role is read once for all its keys. */
export async function checkRotations(
  { aws, progress }: CommandRun,
  { keys, rotations }: ManifestRotation,
  results: RotatedKey[],
): Promise<VerifyCheck[]> {
  progress.start(verifyMessages.looking);
  const targets = keys.flatMap(({ manifest }, index) => {
    const [rotation, rotated] = [rotations[index], results[index]];
    if (!rotation || !rotated || 'failure' in rotation || 'failure' in rotated) return [];
    const { keyToStore, rules } = rotation.value;
    const expectedKey = { ...rules, key: keyToStore, manifest };
    return rotated.value.map(({ region, arn: id }) => ({ region, id, ...expectedKey }));
  });
  const targetsByRole = groupedBy(targets, ({ manifest }) => manifest.roleName);
  const groups = [...targetsByRole].map(([role, secrets]) => ({ role, secrets }));
  const checks = await verify(aws, { groups });
  progress.stop();
  return checks.map(checkInManifest);
}
