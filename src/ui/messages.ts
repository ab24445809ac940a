import type { ChangeAction, OutcomeAction, StepName } from '../plan-types.ts';

/** Messages of the `setup` command: the plan, the progress, the summary. */

export const setupMessages = {
  tracePrefix: 'debug:',
  reading: 'Reading what exists in the account',
  planTitle: 'What will be done',
  dryRunTitle: 'What would be done',
  nothingToDo: 'Everything is in place already. Nothing has to be changed.',
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
    schedule: 'delete',
    detach: 'detach',
    delete: 'delete',
  } satisfies Record<ChangeAction, string>,
  resource: { secret: 'secret', policy: 'policy', role: 'role' },
  warning: 'Note',

  conflictTitle: (count: number) => `${count} things are in the way. Nothing was changed.`,
  shownLate: 'This conflict appeared only after the secret was in place. The secret stays as it is.',
  resolutions: (choices: string[]) => `Ways out: ${choices.join('; ')}.`,

  progress: {
    'store-secret': 'Storing the secret',
    'read-policy': 'Setting up the read policy',
    'trust-role': 'Setting up the role',
  } satisfies Record<StepName, string>,
  stepDone: {
    'store-secret': 'Secret in place',
    'read-policy': 'Read policy in place',
    'trust-role': 'Role in place',
  } satisfies Record<StepName, string>,
  done: {
    created: 'created',
    updated: 'updated',
    restored: 'restored',
    kept: 'in place already',
    scheduled: 'scheduled for deletion',
    deleted: 'deleted',
  } satisfies Record<OutcomeAction, string>,
  waitingFor: (what: string, elapsedMs: number, limitMs: number) =>
    `Waiting for ${what}: ${Math.round(elapsedMs / 1000)} s of at most ${limitMs / 1000} s`,

  proven: 'Proven: MediaConnect may assume the role, and the role may read the key.',
  summaryTitle: 'MediaConnect can read the key.',
  summaryUndecided: "The key is set up. The checks can't tell whether MediaConnect can read it.",
  roleLabel: 'Role ARN',
  policyLabel: 'Policy ARN',
  secretLabel: (region: string) => `Secret ARN (${region})`,
  nextTitle: 'What comes next',
  consoleStep: (what: string) => `In the MediaConnect console, under the encryption of ${what}:`,
  consoleSubject: {
    'static-key': 'the Zixi source or output, or of the entitlement',
    'srt-password': 'the SRT source or output',
  },
  consoleType: { 'static-key': 'Static key', 'srt-password': 'SRT password' },
  consoleFields: {
    type: 'Encryption type',
    algorithm: 'Encryption algorithm',
    role: 'Role ARN',
    secret: 'Secret ARN',
  },
  apiStep: 'Or in the MediaConnect API, as "encryption":',
  cliOutput: {
    'static-key': 'Or with the AWS CLI, for a Zixi output:',
    'srt-password': 'Or with the AWS CLI, for an SRT output:',
  },
  cliEntitlement: 'and for an entitlement:',
  transitStep:
    'Or between flows, routers and MediaLive, as transit encryption ("transitEncryption" of a router input, "routerIntegrationTransitEncryption" of a flow output):',
  transitBoth: 'Both ends of a connection need the same key.',
  placeholders: 'Put your own flow ARN, names, addresses and account IDs where these are examples.',
  passRole: (arn: string) =>
    `Whoever makes the flow needs iam:PassRole on ${arn} (iam:PassedToService = mediaconnect.amazonaws.com). Without it MediaConnect says only "AccessDenied: Forbidden".`,
  generated:
    'The key was generated and is only in Secrets Manager. The other end of the stream needs it too; read it with:',
  sandboxEnd: 'This was the sandbox: nothing was sent to AWS, and nothing is left of it.',
  regionsDiffer: 'Each Region has its own secret ARN: use the one of the Region in which the flow is.',

  missing: (count: number) => (count === 1 ? 'One thing is missing' : `${count} things are missing`),
  missingFlagsHint: 'Give them as flags or environment variables.',
  missingHint:
    'Give them as flags or environment variables, or run the command in a terminal without --no-input and be asked.',
  missingItems: {
    secret: '--secret-name NAME (or --secret-arn ARN for a secret that exists)',
    existing: '--secret-name NAME (or --secret-arn ARN)',
    existingOrFlow: '--secret-name NAME (or --secret-arn ARN, or --flow-arn ARN)',
    region: '--region REGION (or AWS_REGION)',
    key: '--key-file PATH, --key-env NAME or --generate aes128|aes192|aes256',
    newKey: '--key-file PATH, --key-env NAME or --generate aes128|aes192|aes256 (or --rollback)',
    yes: '--yes to carry out the plan, or --dry-run to see it only',
  },

  interrupted: 'Interrupted.',
  stopped: 'Stopped, as you said.',
  interruptedWaiting:
    'Stopping. A change that is under way is finished first; press Ctrl-C again to stop at once.',
  inDoubt: (action: string) =>
    `The change that was under way (${action}) may have been made; running the same command again finds out.`,
  nothingChanged: 'Nothing was changed.',
  existsSoFar: 'What exists by now:',
  runAgain: 'Run the same command again to continue: it keeps what is there and does the rest.',
};
