import type { Sandbox } from '../../src/sandbox/index.ts';
import {
  ACCOUNT,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  REGION,
} from '../support/account.ts';
import type { Row } from './rows.ts';

export const POLICY = 'SecretsManagerForMediaConnect';
export const STACK = 'studio-a-keys';
export const secretArn = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}`;

/** Creates a resource and adds it to the stack. */
const inStack = (make: (sandbox: Sandbox) => Promise<string>) => async (sandbox: Sandbox) =>
  sandbox.addCloudFormationTags(await make(sandbox), STACK);
export const policyInStack = (document: object, name = POLICY) =>
  inStack((sandbox) => makePolicy(sandbox, name, document));
const full = guidePolicy(
  ...Array.from({ length: 10 }, (_, index) => secretArn(`${'x'.repeat(500)}${index}-AbCdEf`)),
);
const mayBeUndone = `belongs to the CloudFormation stack ${STACK}. The next stack update may`;

/** Resources that are used, with a warning if they are changed. */
export const STACKS: Row[] = [
  {
    what: 'skips a numbered policy of the stack and creates the next number',
    make: async (sandbox) => {
      await makePolicy(sandbox, POLICY, full);
      await policyInStack(guidePolicy(secretArn('other-AbCdEf')), `${POLICY}-2`)(sandbox);
    },
    wishes: { secretName: 'y'.repeat(500) },
    outcome: {
      done: ['created', 'created', 'created'],
      says: [`policy ${POLICY}-3 for the secrets that don't fit in`],
    },
  },
  {
    what: 'keeps a secret that holds the key',
    make: inStack((sandbox) => makeSecret(sandbox)),
    outcome: { done: ['kept', 'created', 'created'] },
  },
  {
    what: 'replaces the key of a secret with --existing-key replace, and warns',
    make: inStack((sandbox) => makeSecret(sandbox, { SecretString: KEYS.other })),
    wishes: { existingKey: 'replace' },
    outcome: { done: ['updated', 'created', 'created'], says: [mayBeUndone] },
  },
  {
    what: 'keeps a policy that allows the secret',
    make: policyInStack(guidePolicy(secretArn('studio-a-*'))),
    outcome: { done: ['created', 'kept', 'created'] },
  },
  {
    what: 'attaches the policy to a role that trusts MediaConnect, and warns',
    make: inStack((sandbox) => makeRole(sandbox)),
    outcome: { done: ['created', 'created', 'updated'], says: [mayBeUndone] },
  },
  {
    what: 'adds a trust statement to a role with --update-trust, and warns',
    make: inStack((sandbox) => makeRole(sandbox, { trust: guideTrust('ec2.amazonaws.com') })),
    wishes: { updateTrust: true },
    outcome: { done: ['created', 'created', 'updated'], says: [mayBeUndone] },
  },
];

/** Resources that are a conflict. */
export const CONFLICTING_STACKS: Row[] = [
  {
    what: 'a policy for other secrets',
    make: policyInStack(guidePolicy(secretArn('other-AbCdEf'))),
    outcome: {
      conflict: [
        `Policy ${POLICY} belongs to the CloudFormation stack ${STACK}. The next stack update would undo this change`,
        'to the stack template',
      ],
      ways: ['--policy-name NAME'],
    },
  },
  {
    what: 'a secret with another key',
    make: inStack((sandbox) => makeSecret(sandbox, { SecretString: KEYS.other })),
    outcome: { conflict: ['studio-a', 'holds a different key'], ways: ['--existing-key keep', 'replace'] },
  },
];
