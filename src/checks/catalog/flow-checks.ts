import type { Fix } from '../../failure.ts';
import type { CheckSpec } from './spec.ts';

/** Returns an algorithm or a key type as the console shows it, such as `AES-256`. */
const shown = (value: string) =>
  value.replace(/^aes/, 'AES-').replace('srt-password', 'SRT password').replace('static-key', 'static key');

/** The checks of flows and their parts, and of router inputs and outputs. */
export const FLOW_CHECKS = {
  'flow-messages': {
    question: 'what MediaConnect reports about it',
    asks: 'MediaConnect reports no errors for the flow (`messages.errors`). They are printed first, word for word',
    fix: 'fix what the message names',
    words: {},
  },
  'router-messages': {
    question: 'what MediaConnect reports about it',
    asks: 'Warning only: the same for a router input or output, whose messages have no severity',
    fix: 'fix what the message names',
    words: {},
  },
  'flow-exists': {
    question: 'whether the flow exists',
    asks: 'The flow exists',
    fix: 'copy the ARN',
    words: { exists: 'exists', noFlow: 'not found' },
  },
  'flow-account': {
    question: 'whose flow it is',
    asks: "The flow is in the caller's account",
    fix: 'use other credentials',
    words: {},
  },
  'flow-encryption': {
    question: 'what its encryption is',
    asks: 'Reports how a part is encrypted. No encryption and SPEKE are not failures',
    fix: '',
    isSummary: true,
    words: {
      notEncrypted: (what: string) => `${what}: not encrypted`,
      speke: (what: string) => `${what}: uses SPEKE, so there is no secret to check`,
      encrypted: (what: string, how: string) => `${what}: ${shown(how)}`,
    },
  },
  'flow-protocol': {
    question: 'whether its protocol supports the key type',
    asks: 'The protocol supports the key type. Zixi and entitlements use static keys, SRT uses passwords, other protocols neither',
    fix: 'the command with the correct key type',
    words: {
      wrongKeyType: (keyType: string, protocol: string) =>
        `has key type ${keyType}, but ${protocol} doesn't support it`,
    },
  },
  'flow-algorithm': {
    question: 'whether its algorithm matches the key',
    asks: 'The algorithm of a static key matches its length; a password has none',
    fix: 'the command with the correct algorithm',
    words: {
      passwordWithAlgorithm: 'has an algorithm, but an SRT password must have none',
      noAlgorithm: 'has no algorithm; a static key needs one',
      otherAlgorithm: (algorithm: string, fitting: string) =>
        `has algorithm ${shown(algorithm)}, but the key in the secret is for ${shown(fitting)}`,
    },
  },
  'flow-secret': {
    question: 'which secret it uses',
    asks: "The settings name a secret in the flow's Region",
    fix: '',
    words: {
      noSecret: 'has no full secret ARN',
      secretElsewhere: (there: string, region: string) =>
        `uses a secret in ${there}, but the flow is in ${region}. The secret must be in the flow's Region`,
    },
  },
  'flow-role': {
    question: 'which role it uses',
    asks: 'The settings name a role; for transit encryption, one without a path',
    fix: '',
    words: { noRoleNamed: 'has no role' },
  },
  'router-exists': {
    question: 'whether it exists',
    asks: 'The router input or output exists',
    fix: 'copy the ARN',
    words: { exists: 'exists' },
  },
  'router-account': {
    question: 'whose router input or output it is',
    asks: "It is in the caller's account",
    fix: 'use other credentials',
    words: {},
  },
  'router-encryption': {
    question: 'what its encryption is',
    asks: 'Reports how it is encrypted, by the path of each setting',
    fix: '',
    isSummary: true,
    words: {},
  },
  'router-secret': {
    question: 'which secret it uses',
    asks: 'The settings name a secret in its Region',
    fix: '',
    words: {},
  },
  'router-role': {
    question: 'which role it uses',
    asks: 'The settings name a role without a path',
    fix: '',
    words: {},
  },
  'flow-other-end': {
    question: 'whether it matches its other end',
    asks: 'Both ends of the connection have the same key type and, with secrets, the same key. The other end exists, with its router integration enabled',
    fix: 'use the same key type and secret at both ends',
    isSummary: true,
    words: {},
  },
  'router-other-end': {
    question: 'whether it matches its other end',
    asks: 'The same for a router input or output',
    fix: 'the same',
    isSummary: true,
    words: {},
  },
} as const satisfies Record<string, CheckSpec>;

/** Fixes for the checks of a flow. */
export const FLOW_FIXES = {
  usePassword: (command: string): Fix => ({
    remedy: 'Store an SRT password in its own secret and use key type srt-password:',
    command,
  }),
  otherKeyType: (acceptedKeyType: string | undefined): Fix => ({
    remedy:
      acceptedKeyType === undefined
        ? 'Use Zixi or SRT as the protocol, or no encryption.'
        : `Use key type ${acceptedKeyType} with the algorithm of the key, or use another protocol.`,
  }),
  /** An update of a part keeps omitted settings, so it can't remove an algorithm. */
  removeAlgorithm: {
    remedy: 'Remove this part of the flow, then add it again without an algorithm.',
  } satisfies Fix,
  setAlgorithm: { remedy: 'Set the algorithm that matches the key length.' } satisfies Fix,
  useAlgorithm: (algorithm: string, command: string): Fix => ({
    remedy: `Set the algorithm to ${shown(algorithm)}, or store a key that matches:`,
    command,
  }),
  nameSecret: { remedy: 'Enter the full ARN of the secret.' } satisfies Fix,
  nameRole: { remedy: 'Enter the ARN of the role.' } satisfies Fix,
  otherCredentials: { remedy: "Use credentials for the flow's account (--profile)." } satisfies Fix,
  checkArn: { remedy: 'Copy the ARN of the flow from the MediaConnect console.' } satisfies Fix,
};

const DISCONNECT = "Disconnect them first; MediaConnect can't change the setting while they are connected.";

/** Fixes for the checks of router inputs and outputs. */
export const ROUTER_FIXES = {
  message: { remedy: 'Fix what the message names.' } satisfies Fix,
  checkArn: { remedy: 'Copy the ARN from the MediaConnect console.' } satisfies Fix,
  otherCredentials: { remedy: 'Use credentials for its account (--profile).' } satisfies Fix,
  nameSecret: { remedy: 'Enter the full ARN of the secret in this setting.' } satisfies Fix,
  nameRole: { remedy: 'Enter the ARN of the role in this setting.' } satisfies Fix,
  noPath: { remedy: 'Use a role without a path; setup creates one.' } satisfies Fix,
  sameKeyType: { remedy: `Use the same key type at both ends. ${DISCONNECT}` } satisfies Fix,
  sameKey: {
    remedy: `Use the same secret at both ends, or store the same key in both. ${DISCONNECT}`,
  } satisfies Fix,
  connectAgain: { remedy: 'Connect it again, or remove the connection.' } satisfies Fix,
  enable: { remedy: 'Enable the router integration there.' } satisfies Fix,
};

/** Messages of `verify` about encryption between flows, routers and MediaLive, and about routers. */
export const routerMessages = {
  part: (kind: string, name: string, protocol: string | undefined) =>
    `${kind} ${name}${protocol === undefined ? '' : ` (${protocol})`}`,
  message: (text: string) => `MediaConnect reports: ${text}`,
  none: 'not found',
  transit: (what: string) => `${what}: transit encryption with a secret`,
  automatic: (what: string) => `${what}: automatic transit encryption, no key needed`,
  otherKeyType: (what: string, keyType: string) => `${what}: transit encryption ${keyType}`,
  disabled: (what: string) => `${what}: router integration is disabled, so its transit settings don't apply`,
  srt: (what: string) => `${what}: SRT password`,
  openRouter: (what: string) => `${what}: not encrypted with a key`,
  noSecret: 'has no full secret ARN',
  secretElsewhere: (there: string, region: string) =>
    `uses a secret in ${there}, but MediaConnect reads it in ${region}`,
  noRole: 'has no role',
  rolePath: (path: string) => `uses a role with the path ${path}, which MediaConnect rejects here`,

  noOtherEnd: (what: string, arn: string) => `${what} is connected to ${arn}, which does not exist`,
  noPart: (what: string, arn: string) => `${what} is connected to ${arn}, but the flow has no such part`,
  foreignEnd: (arn: string) => `${arn} belongs to another account`,
  endDisabled: (what: string, arn: string) =>
    `${what} is connected to ${arn}, whose router integration is disabled`,
  noSetting: (what: string, arn: string) =>
    `${what} is connected to ${arn}, which has no transit encryption for it`,
  differ: (what: string, keyType: string, arn: string, other: string) =>
    `${what} has key type ${keyType}, but its other end ${arn} has ${other}`,
  matches: (what: string, arn: string) => `${what} matches its other end ${arn}`,
  otherKey: (what: string, arn: string) => `${what} and its other end ${arn} have different keys`,
  keyUnknown: (what: string, arn: string) => `the keys of ${what} and ${arn} couldn't be compared`,
} as const;
