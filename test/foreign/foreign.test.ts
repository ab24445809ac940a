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

// One file for all tables, because loading the program takes as long as many rows.

describe('setup keeps what another owner made, when it is sufficient:', () =>
  testRows(together(KEPT_SECRETS, KEPT_POLICIES, KEPT_ROLES)));
describe('setup replaces or extends what another owner made, when asked, and loses nothing else:', () =>
  testRows(together(REPLACED_SECRETS, EXTENDED_POLICIES, TRUSTED_ROLES)));
describe('setup keeps a secret of another owner:', () => testRows(DEMANDING_SECRETS));
describe('setup uses a policy of another owner with', () => testRows(FURTHER_POLICIES));
describe('setup reports a conflict for a secret of another owner with', () => testRows(CONFLICTING_SECRETS));
describe('setup reports a conflict for a policy of another owner with', () => testRows(CONFLICTING_POLICIES));
describe('setup reports a conflict when another owner uses the policy name', () =>
  testRows(TAKEN_POLICY_NAMES));
describe('setup reports a conflict for a role of another owner that trusts', () =>
  testRows(UNTRUSTING_ROLES));
describe('setup reports a conflict when the role cannot read the secret because of', () =>
  testRows(POWERLESS_ROLES));
describe('setup warns when a role of another owner depends on', () => testRows(UNCERTAIN_ROLES));
describe('setup warns about a secret of another owner with', () => testRows(UNCERTAIN_SECRETS));
describe('setup with a resource of a CloudFormation stack', () => testRows(STACKS));
describe('setup reports a conflict in a CloudFormation stack for', () => testRows(CONFLICTING_STACKS));

describe('setup, when it looks up the stack of a policy', () => {
  const sandbox = freshSandbox();

  test('extends the policy without permission for iam:GetPolicy', async () => {
    await policyInStack(guidePolicy(secretArn('other-AbCdEf')))(sandbox());
    sandbox().addFault({ action: 'GetPolicy', kind: 'access-denied', times: Number.POSITIVE_INFINITY });
    const { code, json } = await setUp(sandbox());
    expect([code, json.policies[0]?.action]).toEqual([0, 'updated']);
  });

  test('calls GetPolicy once for the policy it needs, and not in the final checks', async () => {
    await makePolicy(sandbox(), POLICY, guidePolicy('*'));
    await makeRole(sandbox(), { attached: [await makePolicy(sandbox(), 'Other', guidePolicy('*'))] });
    await setUp(sandbox());
    const asked = sandbox().requests.filter(({ action }) => action === 'GetPolicy');
    expect(asked.map(({ params }) => params.PolicyArn)).toEqual([`arn:aws:iam::${ACCOUNT}:policy/${POLICY}`]);
  });

  test('creates the policy without permission for iam:ListPolicies', async () => {
    sandbox().addFault({ action: 'ListPolicies', kind: 'access-denied', times: Number.POSITIVE_INFINITY });
    expect((await setUp(sandbox())).code).toBe(0);
    sandbox().clearFaults();
    expect((await readAccount(sandbox())).policies).toHaveLength(1);
  });
});

describe('setup with everything in place in a CloudFormation stack', () => {
  const sandbox = freshSandbox();

  test('succeeds and does not mention the stack', async () => {
    const made = (await setUp(sandbox())).json;
    for (const { arn } of [...made.secrets, ...made.policies]) sandbox().addCloudFormationTags(arn, STACK);
    sandbox().addCloudFormationTags(made.role?.arn ?? '', STACK);
    sandbox().clearRequests();
    const { code, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).not.toContain(STACK);
  });
});
