import { expect } from 'vitest';
import type { RoleState } from '../../../src/aws/iam/roles.ts';
import type { SecretState } from '../../../src/aws/secrets/index.ts';
import type { SecretContent } from '../../../src/aws/secrets/versions.ts';
import { checkState, type Expectation, type KeyExpectation } from '../../../src/checks/setup/checks.ts';
import { KeyMaterial } from '../../../src/key/index.ts';
import { ACCOUNT, guidePolicy, guideTrust, KEYS, REGION, roleArn } from '../../support/account.ts';

export const ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:studio-a-AbCdEf`;
const identity = { account: ACCOUNT, partition: 'aws', arn: `arn:aws:iam::${ACCOUNT}:user/me` };
export const text = (key: string): SecretContent => ({ kind: 'text', key: KeyMaterial.from(key) });
export const policy = (name: string, ...statements: object[]) => ({
  name,
  document: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
});
export const allow = (Action: string, Resource = '*', Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});
export const deny = (rest: object) => ({ Effect: 'Deny', Resource: '*', ...rest });
export const trusting = (...statements: object[]) => ({
  trust: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
});
export const service = { Principal: { Service: 'mediaconnect.amazonaws.com' }, Action: 'sts:AssumeRole' };
export const guided = { name: 'Read', document: JSON.stringify(guidePolicy(ARN)) };

export interface Breakage {
  secret?: Partial<SecretState> | 'absent';
  role?: Partial<RoleState> | 'absent';
  expected?: Partial<KeyExpectation & Pick<Expectation, 'flows'>>;
}

/** Returns the checks of a correct setup with the given faults. */
export function checksOf({ secret = {}, role = {}, expected = {} }: Breakage = {}) {
  const found: SecretState = {
    region: REGION,
    name: 'studio-a',
    arn: ARN,
    content: text(KEYS.aes256),
    hasToolTag: true,
    rotationEnabled: false,
    ...(secret === 'absent' ? {} : secret),
  };
  const made: RoleState = {
    name: 'MediaConnect-ASM',
    arn: roleArn('MediaConnect-ASM'),
    path: '/',
    trust: JSON.stringify(guideTrust()),
    policies: [guided],
    attachedArns: [],
    hasToolTag: true,
    ...(role === 'absent' ? {} : role),
  };
  const { flows = { sourceArns: [], regions: [REGION] }, ...key } = expected;
  const secrets = [{ arn: ARN, name: 'studio-a', region: REGION }];
  const keys = [{ secrets, keyType: 'static-key' as const, ...key }];
  const wanted: Expectation = { keys, roleName: 'MediaConnect-ASM', flows };
  const observed = {
    secrets: secret === 'absent' ? [] : [found],
    ...(role === 'absent' ? {} : { role: made }),
  };
  return checkState(observed, wanted, identity);
}

/** Returns the only check that does not pass. Throws if there are none or several. */
export function failureOf(breakage: Breakage) {
  const failed = checksOf(breakage).filter(({ ok }) => !ok);
  expect(failed).toHaveLength(1);
  return failed[0];
}
