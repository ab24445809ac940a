import type { ListedSecret } from '../../aws/secrets/listing.ts';
import type { RemovedFromKey } from '../../key/check.ts';
import { type Algorithm, algorithmName, type KeyType } from '../../key/index.ts';
import { dayOf } from '../../text.ts';
import { plural } from '../../ui/batch-messages.ts';

const REMOVED: Record<RemovedFromKey['what'], (count: number) => string> = {
  space: (count) => plural(count, 'space'),
  'line-break': (count) => plural(count, 'line break'),
  separator: (count) => plural(count, 'separator'),
  'hex-prefix': (count) => (count === 1 ? '1 0x prefix' : `${count} 0x prefixes`),
  quote: (count) => plural(count, 'quotation mark'),
};

/** Texts of the wizard. A hint stands below its question until that is answered. */
export const wizardMessages = {
  intro: `This wizard creates three things:
  1  Secret   your encryption key, in AWS Secrets Manager
  2  Policy   grants read access to that secret only
  3  Role     MediaConnect assumes it to read the secret

Nothing changes until you approve the plan.`,
  leave: 'Ctrl-C quit   Esc go back',
  sandboxTitle: 'SANDBOX',
  sandbox: 'Nothing is sent to AWS. Everything is discarded when you exit.',

  asking: 'Checking your AWS credentials',
  account: (account: string) => `Account: ${account}`,
  identity: (arn: string) => `Identity: ${arn}`,
  chosenRegions: (regions: string) => `Regions of the flows: ${regions}`,
  useAccount: 'Use this account?',
  otherAccount:
    'To use another account, sign in to it or choose its profile: run the command again with --profile NAME.',

  stepOne: 'Step 1 of 3: Store the encryption key',
  stepTwo: 'Step 2 of 3: Create the IAM policy',
  stepThree: 'Step 3 of 3: Create the IAM role',

  region: 'Which Region is your flow in?',
  regionHint: 'The secret must be in the same Region as the flow. Type to filter.',
  severalRegions: 'More than one Region…',
  regions: 'Which Regions are your flows in?',
  regionsHint: 'Each Region gets its own secret with the same key.',
  regionsMissing: 'Choose at least 1 Region with the space bar.',
  otherRegion: (id: string) => `${id} (not a Region that this version knows)`,

  useExisting: (count: number, capped: boolean, region: string) =>
    `Use a secret that already exists (${count}${capped ? ' or more' : ''} in ${region})`,
  existing: 'Which secret?',
  existingHint: 'Its value is checked, not changed. Type to filter.',
  whichHint: (region: string) => `Secrets in ${region}. Type to filter.`,
  secretDates: ({ changedAt, lastAccessedAt }: Pick<ListedSecret, 'changedAt' | 'lastAccessedAt'>) =>
    [
      ...(changedAt ? [`changed ${dayOf(changedAt)}`] : []),
      lastAccessedAt ? `last read ${dayOf(lastAccessedAt)}` : 'never read',
    ].join('   '),

  keyType: 'What will use this key?',
  keyTypes: {
    'static-key': 'Zixi source or output, or an entitlement (static key)',
    'srt-password': 'SRT source or output (SRT password)',
  } satisfies Record<KeyType, string>,
  keyFrom: 'How do you want to provide the key?',
  keyFromHint:
    'Sender and receiver must use the same key. You usually get it from the manager of the source.',
  keyTyped: 'Paste or type it (hidden)',
  keyFile: 'Read it from a file',
  keyGenerated: (algorithm: Algorithm) => `Generate a random key (${algorithmName(algorithm)})`,
  keyGeneratedOther: 'Generate a random key of another length',
  key: { 'static-key': 'Static key', 'srt-password': 'SRT password' } satisfies Record<KeyType, string>,
  keyHint: {
    'static-key': (length: number) =>
      `32, 48 or 64 hexadecimal digits. Input is hidden.${length === 0 ? '' : ` ${plural(length, 'character')} so far.`}`,
    'srt-password': (length: number) =>
      `10 to 80 characters. Input is hidden.${length === 0 ? '' : ` ${plural(length, 'character')} so far.`}`,
  } satisfies Record<KeyType, (length: number) => string>,
  keyAgain: {
    'static-key': 'Confirm static key',
    'srt-password': 'Confirm SRT password',
  } satisfies Record<KeyType, string>,
  keyAgainHint: 'A typo would go unnoticed until the stream fails to decrypt.',
  keysDiffer: "The keys don't match. Confirm the key again, or press Esc to start over.",
  keyAccepted: (characters: number, algorithm: Algorithm | undefined) =>
    algorithm ? `${algorithmName(algorithm)} (${characters} digits)` : plural(characters, 'character'),
  repaired: (removed: readonly RemovedFromKey[]) =>
    `Removed from the key: ${removed.map(({ what, count }) => REMOVED[what](count)).join(', ')}.`,
  file: 'Path to the key file',
  fileHint: 'The file must contain only the key. Tab completes the path.',
  fileMissing: 'Enter the path to a file.',
  fileNotKey: 'That looks like the key itself. Enter the path to the file that contains it.',
  algorithm: 'Encryption algorithm',
  algorithmHint: 'Both ends must support it. AES-256 is the strongest.',
  algorithmName: (algorithm: Algorithm) =>
    `${algorithmName(algorithm)}${algorithm === 'aes256' ? ' (recommended)' : ''}`,

  secretName: 'Secret name',
  secretNameHint: (prefix: string) =>
    `Name it after the feed, for example ${prefix === '' ? 'studio-a or live/studio-a' : `${prefix}studio-a`}.`,
  secretNameMissing: 'Enter a name.',
  secretNameTaken: (name: string, region: string) =>
    `${name} already exists in ${region}. Enter another name, or press Esc and use the existing secret.`,
  policyLine: (name: string, state: string) => `Policy  ${name}   ${state}`,
  roleLine: (name: string, state: string) => `Role    ${name}   ${state}`,
  nameNew: 'new',
  nameExists: 'exists',
  useNames: 'Use these names?',
  useNamesYes: 'Yes',
  changePolicyName: 'Change the policy name',
  changeRoleName: 'Change the role name',
  policyName: 'Policy name',
  policyNameHint: 'It grants read access only to the secrets it lists. Many secrets can share one policy.',
  roleName: 'Role name',
  roleNameHint: 'MediaConnect assumes this role to read the key. Many secrets can share one role.',
  nameSubject: 'The name',

  conflict: 'What do you want to do?',
  stop: 'Quit without changes',
  restoreThen: 'If the restored secret holds a different key:',
  restoreThenHint: "Its value can't be read until it is restored.",
  restoreCompare: 'Restore it, then stop',
  restoreKeep: 'Keep the restored key',
  restoreReplace: 'Replace it with this key (streams stop until both ends have it)',
  prefix: 'Secret name prefix',
  prefixHint: 'The policy will cover every secret whose name starts with this prefix, including future ones.',
  prefixSubject: 'The prefix',
  prefixOfOthers: "The secret name doesn't start with this prefix.",
  nameOutsidePrefix: (prefix: string) => `The name must start with ${prefix} (from --policy-prefix).`,
  scope: 'Which secrets should the policy cover?',
  scopeRegion: 'Every secret in these Regions',
  scopeAccount: 'Every secret in the account',

  confirm: 'Apply this plan?',
  confirmYes: 'Yes, apply it',
  confirmLines: 'Show the full plan',
  confirmShow: 'Show the policy JSON',
  confirmChange: 'Change an answer',
  confirmNo: 'No, quit without changes',
  whichAnswer: 'Which answer do you want to change?',
  changeRegions: 'Change the Region',
  changeKey: 'Change the key',
  changeSecretName: 'Change the secret name',

  mfa: (serial: string) => `MFA code for ${serial}`,
  mfaForm: 'Enter the 6-digit code.',
  listing: (region: string) => `Listing secrets in ${region}`,
};
