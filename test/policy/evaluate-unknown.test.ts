import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateTrust, type JsonObject, type Verdict } from '../../src/policy/index.ts';
import type { RawPolicy } from './documents.ts';
import { type AccessCase, accessCase, ourAccess, ourTrust, parsed, trustCase } from './judge.ts';
import { ACCOUNT, type Context, KEY_WORDS } from './vocabulary.ts';

const SEED = 20_250_201;
const SERVICE = 'mediaconnect.amazonaws.com';

const trustWith = (...statements: JsonObject[]) => parsed({ Version: '2012-10-17', Statement: statements });
const allow: JsonObject = { Effect: 'Allow', Principal: { Service: SERVICE }, Action: 'sts:AssumeRole' };
const strange = { StringResembles: { 'aws:SourceAccount': ACCOUNT } };

describe('the evaluator', () => {
  test('decides with an unknown context key only if every value of it gives the same verdict', () => {
    const keyAndCase = fc.tuple(fc.constantFrom(...KEY_WORDS), accessCase);
    fc.assert(
      fc.property(keyAndCase, ([{ keys, inRequest }, each]) => {
        const key = keys[0] ?? '';
        const { verdict } = ourAccess({ ...each, context: without(each.context, key) }, [key]);
        const possible = [undefined, ...inRequest].map(
          (value) => ourAccess(withValue(each, key, value)).verdict,
        );
        expect(
          verdict === 'cannot-tell' || possible.every((one) => one === verdict || one === 'cannot-tell'),
        ).toBe(true);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('decides with an unknown operator only if the verdict does not depend on it', () => {
    const outcomes = new Set<Verdict>();
    fc.assert(
      fc.property(trustCase, fc.nat(2), (each, position) => {
        const judged = (condition: JsonObject) =>
          ourTrust({ ...each, trust: conditioned(each.trust, position, condition) }).verdict;
        const verdict = judged(strange);
        outcomes.add(verdict);
        const holding = judged({ Null: { 'aws:Nothing': 'true' } });
        const failing = judged({ Null: { 'aws:Nothing': 'false' } });
        expect(verdict).toBe(holding === failing ? holding : 'cannot-tell');
      }),
      { seed: SEED, numRuns: 1000 },
    );
    expect([...outcomes].sort()).toEqual(['allowed', 'cannot-tell', 'denied']);
  });
});

describe('evaluateTrust', () => {
  const verdictOf = (...statements: JsonObject[]) =>
    evaluateTrust(trustWith(...statements), { service: SERVICE, context: { 'aws:SourceAccount': ACCOUNT } });

  test('names an unknown operator and its statement', () => {
    expect(verdictOf({ ...allow, Condition: strange })).toEqual({
      verdict: 'cannot-tell',
      because: 'condition operator StringResembles is not known (statement 1 of the trust policy)',
    });
  });

  test('names an unknown element and its statement', () => {
    expect(verdictOf({ ...allow, Purpose: 'x' })).toEqual({
      verdict: 'cannot-tell',
      because: 'element Purpose is not known (statement 1 of the trust policy)',
    });
  });

  test('names an unknown kind of principal and its statement', () => {
    const { verdict, because } = verdictOf({ ...allow, Principal: { Robot: 'r2' } });
    expect({ verdict, because }).toEqual({
      verdict: 'cannot-tell',
      because: 'principal Robot r2 is not known (statement 1 of the trust policy)',
    });
  });

  test('cannot decide when an unknown Deny could apply', () => {
    expect(verdictOf(allow, { ...allow, Effect: 'Deny', Condition: strange }).verdict).toBe('cannot-tell');
  });

  test('ignores an unknown Deny for another action', () => {
    const other = { ...allow, Effect: 'Deny', Action: 'sts:TagSession', Condition: strange };
    expect(verdictOf(allow, other).verdict).toBe('allowed');
  });

  test('denies when another Deny certainly applies', () => {
    expect(verdictOf({ ...allow, Condition: strange }, { ...allow, Effect: 'Deny' })).toEqual({
      verdict: 'denied',
      because: 'statement 2 of the trust policy denies it',
      deniedBy: 'statement',
    });
  });
});

function without(context: Context, key: string): Context {
  return Object.fromEntries(
    Object.entries(context).filter(([name]) => name.toLowerCase() !== key.toLowerCase()),
  );
}

function withValue(each: AccessCase, key: string, value: string | undefined): AccessCase {
  const rest = without(each.context, key);
  return { ...each, context: value === undefined ? rest : { ...rest, [key]: value } };
}

/** Returns the policy with this condition in one of its statements. */
function conditioned(policy: RawPolicy, position: number, condition: JsonObject): RawPolicy {
  const statements = [policy.Statement].flat();
  const chosen = position % statements.length;
  const changed = statements.map((statement, index) =>
    index === chosen ? { ...statement, Condition: condition } : statement,
  );
  return { ...policy, Statement: changed };
}
