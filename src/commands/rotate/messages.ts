import { labeledValue, readKeyCommand } from '../../cli/summary.ts';
import type { Fix } from '../../failure.ts';
import type { SecretOutcome } from '../../plan-types.ts';
import { dayOf, groupByText, MOST_LINES } from '../../text.ts';
import { batchMessages } from '../../ui/batch-messages.ts';
import { type RotateCommandValues, rotateCommand, secretCommand, toolCommand } from '../../ui/commands.ts';
import { setupMessages } from '../../ui/messages.ts';
import type { Output } from '../../ui/output.ts';

/** Messages of the `rotate` command. */
export const rotateMessages = {
  intro:
    'This puts a new key into a secret, in every Region it lives in. Nothing is changed before you have seen the plan and agreed.',
  breaks:
    'A running stream breaks until both ends have the new key: MediaConnect reads it from here, and the other end needs it from you.',
  wasHidden: 'What the secret holds now could not be decrypted, so it is not compared with the new key.',
  wasUnusable: 'What the secret holds now is not a key that MediaConnect can use.',
  willBeUnusable: 'What the version before holds is not a key that MediaConnect can use.',
  otherAlgorithm:
    'The key that comes has another length than the one that goes: the encryption of the flows needs the other algorithm too.',
  finishes: 'A rotation stopped half-way: its key is in some Regions already. It is finished with that key.',
  doneBefore: 'has its new key already',
  someDoneBefore: (keys: number) =>
    `What was replaced within the last hour (${batchMessages.keys(keys)}) stays, so that a rotation which stopped half-way is finished; the others follow.`,
  notInLast: 'was not replaced by the last rotation',
  someNotInLast: (keys: number) =>
    `What the last rotation did not replace (${batchMessages.keys(keys)}) stays as it is.`,
  noKeyNamed: (keys: number) =>
    `The manifest names no key for some secrets, which exist or are given by their ARNs (${batchMessages.keys(keys)}). They stay as they are.`,
  nothingToDo: 'The secret holds this key already, in every Region. Nothing has to be changed.',
  nothingToRollBack:
    'The key before the last rotation is the current one already. Nothing has to be changed.',
  back: 'the version before becomes the current one again',
  backAlready: 'has that key as its current one',
  storing: 'Storing the new key',
  stored: 'New key stored',
  goingBack: 'Going back to the key before',
  wentBack: 'Gone back',
  lookingForAll: 'Looking for the secrets',
  storingAll: 'Storing the new keys',
  storedAll: 'New keys stored',
  looking: (regions: string[]) =>
    `Looking for the secret in ${regions.length > 0 ? regions.join(', ') : 'every Region'}`,

  nowhere: (name: string) => `There is no secret ${name} in any Region that could be looked at.`,
  nowhereHint: 'Check the name, or name the Region (--region).',
  absent: (name: string, region: string) => `There is no secret ${name} in ${region}.`,
  absentHint: (name: string, region: string): Fix => ({
    remedy: 'Check the name and the Region, or store a first key there:',
    command: toolCommand('setup', '--secret-name', name, '--region', region),
  }),
  deleted: (name: string, region: string, at: Date) =>
    `The secret ${name} in ${region} is scheduled for deletion (${dayOf(at)}).`,
  deletedHint: (region: string, arn: string): Fix => ({
    remedy: 'Restore it first:',
    command: secretCommand('restore-secret', { arn, region }),
  }),
  primaryHint: (region: string) => `Its primary is in ${region}: give that one too (--region ${region}).`,

  noHistory: 'The secret has no current version to go back from.',
  noHistoryHint: "Store the key that you want with 'mc-static-key rotate'.",
  noCommonKey: 'There is no key before the last rotation that every Region could go back to.',
  noCommonKeyHint: (secret: RotateCommandValues): Fix => ({
    remedy: 'Secrets Manager keeps one version before the current one. Store the key that you want:',
    command: rotateCommand(secret),
  }),
  changedMeanwhile: (name: string, region: string) =>
    `Another process changed the current version of the secret ${name} in ${region} in the meantime.`,
  changedMeanwhileHint: (region: string): Fix => ({
    remedy: 'Check the secret, then decide which key to use:',
    command: toolCommand('status', '--region', region),
  }),

  stillOther: 'Not changed yet:',
  goOn: 'Run the same command again with the same key to finish, or with --rollback to go back to the key before.',
  goOnGenerated:
    'Run the same command again to finish with the same key, or with --rollback to go back to the key before.',
  goOnBack: 'Run the same command again to finish.',
  done: (count: number) =>
    count === 1 ? 'The new key is in place.' : `The new key is in place in ${count} Regions.`,
  doneAll: (keys: number) => `New and in place: ${batchMessages.keys(keys)}.`,
  doneBackAll: (keys: number) => `From before the last rotation again: ${batchMessages.keys(keys)}.`,
  noneChanged: 'No key was changed.',
  nextAll:
    'Now give the other ends of the streams the same keys. To go back: the same command with --rollback.',
  nextBackAll: 'Now give the other ends of the streams those keys again.',
  generatedAll:
    'Keys that were generated are only in Secrets Manager. Read each for its other end, as this one:',
  doneBack: 'The key before the last rotation is the current one again.',
  next: 'Now give the other end of the stream the same key. To go back: the same command with --rollback in place of the key.',
  nextBack: 'Now give the other end of the stream that key again.',
  generated: 'The key was generated and is only in Secrets Manager. Read it for the other end with:',
};

/** What to print after the rotation of one key. */
interface RotationSummary {
  secrets: SecretOutcome[];
  rollback: boolean;
  /** True if this program generated the key. */
  generated: boolean;
}

/** Prints where the new key is, and what the other end needs. */
export function showRotation(output: Output, { secrets, rollback, generated }: RotationSummary): void {
  const { paintResult: paint, prose } = output;
  const [first] = secrets;
  const secretLines = secrets.flatMap(({ region, arn }) =>
    labeledValue(setupMessages.secretLabel(region), arn),
  );
  if (secrets.every(({ action }) => action === 'kept')) {
    output.result([rotateMessages.noneChanged, ...secretLines, ''].join('\n'));
    return;
  }
  const lines = [
    paint.green.bold(rollback ? rotateMessages.doneBack : rotateMessages.done(secrets.length)),
    ...secretLines,
    '',
    prose(rollback ? rotateMessages.nextBack : rotateMessages.next),
    ...(generated && first
      ? [prose(rotateMessages.generated), `  ${readKeyCommand(first.region, first.arn)}`]
      : []),
    '',
  ];
  output.result(lines.join('\n'));
}

/** What to print after a rotation of many keys. */
interface BatchRotationSummary {
  /** The secrets of each key that was changed. */
  changed: SecretOutcome[][];
  rollback: boolean;
  /** One of the secrets whose new key this program generated. */
  generated: SecretOutcome | undefined;
}

/** Like `showRotation`, for many keys. If there are too many secrets, prints their number in each Region. */
export function showBatchRotation(
  output: Output,
  { changed, rollback, generated }: BatchRotationSummary,
): void {
  const { paintResult: paint, prose } = output;
  if (changed.length === 0) {
    output.result(`${rotateMessages.noneChanged}\n`);
    return;
  }
  const secrets = changed.flat();
  const groupKey = secrets.length > MOST_LINES ? ({ region }: SecretOutcome) => region : undefined;
  const lines = [
    paint.green.bold(
      rollback ? rotateMessages.doneBackAll(changed.length) : rotateMessages.doneAll(changed.length),
    ),
    ...groupByText(secrets, groupKey).flatMap(([{ region, arn }, ...others]) =>
      others.length === 0
        ? labeledValue(setupMessages.secretLabel(region), arn)
        : [batchMessages.secretsInRegion(region, others.length + 1)],
    ),
    '',
    prose(rollback ? rotateMessages.nextBackAll : rotateMessages.nextAll),
    ...(generated
      ? [prose(rotateMessages.generatedAll), `  ${readKeyCommand(generated.region, generated.arn)}`]
      : []),
    '',
  ];
  output.result(lines.join('\n'));
}
