import { describe, expect, test } from 'vitest';
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
  readAccount,
} from '../support/account.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { setUp } from '../support/setup.ts';
import { type Row, testRows } from './rows.ts';

const POLICY = 'SecretsManagerForMediaConnect';
const STACK = 'studio-a-keys';
const secretArn = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}`;

/** Makes something, and has it belong to the stack. */
const inStack = (make: (sandbox: Sandbox) => Promise<string>) => async (sandbox: Sandbox) =>
  sandbox.putInStack(await make(sandbox), STACK);
const policyInStack = (document: object, name = POLICY) =>
  inStack((sandbox) => makePolicy(sandbox, name, document));
const full = guidePolicy(
  ...Array.from({ length: 10 }, (_, index) => secretArn(`${'x'.repeat(500)}${index}-AbCdEf`)),
);
const mayBeUndone = `belongs to the CloudFormation stack ${STACK}, whose next update may undo`;

const DONE: Row[] = [
  {
    what: 'a secret that holds the key is kept',
    make: inStack((sandbox) => makeSecret(sandbox)),
    outcome: { done: ['kept', 'created', 'created'] },
  },
  {
    what: 'a secret gets this key with --existing-key replace, with a warning',
    make: inStack((sandbox) => makeSecret(sandbox, { SecretString: KEYS.other })),
    wishes: { existingKey: 'replace' },
    outcome: { done: ['updated', 'created', 'created'], says: [mayBeUndone] },
  },
  {
    what: 'a policy that allows it is kept',
    make: policyInStack(guidePolicy(secretArn('studio-a-*'))),
    outcome: { done: ['created', 'kept', 'created'] },
  },
  {
    what: 'a role that MediaConnect may assume gets the policy, with a warning',
    make: inStack((sandbox) => makeRole(sandbox)),
    outcome: { done: ['created', 'created', 'updated'], says: [mayBeUndone] },
  },
  {
    what: 'a role gets a statement with --update-trust, with a warning',
    make: inStack((sandbox) => makeRole(sandbox, { trust: guideTrust('ec2.amazonaws.com') })),
    wishes: { updateTrust: true },
    outcome: { done: ['created', 'created', 'updated'], says: [mayBeUndone] },
  },
];

const CONFLICTS: Row[] = [
  {
    what: 'a policy for other secrets',
    make: policyInStack(guidePolicy(secretArn('other-AbCdEf'))),
    outcome: {
      conflict: [
        `The policy ${POLICY} belongs to the CloudFormation stack ${STACK}, whose next update would undo a change made here`,
        'in the template of the stack',
      ],
      ways: ['--policy-name NAME'],
    },
  },
  {
    what: 'a policy for other secrets, by the number that is next',
    make: async (sandbox) => {
      await makePolicy(sandbox, POLICY, full);
      await policyInStack(guidePolicy(secretArn('other-AbCdEf')), `${POLICY}-2`)(sandbox);
    },
    wishes: { secretName: 'y'.repeat(500) },
    outcome: { conflict: [`The policy ${POLICY}-2 belongs to`, STACK], ways: ['--policy-name NAME'] },
  },
  {
    what: 'a secret with another key',
    make: inStack((sandbox) => makeSecret(sandbox, { SecretString: KEYS.other })),
    outcome: { conflict: ['studio-a', 'holds another value'], ways: ['--existing-key keep', 'replace'] },
  },
];

describe('of a CloudFormation stack,', () => testRows(DONE));
describe('of a CloudFormation stack, a conflict is', () => testRows(CONFLICTS));

describe('whether a policy belongs to a stack', () => {
  const sandbox = freshSandbox();

  test('is not known to who may not ask: then it is extended', async () => {
    await policyInStack(guidePolicy(secretArn('other-AbCdEf')))(sandbox());
    sandbox().addFault({ action: 'GetPolicy', kind: 'access-denied', times: Number.POSITIVE_INFINITY });
    const { code, json } = await setUp(sandbox());
    expect([code, json.policies[0]?.action]).toEqual([0, 'updated']);
  });

  test('is asked once for each policy that exists, and not in the proof', async () => {
    await makePolicy(sandbox(), POLICY, guidePolicy('*'));
    await makeRole(sandbox(), { attached: [await makePolicy(sandbox(), 'Other', guidePolicy('*'))] });
    await setUp(sandbox());
    const asked = sandbox().requests.filter(({ action }) => action === 'GetPolicy');
    expect(asked.map(({ params }) => params.PolicyArn)).toEqual([`arn:aws:iam::${ACCOUNT}:policy/${POLICY}`]);
  });

  test('and who has its name is not known to who may not list policies: then making it tells', async () => {
    sandbox().addFault({ action: 'ListPolicies', kind: 'access-denied', times: Number.POSITIVE_INFINITY });
    expect((await setUp(sandbox())).code).toBe(0);
    sandbox().clearFaults();
    expect((await readAccount(sandbox())).policies).toHaveLength(1);
  });

  test('and everything else in a stack with all of it in place, nothing has to be changed', async () => {
    const made = (await setUp(sandbox())).json;
    for (const { arn } of [...made.secrets, ...made.policies]) sandbox().putInStack(arn, STACK);
    sandbox().putInStack(made.role?.arn ?? '', STACK);
    sandbox().clearRequests();
    const { code, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).not.toContain(STACK);
  });
});
