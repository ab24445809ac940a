import { describe, expect, test } from 'vitest';
import { ACCOUNT, guidePolicy, makePolicy, makeRole, readAccount } from '../support/account.ts';
import { setUp } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';
import {
  CONFLICTING_POLICIES,
  EXTENDED_POLICIES,
  FURTHER_POLICIES,
  KEPT_POLICIES,
  TAKEN_POLICY_NAMES,
} from './policies.ts';
import { KEPT_ROLES, POWERLESS_ROLES, TRUSTED_ROLES, UNCERTAIN_ROLES, UNTRUSTING_ROLES } from './roles.ts';
import { testRows, together } from './rows.ts';
import {
  CONFLICTING_SECRETS,
  DEMANDING_SECRETS,
  KEPT_SECRETS,
  REPLACED_SECRETS,
  UNCERTAIN_SECRETS,
} from './secrets.ts';
import { CONFLICTING_STACKS, POLICY, policyInStack, STACK, STACKS, secretArn } from './stacks.ts';

// One file for all tables: to load the program takes as long as many rows.

describe('what somebody else made, and suffices, is kept:', () =>
  testRows(together(KEPT_SECRETS, KEPT_POLICIES, KEPT_ROLES)));
describe('what somebody else made is replaced where that is asked for, and extended without loss:', () =>
  testRows(together(REPLACED_SECRETS, EXTENDED_POLICIES, TRUSTED_ROLES)));
describe('a secret that somebody else made is kept:', () => testRows(DEMANDING_SECRETS));
describe('a policy that somebody else made has more to it:', () => testRows(FURTHER_POLICIES));
describe('a secret that somebody else made is a conflict when there is', () => testRows(CONFLICTING_SECRETS));
describe('a policy that somebody else made is a conflict because of', () => testRows(CONFLICTING_POLICIES));
describe('the name of a policy is a conflict when somebody else has it', () => testRows(TAKEN_POLICY_NAMES));
describe('a role that somebody else made is a conflict when its trust is for', () =>
  testRows(UNTRUSTING_ROLES));
describe('a role that somebody else made is a conflict when reading is forbidden by', () =>
  testRows(POWERLESS_ROLES));
describe('a role that somebody else made is used with a warning when reading depends on', () =>
  testRows(UNCERTAIN_ROLES));
describe('a secret that somebody else made is used with a warning when there is', () =>
  testRows(UNCERTAIN_SECRETS));
describe('of a CloudFormation stack,', () => testRows(STACKS));
describe('of a CloudFormation stack, a conflict is', () => testRows(CONFLICTING_STACKS));

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
});

describe('with everything in place, and in a CloudFormation stack', () => {
  const sandbox = freshSandbox();

  test('nothing has to be changed, and the stack is not spoken of', async () => {
    const made = (await setUp(sandbox())).json;
    for (const { arn } of [...made.secrets, ...made.policies]) sandbox().putInStack(arn, STACK);
    sandbox().putInStack(made.role?.arn ?? '', STACK);
    sandbox().clearRequests();
    const { code, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).not.toContain(STACK);
  });
});
