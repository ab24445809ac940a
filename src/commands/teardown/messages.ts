import type { Fix } from '../../failure.ts';
import { dayOf } from '../../text.ts';
import { batchMessages } from '../../ui/batch-messages.ts';
import { awsCommand } from '../../ui/commands.ts';

/** Messages of the `teardown` command. */
export const teardownMessages = {
  intro:
    'This takes down what setup has made for one secret: the secret itself (it can be restored for some days), its place in the policy, and the policy and the role where nothing else uses them. Nothing is changed before you have seen the plan and agreed.',
  looking: (regions: string[]) =>
    `Looking for the secret in ${regions.length > 0 ? regions.join(', ') : 'every Region'}, and for what uses it`,
  lookingForAll: 'Looking for the secrets, and for what uses them',
  nothingToDo: 'There is nothing left to take down.',
  notFound: (name: string, regions: string[]) =>
    `There is no secret ${name} in ${regions.length > 0 ? regions.join(' or ') : 'any Region that was looked at'}, and no policy names it.`,
  notFoundHint: (regions: string[]) =>
    regions.length > 0
      ? 'Check the name and the Region (--region).'
      : 'Check the name, or name the Region (--region).',

  noPolicy: (name: string) => `There is no policy ${name}.`,
  noPolicyHint:
    'Correct the name (--policy-name). If setup stopped before it created one, leave the name out.',
  noRole: (name: string) => `There is no role ${name}.`,
  noRoleHint: 'Correct the name (--role-name). If setup stopped before it created one, leave the name out.',
  undoCreates: 'The command that restores the secret creates it under this name.',

  schedule: (recoveryDays: number) =>
    `is scheduled for deletion; for ${recoveryDays} days it can be restored, and then it is gone for ever`,
  scheduledAlready: (at: Date) => `is scheduled for deletion already (${dayOf(at)})`,
  notOwn: 'was not made by this program (it has no tag of it); --include-untagged takes it too',
  narrow: (count: number) =>
    `${count === 1 ? 'its entry' : `its ${count} entries`} taken out; the rest stays`,
  keepWide: (prefix: string | undefined) =>
    prefix === undefined
      ? 'allows every secret of a Region or of the account, so it stays'
      : `allows every secret whose name begins with ${prefix}, so it stays`,
  deletePolicy: 'allows nothing else, and nothing else uses it',
  keepNotOwn:
    'names the secret and was not made by this program; --include-untagged takes the secret out of it',
  keepStack: (stack: string) =>
    `belongs to the CloudFormation stack ${stack}; take the secret out of its template`,
  keepOtherShape: 'is not one that this program would write; it stays as it is',
  keepUsed: (by: string) => `allows nothing else, but is still used by ${by}`,
  usedByRoles: (roles: string[]) => `the role${roles.length === 1 ? '' : 's'} ${roles.join(', ')}`,
  usedByOthers: 'users, groups or permissions boundaries',
  detach: (policies: string[]) => `loses ${policies.join(', ')}`,
  deleteRole: 'has no policy left',
  keepRoleNotOwn:
    'was not made by this program and stays; --include-untagged takes it too, if nothing else uses it',
  keepRoleStack: (stack: string) => `belongs to the CloudFormation stack ${stack} and stays`,
  keepRoleUsed: (policies: string[]) => `still has ${policies.join(', ')}`,

  ofStack: (name: string, region: string, stack: string) =>
    `The secret ${name} in ${region} belongs to the CloudFormation stack ${stack}. Take it out of the template of the stack.`,
  replicated: (name: string, region: string, replicas: string[]) =>
    `The secret ${name} in ${region} has replicas in ${replicas.join(' and ')}, and Secrets Manager deletes it only without them.`,
  replicatedHint: (region: string, arn: string, replicas: string[]): Fix => ({
    remedy: 'Remove them first:',
    command: awsCommand(
      ...['secretsmanager', 'remove-regions-from-replication', '--region', region],
      ...['--secret-id', arn, '--remove-replica-regions', ...replicas],
    ),
  }),
  isReplica: (name: string, region: string, primary: string) =>
    `The secret ${name} in ${region} is a replica of the one in ${primary}, from where alone it can be removed.`,
  roleInUse: (name: string) =>
    `The role ${name} is still used by something that IAM does not let go of, such as an instance profile.`,
  roleInUseHint: 'Take it out of there, and then run the same command again.',

  tearingDown: 'Taking it down',
  tearingDownRest: 'Taking the secrets out of the policies',
  tornDown: 'Taken down',
  /** After "Waiting for". */
  waitingForPropagation: 'IAM to show what has just been changed',
  keepsChanging: (name: string) => `Others keep changing the policy ${name} at the same time.`,

  notReattached: (role: string, policy: string) =>
    `The role ${role} has lost the policy ${policy}. The policy was not deleted, and other keys may need it.`,
  attachAgain: (role: string, policyArn: string): Fix => ({
    remedy: 'Attach it again:',
    command: awsCommand(
      ...['iam', 'attach-role-policy', '--role-name', role],
      ...['--policy-arn', policyArn],
    ),
  }),

  stillThere: 'After the teardown AWS still shows something of it, or somebody has made it again:',
  stillThereHint: 'Run the same command again in a minute: it shows what is left.',

  left: 'Not taken down yet:',
  goOn: 'Run the same command again to finish.',
  done: (regions: string[]) => `MediaConnect can no longer read this key in ${regions.join(' and ')}.`,
  doneAll: (secrets: number) =>
    secrets === 1
      ? 'MediaConnect can no longer read the secret.'
      : `MediaConnect can no longer read ${batchMessages.several.secret(secrets)}.`,
  goneAfter: (region: string, secrets: number, date: Date | undefined) =>
    `${batchMessages.several.secret(secrets)} in ${region}${date ? `, gone for ever after ${dayOf(date)}` : ''}`,
  doneAlready: (regions: string[]) =>
    `This key was taken down before. MediaConnect cannot read it in ${regions.join(' and ')}.`,
  doneAllAlready: (secrets: number) =>
    `Everything was taken down before. MediaConnect cannot read ${batchMessages.several.secret(secrets)}.`,
  doneWithoutSecret: 'Done.',
  doneNothing: 'Nothing was changed.',
  kept: 'Not taken down:',
  deletedOn: (region: string, date: Date | undefined) =>
    `Secret (${region})${date ? `, gone for ever after ${dayOf(date)}` : ''}`,
  undoAll: 'Until then this restores them, and makes the policies and the roles again as the file has them:',
  undo: 'Until then this restores it, and makes the policy and the role again:',

  confirmWhy: 'What uses this key stops decrypting.',
  confirmName: (name: string) => `Type the name of the secret, ${name}, to take it down`,
  confirmNumber: (number: string) => `Type the number of keys, ${number}, to take them down`,
  confirmWrong: (name: string) => `That is not ${name}. Type it, or press Ctrl-C to leave.`,
};
