import { formatCount, plural, shortList } from '../ui/batch-messages.ts';

/** Messages of the `status` command: the checks, the tree, the notes. */
export const statusMessages = {
  lookingAtRoles: (count: number) => `Looking through the roles: ${count} so far`,
  lookingAtSecrets: (count: number) => `Looking through the secrets: ${count} so far`,
  looking: 'Looking through the account',
  readingRoles: (count: number) =>
    count === 1 ? 'Reading the role and its policies' : `Reading ${count} roles and their policies`,
  readingDetails: (count: number) => `Checking the age of ${count} keys and who can read them`,

  title: (account: string, partition: string) => `Account ${account} (${partition})`,
  count: (roles: number, secrets: number) => `${plural(roles, 'role')}, ${plural(secrets, 'secret')}`,
  verdicts: {
    failed: (count: number) => `${count} failed`,
    warning: (count: number) => plural(count, 'warning'),
    'cannot-tell': (count: number) => `${count} inconclusive`,
  },
  role: (name: string, own: boolean | null) => `Role ${name}${own ? ' (made by mc-static-key)' : ''}`,
  policy: (name: string, inline: boolean) => `Policy ${name}${inline ? ' (inline)' : ''}`,
  readsNothing: 'No policy of it allows reading a secret.',
  prefix: (pattern: string) => `allows reading every secret that ${pattern} stands for`,
  scope: (scope: string) =>
    `allows reading every secret that ${scope} stands for; shown are those made by mc-static-key`,
  unseen: (count: number, regions: string[]) =>
    `${plural(count, 'more secret')} in ${regions.join(', ')}, not looked at`,
  anyRegion: 'any Region',
  loose: 'Not connected',
  looseSecrets: 'Secrets that no policy above names',
  loosePolicies: 'Policies that no role above has',
  ageTitle: 'key age',
  readTitle: 'last read',
  days: (days: number, exact: boolean) => `${exact ? '' : '≥ '}${days} d`,
  notKnown: '-',
  never: 'never',
  replica: (region: string) => `replica of ${region}`,
  replicas: (regions: string[]) => `replicas in ${regions.join(', ')}`,
  leastAge: 'A key age with ≥ is the least: the days since anything about the secret was last changed.',
  aged: (age: string, read: string) => `key age ${age}, last read ${read}`,

  nothing: (account: string) => `Nothing that lets MediaConnect read a key was found in account ${account}.`,
  nothingNext:
    "Set it up with 'mc-static-key setup', or try it out with 'mc-static-key setup --sandbox' first.",
  lookedIn: (regions: string[]) => `Secrets were looked for in ${regions.join(', ') || 'no Region'}.`,
  readByAnyone:
    'Last read is the day (UTC) on which anyone last read the value: MediaConnect, a person, or this program when it verifies a setup.',
  verify: 'These checks read no key. All checks of one secret, its value too:',
  verifyAll: 'These checks read no key. All checks, those of the values too:',
  missingTitle: 'Missing',
  missing: (kind: 'role' | 'policy' | 'secret', name: string, regions: string[]) =>
    `${kind} ${name}${regions.length > 0 ? ` (${regions.join(', ')})` : ''}`,
  moreMissing: (number: number) => `and ${formatCount(number)} more; --json has them all`,
  missingCount: (number: number) => `${formatCount(number)} missing`,
  setUp: 'To create what is missing, run:',
  setUpAndRestore: (missing: number) =>
    missing === 0
      ? 'To restore what is scheduled for deletion, run:'
      : 'To create what is missing and restore what is scheduled for deletion, run:',
  notes: 'Not looked at',
  denied: (action: string) => `these credentials are not allowed to perform ${action}`,
  unanswered: (action: string) =>
    `AWS returned errors for ${action}, or kept throttling it; run the command again`,
  regionOff: 'not enabled in this account',
  note: (subjects: string[], detail: string) => `${shortList(subjects)}: ${detail}`,
  unattachedPolicies: 'policies that no role has',
};
