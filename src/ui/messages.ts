import type { ChangeAction, OutcomeAction, StepName } from '../plan-types.ts';
import { formatCount, plural } from './batch-messages.ts';

/** Messages of the `setup` command: the plan, the progress, the summary. */

export const setupMessages = {
  tracePrefix: 'debug:',
  reading: 'Checking existing resources',
  planTitle: (account: string | undefined) => (account ? `Plan for account ${account}` : 'Plan'),
  manifestSubject: (path: string, keys: number, regions: string[]) =>
    `${path}, ${plural(keys, 'key')}, ${plural(regions.length, 'Region')}`,
  dryRun: 'dry run: nothing will be changed',
  sandbox: 'SANDBOX',
  planTotals: (totals: string) => `Plan: ${totals}`,
  totals: (add: number, change: number, remove: number) =>
    `${add} to add, ${change} to change, ${remove} to delete.`,
  nothingToDo: 'Everything is already set up. No changes needed.',
  account: (account: string, caller: string) => `Account ${account}, as ${caller}`,
  mark: {
    create: '+',
    update: '~',
    restore: '~',
    attach: '+',
    keep: '=',
    schedule: '-',
    detach: '-',
    delete: '-',
  } satisfies Record<ChangeAction, string>,
  verb: {
    create: 'create',
    update: 'change',
    restore: 'restore',
    attach: 'attach',
    keep: 'keep',
    schedule: 'schedule deletion',
    detach: 'detach',
    delete: 'delete',
  } satisfies Record<ChangeAction, string>,
  resource: { secret: 'secret', policy: 'policy', role: 'role' },
  warning: 'Note',

  conflictTitle: (count: number) => `${count} conflicts. Nothing was changed.`,
  shownLate: 'This conflict appeared only after the secret was stored. The secret stays as it is.',
  resolve: { one: 'To resolve this, add:', several: 'To resolve this, add one of:' },

  progress: {
    'store-secret': 'Storing the secret',
    'read-policy': 'Creating the policy',
    'trust-role': 'Creating the role',
  } satisfies Record<StepName, string>,
  progressLabel: {
    secret: { one: 'Secret', several: 'Secrets' },
    policy: { one: 'Policy', several: 'Policies' },
    role: { one: 'Role', several: 'Roles' },
  },
  policiesAttached: (count: number) => (count === 1 ? 'policy attached' : `${count} policies attached`),
  seconds: (ms: number) => `${Math.round(ms / 1000)} s`,
  done: {
    created: 'created',
    updated: 'updated',
    restored: 'restored',
    kept: 'unchanged',
    scheduled: 'scheduled for deletion',
    deleted: 'deleted',
  } satisfies Record<OutcomeAction, string>,
  waitingFor: (what: string, elapsedMs: number, limitMs: number) =>
    `Waiting for ${what} (${Math.round(elapsedMs / 1000)} s, up to ${limitMs / 1000} s)`,

  verified: 'Verified: MediaConnect can assume the role, and the role can read the secret.',
  complete: {
    one: 'Setup complete. MediaConnect can read the key.',
    several: (keys: number) => `Setup complete. MediaConnect can read all ${formatCount(keys)} keys.`,
    /** If other keys have failed. */
    some: (keys: number) =>
      `${plural(keys, 'key')} set up. MediaConnect can read ${keys === 1 ? 'it' : 'them'}.`,
    sandbox: 'Setup complete (sandbox). Nothing was created in AWS.',
  },
  undecided: {
    one: "The key is set up, but the checks can't tell whether MediaConnect can read it.",
    several: (keys: number) =>
      `${plural(keys, 'key')} set up, but the checks can't tell whether MediaConnect can read all of them.`,
  },
  counts: (created: number, changed: number) =>
    `${formatCount(created)} created, ${formatCount(changed)} changed`,
  secretLabel: (region: string) => `Secret ARN (${region})`,
  roleLabel: 'Role ARN',
  roleNameLabel: (name: string) => `Role ARN (${name})`,

  nextTitle: 'Next steps',
  console: {
    one: 'In the MediaConnect console, enter both ARNs in your flow:',
    several: "In the MediaConnect console, enter the role ARN and the secret ARN of the flow's Region:",
  },
  consoleRows: {
    source: 'Source',
    output: { 'static-key': 'Output or entitlement', 'srt-password': 'Output' },
    router: 'Router',
    decryption: (type: string) => `Decryption: type ${type}`,
    encryption: (type: string) => `Encryption: type ${type}`,
    transit: 'Transit encryption, at both ends',
  },
  consoleType: { 'static-key': 'Static key', 'srt-password': 'SRT password' },
  consoleBatch: "Enter the role ARN and the secret ARN of the flow's Region in each flow.",
  secretArns: 'To list all secret ARNs:',
  otherEnds: 'Set the same keys at the other ends of the streams.',
  getGeneratedBatch: 'Generated keys: get them for the other ends, for example:',
  otherEnd: 'Set the same key at the other end of the stream.',
  getGenerated: 'Get the generated key for the other end of the stream:',
  passRole: 'Editing flows requires iam:PassRole:',
  checkLabel: 'Check it any time',
  repeatLabel: 'Without questions',
  realLabel: 'For real',
  tryLabel: 'Try more',
  flagsLabel: 'With your flags',
  showQuestion: 'Show settings for',
  showNothing: "Nothing, I'm done",
  showCli: 'AWS CLI',
  showJson: 'API (JSON)',

  cli: {
    source: 'AWS CLI, update a source:',
    output: { 'static-key': 'AWS CLI, add a Zixi output:', 'srt-password': 'AWS CLI, add an SRT output:' },
    entitlement: 'AWS CLI, grant an entitlement:',
    placeholders:
      'Replace the flow and source ARNs, the names, the IP address and the account ID with yours.',
    otherSecrets: 'For another key, use its secret ARN and role ARN.',
  },
  api: {
    settings: 'API: "decryption" of a source, "encryption" of an output or entitlement',
    transit:
      'API: "transitEncryption" of a router input or output, "routerIntegrationTransitEncryption" of a flow output',
    all: 'For all keys, run the command with --json (see "encryption").',
  },

  missing: (count: number) =>
    count === 1 ? 'Missing: 1 required option' : `Missing: ${count} required options`,
  missingFlagsHint: 'Pass them as options or environment variables.',
  missingHint:
    'Pass them as options or environment variables. To be prompted, run the command in a terminal without --yes, --json and --no-input.',
  missingItems: {
    secret: '--secret-name NAME (or --secret-arn ARN for an existing secret)',
    existing: '--secret-name NAME (or --secret-arn ARN)',
    existingOrFlow: '--secret-name NAME (or --secret-arn ARN, or --flow-arn ARN)',
    region: '--region REGION (or AWS_REGION)',
    key: '--key-file PATH, --key-env NAME or --generate aes128|aes192|aes256',
    newKey: '--key-file PATH, --key-env NAME or --generate aes128|aes192|aes256 (or --rollback)',
    yes: '--yes to apply the plan, or --dry-run to preview it',
  },

  interrupted: 'Interrupted.',
  canceled: 'Canceled.',
  interruptedWaiting: 'Stopping after the current change. Press Ctrl-C again to stop immediately.',
  inDoubt: (action: string) =>
    `The last change (${action}) may have gone through. Run the same command again to check.`,
  nothingChanged: 'Nothing was changed.',
  changedSoFar: 'Changed so far:',
  runAgain: 'To continue, run the same command again. Finished parts are skipped.',
  allPermissions: 'To print every permission that this command needs, for your administrator:',
};
