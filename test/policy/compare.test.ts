import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  describeDifference,
  type JsonObject,
  type JsonValue,
  parsePolicy,
  samePolicy,
} from '../../src/policy/index.ts';
import { identityPolicy, type RawPolicy, resourcePolicy } from './documents.ts';
import { parsed } from './judge.ts';

const SEED = 20_250_301;
const anyPolicy = fc.oneof(identityPolicy, resourcePolicy);

describe('samePolicy and describeDifference, for equivalent documents', () => {
  test('ignore order, lists of one value, Sid and Id', () => {
    fc.assert(
      fc.property(anyPolicy, fc.infiniteStream(fc.nat(1000)), (policy, numbers) => {
        const rewritten = rewrite(policy, () => numbers.next().value ?? 0);
        expect(samePolicy(parsed(policy), parsed(rewritten))).toBe(true);
        expect(describeDifference(parsed(policy), parsed(rewritten))).toEqual([]);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('treat an account ID and the ARN of its root as equal', () => {
    const trust = (AWS: string) => one({ Principal: { AWS }, Action: 'sts:AssumeRole' });
    expect(samePolicy(trust('111122223333'), trust('arn:aws:iam::111122223333:root'))).toBe(true);
  });

  test('ignore the case of context keys', () => {
    const keyed = (key: string) =>
      one({ Action: '*', Resource: '*', Condition: { Bool: { [key]: 'true' } } });
    expect(samePolicy(keyed('aws:SecureTransport'), keyed('AWS:securetransport'))).toBe(true);
  });

  test('ignore Version unless there is a policy variable', () => {
    const version = (Version: string, Resource: string) =>
      parsePolicy(JSON.stringify({ Version, Statement: { Effect: 'Allow', Action: '*', Resource } }));
    expect(samePolicy(version('2008-10-17', '*'), version('2012-10-17', '*'))).toBe(true);
    const variable = `arn:aws:s3:::\${aws:username}`;
    expect(samePolicy(version('2008-10-17', variable), version('2012-10-17', variable))).toBe(false);
    expect(describeDifference(version('2012-10-17', variable), version('2008-10-17', variable))).toEqual([
      'has: Version 2008-10-17 (ours: 2012-10-17)',
    ]);
  });
});

describe('samePolicy and describeDifference, for different documents', () => {
  const base: JsonObject = {
    Action: ['s3:GetObject', 's3:PutObject'],
    Resource: ['arn:aws:s3:::a', 'arn:aws:s3:::b'],
    Condition: { StringEquals: { 'aws:PrincipalTag/team': ['x', 'y'] } },
  };
  const { Action, Resource, Condition, ...rest } = base;

  test.each<[string, JsonObject]>([
    ['the effect', { ...base, Effect: 'Deny' }],
    ['an action', { ...base, Action: ['s3:GetObject'] }],
    ['the case of a resource', { ...base, Resource: ['arn:aws:s3:::A', 'arn:aws:s3:::b'] }],
    [
      'Resource and NotResource',
      { ...rest, Action: Action ?? '', Condition: Condition ?? {}, NotResource: Resource ?? '' },
    ],
    ['a condition value', { ...base, Condition: { StringEquals: { 'aws:PrincipalTag/team': ['x'] } } }],
    [
      'the splitting of condition values',
      { ...base, Condition: { StringEquals: { 'aws:PrincipalTag/team': 'x,y' } } },
    ],
    ['a condition operator', { ...base, Condition: { StringLike: { 'aws:PrincipalTag/team': ['x', 'y'] } } }],
    ['the presence of a condition', { Action: Action ?? '', Resource: Resource ?? '' }],
    ['a principal', { ...base, Principal: '*' }],
    ['an unknown element', { ...base, Purpose: 'x' }],
  ])('find a difference in %s', (_, changed) => {
    expect(samePolicy(one(base), one(changed))).toBe(false);
    expect(describeDifference(one(base), one(changed)).length).toBeGreaterThan(0);
  });

  test('find a difference when both have the same unknown element', () => {
    const strange = one({ ...base, Purpose: 'x' });
    expect(samePolicy(strange, strange)).toBe(false);
    expect(describeDifference(strange, strange)).toEqual([
      expect.stringMatching(/^has: .* with Purpose$/),
      expect.stringMatching(/^lacks: .* with Purpose$/),
    ]);
  });

  test('describe the difference in both directions and shorten long lists', () => {
    const many = one({ Action: ['s3:a', 's3:b', 's3:c', 's3:d', 's3:e', 's3:f'], NotResource: '*' });
    const ours = one({
      Principal: { Service: 'mediaconnect.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    });
    expect(describeDifference(ours, many)).toEqual([
      'has: Allow s3:a, s3:b, s3:c, s3:d and 2 more on all but *',
      'lacks: Allow sts:AssumeRole to Service mediaconnect.amazonaws.com if StringEquals aws:SourceAccount 111122223333',
    ]);
  });
});

function one(statement: JsonObject) {
  return parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', ...statement } }));
}

/** Rewrites the policy as IAM or another author might: shuffled, with lists for single values and back, and named. */
function rewrite(policy: RawPolicy, random: () => number): RawPolicy & { Id: string } {
  const statements = shuffled([policy.Statement].flat(), random);
  const named = statements.map((each, index) => ({ Sid: `S${index}`, ...rewriteObject(each, random) }));
  return { ...policy, Id: 'rewritten', Statement: named };
}

function rewriteObject(value: JsonObject, random: () => number): JsonObject {
  const entries = shuffled(Object.entries(value), random);
  return Object.fromEntries(entries.map(([name, each]) => [name, rewriteValue(each, random, name)]));
}

function rewriteValue(value: JsonValue, random: () => number, key: string): JsonValue {
  if (Array.isArray(value))
    return value.length === 1 ? (value[0] ?? '') : shuffled([...value, ...value], random);
  if (typeof value === 'object' && value !== null) return rewriteObject(value, random);
  if (/Action$/.test(key)) return [String(value).toUpperCase()];
  return key === 'Effect' || value === '*' ? value : [value];
}

function shuffled<Value>(values: Value[], random: () => number): Value[] {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
