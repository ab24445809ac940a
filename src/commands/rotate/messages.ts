import type { Fix } from '../../failure.ts';
import { dayOf } from '../../text.ts';
import { batchMessages, plural } from '../../ui/batch-messages.ts';
import { type RotateCommandValues, rotateCommand, secretCommand, toolCommand } from '../../ui/commands.ts';

const [IT_STAYS, THEY_STAY] = ['It stays as it is.', 'They stay as they are.'];

/** Messages of the `rotate` command. */
export const rotateMessages = {
  intro:
    'This replaces the key in a secret, in every Region where the secret exists. Nothing changes until you approve the plan.',
  breaks: (options: { rollback: boolean }) =>
    `Running streams stop until both ends use the ${options.rollback ? 'previous' : 'new'} key. MediaConnect reads it from Secrets Manager; you set it at the other end.`,
  wasHidden: "The current value can't be decrypted, so it isn't compared with the new key.",
  wasUnusable: 'The current value is not a valid key.',
  willBeUnusable: "The previous version is not a valid key. MediaConnect can't use it.",
  otherAlgorithm: 'The new key has a different length, so change the algorithm in your flows too.',
  finishes: "An earlier rotation didn't finish. This run completes it with the same key.",
  doneBefore: 'already has its new key',
  someDoneBefore: (keys: number) =>
    `An earlier rotation didn't finish. It replaced ${batchMessages.keys(keys)} in the last hour; this run replaces the rest.`,
  notInLast: 'not replaced by the last rotation',
  someNotInLast: (keys: number) =>
    `The last rotation didn't replace ${batchMessages.keys(keys)}. ${keys === 1 ? IT_STAYS : THEY_STAY}`,
  noKeyNamed: (entries: number) =>
    `The manifest has no new key for ${entries === 1 ? '1 entry' : `${entries} entries`} (existing: true or secretArns). ${entries === 1 ? IT_STAYS : THEY_STAY}`,
  nothingToDo: 'The secret already has this key in every Region. No changes needed.',
  nothingToRollBack: 'The secret is already rolled back. No changes needed.',
  replace: 'new key; the previous version is kept as AWSPREVIOUS',
  back: 'restore the previous version (AWSPREVIOUS)',
  backAlready: 'already has this key',

  looking: (regions: string[]) =>
    `Searching ${regions.length > 0 ? regions.join(', ') : 'all Regions'} for the secret`,
  lookingForAll: 'Searching for the secrets',
  storing: 'Storing the new key',
  storingAll: 'Storing the new keys',
  goingBack: 'Rolling back',

  nowhere: (name: string) => `Secret ${name} not found in any Region.`,
  nowhereHint: (): Fix => ({
    remedy: 'Check the name, or add --region. To list your secrets:',
    command: toolCommand('status'),
  }),
  absent: (name: string, region: string) => `Secret ${name} not found in ${region}.`,
  absentHint: (name: string, region: string): Fix => ({
    remedy: 'Check the name and the Region. To store a first key there:',
    command: toolCommand('setup', '--secret-name', name, '--region', region),
  }),
  deleted: (name: string, region: string, at: Date) =>
    `Secret ${name} in ${region} is scheduled for deletion on ${dayOf(at)}.`,
  deletedHint: (region: string, arn: string): Fix => ({
    remedy: 'Restore it first:',
    command: secretCommand('restore-secret', { arn, region }),
  }),
  primaryHint: (region: string) => `Its primary secret is in ${region}. Add --region ${region}.`,

  noHistory: 'The secret has no current version to roll back from.',
  noHistoryHint: "To store a key, run 'mc-static-key rotate' without --rollback.",
  noCommonKey: (name: string, regions: string[]) =>
    regions.length === 1
      ? `Secret ${name} in ${regions.join()} has no previous key to roll back to.`
      : `Secret ${name} can't be rolled back: ${regions.join(', ')} don't share a previous key.`,
  noCommonKeyHint: (secret: RotateCommandValues): Fix => ({
    remedy: 'Secrets Manager keeps only 1 previous version. To store the key that you want:',
    command: rotateCommand(secret),
  }),
  changedMeanwhile: (name: string, region: string) =>
    `Another process changed secret ${name} in ${region} during this run.`,
  changedMeanwhileHint: (region: string): Fix => ({
    remedy: 'Check the secret, then decide which key to keep:',
    command: toolCommand('status', '--region', region),
  }),

  stillOther: 'Not changed yet:',
  goOn: 'To finish, run the same command again with the same key. To undo, run it with --rollback instead.',
  goOnGenerated:
    'To finish with the same key, run the same command again. To undo, run it with --rollback instead.',
  goOnAll: 'To finish, run the same command again. To undo, add --rollback.',
  goOnBack: 'To finish, run the same command again.',

  done: (regions: number) => (regions === 1 ? 'Key rotated.' : `Key rotated in ${regions} Regions.`),
  doneAll: (keys: number) => `${batchMessages.keys(keys)} rotated.`,
  doneBack: 'Rolled back to the previous key.',
  doneBackAll: (keys: number) => `${batchMessages.keys(keys)} rolled back to the previous key.`,
  noneChanged: 'No key was changed.',
  /** @param roles the names of the roles */
  verified: (roles: string[]) =>
    roles.length === 1
      ? `Verified: MediaConnect can assume role ${roles.join()}, and the role can read the key.`
      : `Verified: MediaConnect can assume ${plural(roles.length, 'role')}, and the roles can read the keys.`,
  warnings: (number: number) => `${plural(number, 'warning')}.`,
  details: 'For details:',
  next: 'Next: set the new key at the other end of the stream. To read it:',
  nextAll: 'Next: set the new keys at the other ends of the streams. To read one, for example:',
  nextBack: 'Next: set the previous key at the other end of the stream again. To read it:',
  nextBackAll:
    'Next: set the previous keys at the other ends of the streams again. To read one, for example:',
  undo: 'To roll back:',
};
