import { describe, expect, test } from 'vitest';
import { buildReadPolicy, policySize } from '../../src/policy/index.ts';

describe('policySize', () => {
  test('ignores the layout of a document', () => {
    const secret = {
      arn: 'arn:aws:secretsmanager:us-west-2:111122223333:secret:x-AbCdEf',
      region: 'us-west-2',
    };
    const policy = buildReadPolicy([secret], 'secrets', { partition: 'aws', account: '111122223333' });
    const size = JSON.stringify(policy).length;
    expect(policySize(policy)).toBe(size);
    expect(policySize(JSON.stringify(policy, null, '\t\n  '))).toBe(size);
  });

  test('counts white space inside strings, even after an escaped quotation mark', () => {
    expect(policySize('{ "a b" : "c \\" d" }')).toBe('{"a b":"c \\" d"}'.length);
  });
});
