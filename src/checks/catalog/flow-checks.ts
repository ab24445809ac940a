import type { Fix } from '../../failure.ts';
import type { CheckSpec } from './spec.ts';

/** The checks of flows and their parts, and of router inputs and outputs. */
export const FLOW_CHECKS = {
  'flow-messages': {
    question: 'what MediaConnect says about it',
    asks: 'what MediaConnect itself reports as wrong with the flow (`messages.errors`), word for word, before all else',
    fix: 'correct what it names',
    words: {},
  },
  'router-messages': {
    question: 'what MediaConnect says about it',
    asks: 'warning: the same for a router input or output, whose messages have no severity',
    fix: 'correct what it names',
    words: {},
  },
  'flow-exists': {
    question: 'what the flow uses',
    asks: 'is it there?',
    fix: 'copy the ARN',
    words: { exists: 'exists', noFlow: 'there is no such flow' },
  },
  'flow-account': {
    question: 'whose flow it is',
    asks: "is it in the caller's account?",
    fix: 'other credentials',
    words: {},
  },
  'flow-encryption': {
    question: 'what its encryption is',
    asks: 'how a part is encrypted, when its settings are right; that it is not, or by SPEKE, is no failure',
    fix: '',
    words: {
      notEncrypted: (what: string) => `${what}: not encrypted`,
      speke: (what: string) => `${what}: SPEKE, which has no secret`,
      encrypted: (what: string, how: string) => `${what}: ${how}`,
    },
  },
  'flow-protocol': {
    question: 'whether its protocol takes the key',
    asks: 'does the protocol take the key type? Zixi and entitlements take static keys, SRT takes passwords, the others nothing',
    fix: 'the command with the right key type',
    words: {
      wrongKeyType: (keyType: string, protocol: string) =>
        `has the key type ${keyType}, which ${protocol} does not take`,
    },
  },
  'flow-algorithm': {
    question: 'whether its algorithm fits the key',
    asks: 'has a static key the algorithm that its length tells, and a password none?',
    fix: 'the command with the right algorithm',
    words: {
      passwordWithAlgorithm: 'has an algorithm, and an SRT password takes none',
      noAlgorithm: 'has no algorithm, and a static key needs one',
      otherAlgorithm: (algorithm: string, fitting: string) =>
        `has the algorithm ${algorithm}, and the key in the secret is for ${fitting}`,
    },
  },
  'flow-secret': {
    question: 'which secret it uses',
    asks: "is there a secret, in the flow's Region?",
    fix: '',
    words: {
      noSecret: 'names no secret by its full ARN',
      secretElsewhere: (there: string, region: string) =>
        `names a secret in ${there}, and the flow is in ${region}; MediaConnect reads it in the Region of the flow`,
    },
  },
  'flow-role': {
    question: 'which role it uses',
    asks: 'is there a role? for transit encryption, one without a path?',
    fix: '',
    words: { noRoleNamed: 'names no role' },
  },
  'router-exists': {
    question: 'what the router uses',
    asks: 'is the router input or output there?',
    fix: 'copy the ARN',
    words: { exists: 'exists' },
  },
  'router-account': {
    question: 'whose router input or output it is',
    asks: "is it in the caller's account?",
    fix: 'other credentials',
    words: {},
  },
  'router-encryption': {
    question: 'what its encryption is',
    asks: 'how it is encrypted, by the path of each setting',
    fix: '',
    words: {},
  },
  'router-secret': {
    question: 'which secret it uses',
    asks: 'is there a secret, in its Region?',
    fix: '',
    words: {},
  },
  'router-role': {
    question: 'which role it uses',
    asks: 'is there a role without a path?',
    fix: '',
    words: {},
  },
  'flow-other-end': {
    question: 'whether it matches its other end',
    asks: 'have both ends of the connection the same key type, and with secrets the same key? Is the other end there, with its integration with routers enabled?',
    fix: 'the same key type and secret at both ends',
    words: {},
  },
  'router-other-end': {
    question: 'whether it matches its other end',
    asks: 'the same for a router input or output',
    fix: 'the same',
    words: {},
  },
} as const satisfies Record<string, CheckSpec>;

/** Fixes for the checks of a flow. */
export const FLOW_FIXES = {
  takePassword: (command: string): Fix => ({
    remedy: 'Store an SRT password in a secret of its own, and take the key type srt-password:',
    command,
  }),
  otherKeyType: (acceptedKeyType: string | undefined): Fix => ({
    remedy:
      acceptedKeyType === undefined
        ? 'Take Zixi or SRT as the protocol, or no encryption.'
        : `Take the key type ${acceptedKeyType}, with the algorithm of the key, or another protocol.`,
  }),
  /** An update of a part keeps omitted settings, so it can't remove an algorithm. */
  leaveAlgorithmOut: {
    remedy: 'Leave the algorithm out: remove this part of the flow, and add it again without.',
  } satisfies Fix,
  nameAlgorithm: { remedy: 'Name the algorithm that the length of the key tells.' } satisfies Fix,
  takeAlgorithm: (algorithm: string, command: string): Fix => ({
    remedy: `Take ${algorithm}, or store a key of the other length:`,
    command,
  }),
  nameSecret: { remedy: 'Name the ARN of the secret.' } satisfies Fix,
  nameRole: { remedy: 'Name the ARN of the role.' } satisfies Fix,
  otherCredentials: { remedy: "Use credentials of the flow's account (--profile)." } satisfies Fix,
  checkArn: { remedy: 'Copy the ARN of the flow from the MediaConnect console.' } satisfies Fix,
};

const DISCONNECT =
  'Disconnect them first. MediaConnect does not change the setting while they are connected.';

/** Fixes for checks of encryption between flows, routers and MediaLive, and of routers. */
/** Fixes for the checks of router inputs and outputs. */
export const ROUTER_FIXES = {
  message: { remedy: 'This is what MediaConnect itself says. Correct what it names.' } satisfies Fix,
  checkArn: { remedy: 'Copy the ARN from the MediaConnect console.' } satisfies Fix,
  otherCredentials: { remedy: 'Use credentials of its account (--profile).' } satisfies Fix,
  nameSecret: { remedy: 'Name the full ARN of the secret.' } satisfies Fix,
  nameRole: { remedy: 'Name the ARN of the role.' } satisfies Fix,
  noPath: { remedy: 'Name a role without a path; setup makes one.' } satisfies Fix,
  sameKeyType: { remedy: `Give both ends the same key type. ${DISCONNECT}` } satisfies Fix,
  sameKey: {
    remedy: `Give both ends the same secret, or store the same key in both. ${DISCONNECT}`,
  } satisfies Fix,
  connectAgain: { remedy: 'Connect it again, or remove the connection.' } satisfies Fix,
  enable: { remedy: 'Enable the router integration there.' } satisfies Fix,
};
