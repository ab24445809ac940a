import type { Verdict } from '../../../plan-types.ts';
import { formatCount, plural } from '../../../ui/batch-messages.ts';

const everyKey = (keys: number) => (keys === 1 ? 'this key' : `all ${formatCount(keys)} keys`);
const someKeys = (number: number, keys: number) =>
  keys === 1 ? 'this key' : `${formatCount(number)} of ${plural(keys, 'key')}`;

/** Returns `2 problems, 1 warning`, without what there is none of. */
const counts = (problems: number, warnings: number) =>
  [
    ...(problems > 0 ? [plural(problems, 'problem')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ].join(', ');

/** Messages of `verify` around its checks and about its progress. */
export const verifyMessages = {
  /** Labels of subjects, for one and for several. */
  kinds: {
    flow: ['Flow', 'Flows'],
    'router-input': ['Router input', 'Router inputs'],
    'router-output': ['Router output', 'Router outputs'],
    secret: ['Secret', 'Secrets'],
    role: ['Role', 'Roles'],
    policy: ['Policy', 'Policies'],
    caller: ['You', 'You'],
  } as const,
  withRegions: (name: string, regions: string[]) =>
    regions.length === 0 ? name : `${name} (${regions.join(', ')})`,
  onRole: (policy: string, role: string) => `${policy} on role ${role}`,
  account: (account: string) => `account ${account}`,

  noKey: 'No encryption key is used here.',
  canRead: (keys: number, warnings: number) =>
    `MediaConnect can read ${everyKey(keys)}${warnings === 0 ? '.' : `, with ${counts(0, warnings)}.`}`,
  cannotRead: (number: number, keys: number, problems: number, warnings: number) =>
    `MediaConnect can't read ${someKeys(number, keys)}: ${counts(problems, warnings)}`,
  faulty: (what: string, problems: number, warnings: number) => `${what}: ${counts(problems, warnings)}`,
  doesNotWork: "This setup doesn't work",
  doesNotWorkFor: (number: number, keys: number) => `This setup doesn't work for ${someKeys(number, keys)}`,
  /** Problems other than missing access for MediaConnect. */
  faults: {
    flow: 'This flow does not exist in your account',
    value: "The secret doesn't hold a key that MediaConnect can use",
    key: "The secret doesn't hold the correct key",
    settings: "This flow's settings don't match the key",
    router: 'This router input or router output does not exist in your account',
    ends: 'The 2 ends of the connection have different settings',
    encryption: "MediaConnect can't use these encryption settings",
    messages: 'MediaConnect reports errors',
    rotation: 'Automatic rotation is on; every rotation breaks the stream',
  },
  notPermitted: (checks: number) =>
    `Not verified: ${checks === 1 ? '1 check needs a permission' : `${formatCount(checks)} checks need permissions`} you don't have.`,
  notCompleted: (checks: number) => `Not verified: ${plural(checks, 'check')} couldn't be completed.`,

  notCompletedBecause: (checks: number, reason: string) =>
    `${plural(checks, 'check')} couldn't be completed: ${reason}`,
  caller: 'your permissions',
  /** @param subjects titles such as `Secret studio-a (us-west-2)` */
  checksOf: (number: number, subjects: string[]) =>
    `${plural(number, 'check')}: ${subjects.length > 2 ? `${formatCount(subjects.length)} resources` : subjects.join(', ')}`,
  missingPermissions: (checks: number) =>
    `${checks === 1 ? '1 check needs a permission' : `${formatCount(checks)} checks need permissions`} you don't have:`,
  printPolicy: (permissions: number) =>
    permissions === 1 ? 'Print a policy with this permission:' : 'Print a policy with all of them:',
  askForThem: 'Ask your AWS administrator for what is listed here.',
  passed: (number: number) => `${plural(number, 'check')} passed`,
  listPassed: '(--all to list them)',
  moreItems: (number: number) => `and ${formatCount(number)} more (--json lists all)`,

  keyCounts: (keys: number, secrets: number, verdicts: string[]) =>
    `${plural(keys, 'key')} in ${plural(secrets, 'secret')}: ${verdicts.join(', ')}`,
  keysOf: {
    ok: (number: number) => `${formatCount(number)} can be read`,
    warning: (number: number) => `${formatCount(number)} can be read, with warnings`,
    failed: (number: number) => `${formatCount(number)} with problems`,
    'cannot-tell': (number: number) => `${formatCount(number)} not verified`,
  } satisfies Record<Verdict, (number: number) => string>,
  notCompared: (keys: number, places: string) =>
    `${keys === 1 ? "1 key wasn't compared because its" : `${formatCount(keys)} keys weren't compared because their`} variable or file is missing here: ${places}.`,

  looking: 'Checking the secret, the role and its policies',
  lookingAtAll: 'Checking the secrets, the roles and their policies',
  lookingAtFlow: 'Checking the encryption settings and both ends of each connection',
};
