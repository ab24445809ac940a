import { describe, expect, test } from 'vitest';
import { furtherActions, readsAnySecret } from '../../../src/checks/access/excess.ts';
import { parsePolicy } from '../../../src/policy/index.ts';
import { ACCOUNT, guidePolicy, REGION } from '../../support/account.ts';

const allowing = (rest: object) =>
  parsePolicy(
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Resource: '*', ...rest }] }),
  );

describe('the actions of a policy beyond reading', () => {
  test.each(['*', 'secretsmanager:*', 'secretsmanager:Put*', 'SECRETSMANAGER:DELETESECRET', 'ec2:*'])(
    'include %s',
    (Action) => {
      expect(furtherActions(allowing({ Action }))).toEqual([Action]);
    },
  );

  test('include * for a statement with NotAction', () => {
    expect(furtherActions(allowing({ NotAction: 'secretsmanager:DeleteSecret' }))).toEqual(['*']);
  });

  test("exclude the guide's four actions and others that only read", () => {
    const arn = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:a-AbCdEf`;
    expect(furtherActions(parsePolicy(JSON.stringify(guidePolicy(arn))))).toEqual([]);
    expect(furtherActions(allowing({ Action: ['secretsmanager:Get*', 'kms:Decrypt'] }))).toEqual([]);
  });

  test('exclude denied actions', () => {
    expect(furtherActions(allowing({ Effect: 'Deny', Action: '*' }))).toEqual([]);
  });
});

test.each([
  ['*', true],
  ['arn:aws:secretsmanager:us-west-2:*:secret:*', true],
  ['arn:aws:secretsmanager:us-west-2:111122223333:secret:live/*', false],
  ['arn:aws:secretsmanager:us-west-2:111122223333:secret:a*', false],
  ['arn:aws:secretsmanager:us-west-2:111122223333:secret:7*', false],
])('a policy for %s allows every secret of the Region: %s', (resource, any) => {
  const document = parsePolicy(JSON.stringify(guidePolicy(resource)));
  const identity = { account: ACCOUNT, partition: 'aws', arn: `arn:aws:iam::${ACCOUNT}:user/me` };
  expect(readsAnySecret(document, REGION, identity)).toBe(any);
});
