import { formatCount, plural, shortList } from '../ui/batch-messages.ts';

/** At most so many Regions are named instead of counted. */
const FEW_REGIONS = 3;

/** Messages of the `status` command: the tables, the problems, the notes. */
export const statusMessages = {
  lookingAtRoles: (count: number) => `Scanning roles (${formatCount(count)} so far)`,
  lookingAtSecrets: (count: number) => `Scanning secrets (${formatCount(count)} so far)`,
  looking: 'Scanning the account',
  readingRoles: (count: number) =>
    count === 1 ? 'Reading the role and its policies' : `Reading ${count} roles and their policies`,
  readingDetails: (count: number) => `Checking the age of ${count} keys and who can read them`,

  title: (account: string, partition: string) =>
    `Account ${account}${partition === 'aws' ? '' : ` (${partition})`}`,
  count: (roles: number, secrets: number) => `${plural(roles, 'role')}, ${plural(secrets, 'secret')}`,
  verdicts: {
    failed: (count: number) => plural(count, 'problem'),
    warning: (count: number) => plural(count, 'warning'),
    'cannot-tell': (count: number) => `${formatCount(count)} not verified`,
  },
  noProblems: 'no problems',

  columns: {
    secret: 'SECRET',
    region: 'REGION',
    age: 'KEY AGE',
    read: 'LAST READ',
    role: 'ROLE',
    state: 'STATE',
    trust: 'TRUSTS MEDIACONNECT',
    policy: 'POLICY',
  },
  days: (days: number, exact: boolean) => `${exact ? '' : '≥ '}${days} d`,
  notKnown: '-',
  never: 'never',
  noRole: '-',
  andMore: (role: string, more: number) => (more > 0 ? `${role} +${more}` : role),
  secretInRegion: (name: string, region: string) => `${name} (${region})`,
  aged: (age: string, read: string, role: string) => `key age ${age}, last read ${read}, role ${role}`,
  /** The state of a secret in a word, by the check that did not pass. The problems below say more. */
  states: {
    'secret-deletion': 'pending deletion',
    'secret-version': 'no value',
    'secret-rotation': 'rotates',
    'secret-kms-key': 'check KMS key',
    'role-reads-secret': 'check access',
  },
  replica: 'replica',
  unused: 'unused',
  trust: {
    ok: 'this account only',
    warning: 'other accounts too',
    'cannot-tell': 'not known',
    failed: 'no',
  },
  trusted: (state: string) => `trusts MediaConnect: ${state}`,
  policy: (name: string, inline: boolean) => `${name}${inline ? ' (inline)' : ''}`,
  policiesUnread: "couldn't be read",
  readsNothing: 'no read access to a secret',
  prefix: (policy: string, pattern: string) =>
    `${policy}: read access to every secret that matches ${pattern}`,
  scope: (policy: string, scope: string) =>
    `${policy}: read access to all secrets (${scope}); listed here: the ones mc-static-key created`,
  unseen: (policy: string, count: number, regions: string[]) =>
    `${policy}: ${plural(count, 'more secret')} in ${regions.join(', ')}, not searched`,
  anyRegion: 'any Region',
  unattached: (policies: string[]) => `Policies not attached to any role above: ${shortList(policies)}`,

  problems: 'Problems',
  problem: (subjects: string[], detail: string) => `${shortList(subjects)}: ${detail}`,
  inPolicy: (detail: string, policy: string) => `${detail} (policy ${policy})`,

  leastAge: '≥ means “at least”: without secretsmanager:ListSecretVersionIds only the last change is known.',
  readByAnyone: '“Last read” (UTC) counts any reader: MediaConnect, people and this tool.',
  nothing: (account: string) => `No static key setup found in account ${account}.`,
  create: 'To create one:',
  trySandbox: 'To try it first, without AWS:',
  searched: (regions: string[]) => {
    if (regions.length === 0) return 'No Region was searched.';
    return `Searched ${regions.length > FEW_REGIONS ? `${regions.length} Regions` : regions.join(', ')}.`;
  },
  verify: 'Key values were not read. To check one:',
  verifyAll: 'Key values were not read. To check all:',
  missingTitle: 'Missing',
  missing: (kind: 'role' | 'policy' | 'secret', name: string, regions: string[]) =>
    `${kind} ${name}${regions.length > 0 ? ` (${regions.join(', ')})` : ''}`,
  moreMissing: (number: number) => `and ${formatCount(number)} more (--json lists all)`,
  missingCount: (number: number) => `${formatCount(number)} missing`,
  setUp: "To create what's missing, run:",
  setUpAndRestore: (missing: number) =>
    missing === 0
      ? 'To restore what is scheduled for deletion, run:'
      : "To create what's missing and restore what is scheduled for deletion, run:",
  notes: 'Skipped',
  denied: (action: string) => `no permission for ${action}`,
  unanswered: (action: string) => `${action} failed or was throttled; run the command again`,
  regionOff: 'not enabled in this account',
  note: (subjects: string[], detail: string) => `${shortList(subjects)}: ${detail}`,
  unattachedPolicies: 'policies not attached to a role',
};
