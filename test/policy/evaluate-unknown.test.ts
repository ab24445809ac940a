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

describe('a verdict is given only if nothing unknown could change it', () => {
  test('an unknown context key leaves the verdict that every value of it would give, or none', () => {
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

  test('an unknown operator leaves the verdict that it gives both when it holds and when it does not, or none', () => {
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

describe('what is not known is named, with the statement', () => {
  const verdictOf = (...statements: JsonObject[]) =>
    evaluateTrust(trustWith(...statements), { service: SERVICE, context: { 'aws:SourceAccount': ACCOUNT } });

  test('an operator', () => {
    expect(verdictOf({ ...allow, Condition: strange })).toEqual({
      verdict: 'cannot-tell',
      because: 'condition operator StringResembles is not known (statement 1 of the trust policy)',
    });
  });

  test('an element', () => {
    expect(verdictOf({ ...allow, Purpose: 'x' })).toEqual({
      verdict: 'cannot-tell',
      because: 'element Purpose is not known (statement 1 of the trust policy)',
    });
  });

  test('a kind of principal', () => {
    const { verdict, because } = verdictOf({ ...allow, Principal: { Robot: 'r2' } });
    expect({ verdict, because }).toEqual({
      verdict: 'cannot-tell',
      because: 'principal Robot r2 is not known (statement 1 of the trust policy)',
    });
  });

  test('an unknown Deny that could apply stands in the way of an Allow', () => {
    expect(verdictOf(allow, { ...allow, Effect: 'Deny', Condition: strange }).verdict).toBe('cannot-tell');
  });

  test('an unknown Deny for something else does not', () => {
    const other = { ...allow, Effect: 'Deny', Action: 'sts:TagSession', Condition: strange };
    expect(verdictOf(allow, other).verdict).toBe('allowed');
  });

  test('a Deny that applies for sure decides, whatever else there is', () => {
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

/** The policy with one of its statements under this condition in place of its own. */
function conditioned(policy: RawPolicy, position: number, condition: JsonObject): RawPolicy {
  const statements = [policy.Statement].flat();
  const chosen = position % statements.length;
  const changed = statements.map((statement, at) =>
    at === chosen ? { ...statement, Condition: condition } : statement,
  );
  return { ...policy, Statement: changed };
}
