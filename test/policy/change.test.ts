import { describe, expect, test } from 'vitest';
import { changeBetween, joined, sizeOf, withChange } from '../../src/policy/index.ts';
import { READ_ACTIONS } from '../support/account.ts';

const where = { partition: 'aws' };
const secret = (name: string, region = 'us-west-2') =>
  `arn:aws:secretsmanager:${region}:111122223333:secret:${name}-AbCdEf`;
const key = (id: string, region = 'us-west-2', account = '111122223333') =>
  `arn:aws:kms:${region}:${account}:key/${id}`;
const decrypt = (Resource: string[], region = 'us-west-2', aliases?: string) => ({
  Effect: 'Allow',
  Action: 'kms:Decrypt',
  Resource,
  Condition: {
    StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
    ...(aliases ? { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': aliases } } : {}),
  },
});
const reading = (names: string[], ...more: object[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: READ_ACTIONS, Resource: names.map((name) => secret(name)) },
      ...more,
    ],
  });
/** All that a policy names, in order. */
const resourcesOf = (policy: ReturnType<typeof withChange>) =>
  policy?.Statement.flatMap(({ Resource }) => [Resource ?? []].flat()) ?? [];

describe('a change that was made to one state of a policy and is applied to another', () => {
  test('adds and removes what it did, and leaves the rest', () => {
    const change = changeBetween(reading(['a', 'b']), reading(['b', 'c']));
    const result = withChange(reading(['x', 'a']), change, where);
    expect(resourcesOf(result)).toEqual([secret('x'), secret('c')]);
  });

  test('brings the permission to decrypt that its secret relies on, though it had not to add it', () => {
    const change = changeBetween(
      reading(['a'], decrypt([key('k1')])),
      reading(['a', 'd'], decrypt([key('k1')])),
    );
    expect(resourcesOf(withChange(reading(['c']), change, where))).toEqual([
      secret('c'),
      secret('d'),
      key('k1'),
    ]);
  });

  test('brings no permission to decrypt for a Region of which no secret is left', () => {
    const change = changeBetween(
      reading(['a']),
      reading(['a'], decrypt([key('k1', 'eu-west-1')], 'eu-west-1')),
    );
    expect(resourcesOf(withChange(reading(['c']), change, where))).toEqual([secret('c')]);
  });

  test('brings the keys of each account of an alias', () => {
    const grant = decrypt([key('*'), key('*', 'us-west-2', '444455556666')], 'us-west-2', 'alias/video');
    const change = changeBetween(reading(['a']), reading(['a'], grant));
    expect(resourcesOf(withChange(reading(['a']), change, where)).slice(1)).toEqual(grant.Resource);
  });

  test('can replace all entries, and leaves no policy where it only removes them', () => {
    expect(
      resourcesOf(withChange(reading(['a']), changeBetween(reading(['a']), reading(['b'])), where)),
    ).toEqual([secret('b')]);
    const removal = changeBetween(reading(['a', 'b']), reading(['b']));
    expect(withChange(reading(['a']), removal, where)).toBeUndefined();
  });
});

describe('two changes, one after the other', () => {
  const add = changeBetween(reading(['x']), reading(['x', 'a']));
  const remove = changeBetween(reading(['x', 'a']), reading(['x']));

  test.each([
    ['an addition that is removed again', joined(add, remove), ['x']],
    ['a removal that is added again', joined(remove, add), ['x', 'a']],
  ])('%s', (_what, change, names) => {
    expect(resourcesOf(withChange(reading(['x', 'a']), change, where))).toEqual(
      names.map((name) => secret(name)),
    );
    expect(sizeOf(change)).toBe(1);
  });
});
