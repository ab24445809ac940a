import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/policy/index.ts';
import { runs } from '../support/exhaustive.ts';
import {
  type AccessCase,
  accessCase,
  judgedAccess,
  judgedTrust,
  ourAccess,
  ourTrust,
  type TrustCase,
  trustCase,
} from './judge.ts';

/** A fixed seed, so that every run makes the same requests. A failure prints the seed and the smallest case. */
const SEED = 20_250_131;
const REQUESTS = runs(500, 6_000);

describe('the evaluator agrees with an independent judge of IAM policies', () => {
  test(`on ${REQUESTS} requests of a role, with boundaries and resource policies`, async () => {
    const agrees = async (each: AccessCase) => expectSame(ourAccess(each).verdict, () => judgedAccess(each));
    await fc.assert(fc.asyncProperty(accessCase, agrees), { seed: SEED, numRuns: REQUESTS });
  });

  test(`on ${REQUESTS} requests of a service to assume a role`, async () => {
    const agrees = async (each: TrustCase) => expectSame(ourTrust(each).verdict, () => judgedTrust(each));
    await fc.assert(fc.asyncProperty(trustCase, agrees), { seed: SEED, numRuns: REQUESTS });
  });
});

describe('the requests of this comparison', () => {
  test('leave fewer than 1 in 40 requests of a role undecided, and many are allowed', () => {
    const verdicts = fc
      .sample(accessCase, { seed: SEED, numRuns: REQUESTS })
      .map((each) => ourAccess(each).verdict);
    expect(share(verdicts, 'cannot-tell')).toBeLessThan(1 / 40);
    expect(share(verdicts, 'allowed')).toBeGreaterThan(1 / 5);
  });

  test('leave fewer than 1 in 1,000 requests to assume a role undecided, and many are allowed', () => {
    const verdicts = fc
      .sample(trustCase, { seed: SEED, numRuns: REQUESTS })
      .map((each) => ourTrust(each).verdict);
    expect(share(verdicts, 'cannot-tell')).toBeLessThan(1 / 1000);
    expect(share(verdicts, 'allowed')).toBeGreaterThan(1 / 5);
  });
});

async function expectSame(ours: Verdict, judge: () => Promise<Verdict>): Promise<void> {
  if (ours !== 'cannot-tell') expect(ours).toBe(await judge());
}

function share(verdicts: Verdict[], wanted: Verdict): number {
  return verdicts.filter((verdict) => verdict === wanted).length / verdicts.length;
}
