import type { Fix } from '../../failure.ts';
import type { Outcomes } from '../../plan-types.ts';
import { dayOf } from '../../text.ts';
import { formatCount, plural } from '../../ui/batch-messages.ts';
import { awsCommand, toolCommand } from '../../ui/commands.ts';

const NOT_OURS = 'not created by mc-static-key';
const IF_SETUP_STOPPED = 'If setup stopped before it created one, leave the option out.';

/** Messages of the `teardown` command. */
export const teardownMessages = {
  intro:
    'This removes the setup of 1 secret: the secret, its policy entry, and the policy and role if unused. You can restore the secret during its recovery window. Nothing changes until you approve the plan.',
  looking: (regions: string[]) =>
    `Searching ${regions.length > 0 ? regions.join(', ') : 'all Regions'} for the secret and what uses it`,
  lookingForAll: 'Searching for the secrets and what uses them',
  nothingToDo: 'Nothing to remove.',
  notFound: (name: string, regions: string[]) =>
    `Secret ${name} not found in ${regions.length > 0 ? regions.join(' or ') : 'any Region'} or in any policy.`,
  notFoundHint: (regions: string[]): Fix => ({
    remedy: `Check the name${regions.length > 0 ? ' and --region' : ', or add --region'}. To list your secrets:`,
    command: toolCommand('status'),
  }),

  noPolicy: (name: string) => `Policy ${name} not found.`,
  noPolicyHint: `Correct --policy-name. ${IF_SETUP_STOPPED}`,
  noRole: (name: string) => `Role ${name} not found.`,
  noRoleHint: `Correct --role-name. ${IF_SETUP_STOPPED}`,
  undoCreates: 'The undo command creates it under this name.',

  schedule: (recoveryDays: number) => `recovery window of ${recoveryDays} days, then permanently deleted`,
  scheduledAlready: (at: Date) => `already scheduled for deletion on ${dayOf(at)}`,
  notOwn: `${NOT_OURS}; to remove it, add --include-untagged`,
  narrow: (entries: number) =>
    `removes ${entries === 1 ? '1 entry' : `${formatCount(entries)} entries`}; the other entries are kept`,
  keepWide: (prefix: string | undefined) =>
    prefix === undefined
      ? 'covers all secrets in a Region or the account'
      : `covers all secrets whose name starts with ${prefix}`,
  deletePolicy: 'no longer needed',
  keepNotOwn: `${NOT_OURS}; to remove the secret from it, add --include-untagged`,
  keepStack: (stack: string) =>
    `belongs to the CloudFormation stack ${stack}; remove the secret from its template`,
  keepOtherShape: 'has permissions that mc-static-key does not write',
  keepUsed: (by: string) => `still used by ${by}`,
  usedByRoles: (roles: string[]) => `${roles.length === 1 ? 'role' : 'roles'} ${roles.join(', ')}`,
  usedByOthers: 'users, groups or permissions boundaries',
  detach: (role: string) => `from role ${role}`,
  deleteRole: 'no policies left',
  keepRoleNotOwn: `${NOT_OURS}; to remove it if unused, add --include-untagged`,
  keepRoleStack: (stack: string) => `belongs to the CloudFormation stack ${stack}`,
  keepRoleUsed: (policies: string[]) => `still has ${policies.join(', ')}`,

  ofStack: (name: string, region: string, stack: string) =>
    `Secret ${name} in ${region} belongs to the CloudFormation stack ${stack}. Remove it from the stack's template.`,
  replicated: (name: string, region: string, replicas: string[]) =>
    `Secret ${name} in ${region} has replicas in ${replicas.join(' and ')}. Secrets Manager deletes only secrets without replicas.`,
  replicatedHint: (region: string, arn: string, replicas: string[]): Fix => ({
    remedy: `Remove the ${replicas.length === 1 ? 'replica' : 'replicas'} first:`,
    command: awsCommand(
      ...['secretsmanager', 'remove-regions-from-replication', '--region', region],
      ...['--secret-id', arn, '--remove-replica-regions', ...replicas],
    ),
  }),
  isReplica: (name: string, region: string, primary: string) =>
    `Secret ${name} in ${region} is a replica. It can be removed only from its primary Region, ${primary}.`,
  roleInUse: (name: string) => `Role ${name} is still in use, for example by an instance profile.`,
  roleInUseHint: 'Remove the role from there, then run the same command again.',

  tearingDown: 'Removing the secrets',
  tearingDownRest: 'Removing the policies and roles',
  tornDown: 'Verified: AWS no longer shows what was removed.',
  /** After "Waiting for". */
  waitingForPropagation: 'IAM to propagate the changes',
  keepsChanging: (name: string) => `Other processes keep changing policy ${name}.`,

  notReattached: (role: string, policy: string) =>
    `Role ${role} lost policy ${policy}. The policy was not deleted, and other keys may need it.`,
  attachAgain: (role: string, policyArn: string): Fix => ({
    remedy: 'Attach it again:',
    command: awsCommand(
      ...['iam', 'attach-role-policy', '--role-name', role],
      ...['--policy-arn', policyArn],
    ),
  }),

  stillThere: 'Still present after removal, or created again by another process:',
  stillThereHint: 'Wait a minute, then run the same command again.',

  left: 'Not removed yet:',
  goOn: 'To finish, run the same command again.',

  done: (regions: string[]) =>
    `Removed. MediaConnect can no longer read this key in ${regions.join(' and ')}.`,
  doneAll: (secrets: number) => `Removed. MediaConnect can no longer read ${plural(secrets, 'secret')}.`,
  doneAlready: (regions: string[]) =>
    `Already removed. MediaConnect can't read this key in ${regions.join(' and ')}.`,
  doneAllAlready: (secrets: number) =>
    `Already removed. MediaConnect can't read ${plural(secrets, 'secret')}.`,
  doneWithoutSecret: 'Removed.',
  doneNothing: 'Nothing was changed.',
  kept: 'Kept:',
  /** Returns how many resources of each kind were removed or changed. */
  totals: ({ secrets, policies, roles }: Outcomes) => {
    const kinds = [
      [secrets, 'scheduled', 'secret', 'secrets', 'scheduled for deletion'],
      [policies, 'deleted', 'policy', 'policies', 'deleted'],
      [policies, 'updated', 'policy', 'policies', 'changed'],
      [roles, 'deleted', 'role', 'roles', 'deleted'],
      [roles, 'updated', 'role', 'roles', 'changed'],
    ] as const;
    const counts = kinds.flatMap(([outcomes, action, one, several, what]) => {
      const count = outcomes.filter((outcome) => outcome.action === action).length;
      return count === 0 ? [] : [`${formatCount(count)} ${count === 1 ? one : several} ${what}`];
    });
    return counts.length === 0 ? '' : `${counts.join(', ')}.`;
  },
  /** @param until undefined if AWS did not return the date */
  restorable: (secrets: number, until: Date | undefined) => {
    const [subject, pronoun] =
      secrets === 1 ? ['The secret', 'it is'] : [`The ${formatCount(secrets)} secrets`, 'they are'];
    return until === undefined
      ? 'Scheduled for deletion:'
      : `${subject} can be restored until ${dayOf(until)}, then ${pronoun} permanently deleted:`;
  },
  undo: 'To undo before then:',

  confirmWhy: 'Streams that use this key will stop decrypting.',
  confirmWhyAll: 'Streams that use these keys will stop decrypting.',
  confirmName: (name: string) => `Type ${name} to confirm`,
  confirmNumber: (number: string) => `Type the number of keys, ${number}, to confirm`,
  confirmWrong: (name: string) => `Doesn't match. Type ${name}, or press Ctrl-C to quit.`,
};
