import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PolicyState } from '../../../src/aws/iam/policy-versions.ts';
import {
  addToReadPolicy,
  buildReadPolicy,
  policySize,
  readExistingPolicy,
} from '../../../src/policy/index.ts';
import { distribute, type PolicyWork } from '../../../src/steps/read-policy/distribute.ts';
import { extendPolicy } from '../../../src/steps/read-policy/fill.ts';
import type { SecretRef } from '../../../src/steps/types.ts';
import { ACCOUNT, policyArn } from '../../support/account.ts';
import { chainOf } from '../../support/chain.ts';

const SEED = 20_261_018;
const LIMIT = 6144;
const account = { partition: 'aws', account: ACCOUNT };
const options = { name: 'Keys', scope: 'secrets' } as const;

const kmsKey = fc.option(
  fc
    .constantFrom(`${ACCOUNT}:key/1`, `${ACCOUNT}:key/2`, '444455556666:key/3')
    .map((key) => ({ kind: 'key' as const, arn: `arn:aws:kms:eu-west-1:${key}` })),
  { nil: undefined },
);
const secrets: fc.Arbitrary<SecretRef[]> = fc
  .array(fc.record({ length: fc.integer({ min: 4, max: 400 }), known: fc.boolean(), kmsKey }), {
    maxLength: 120,
  })
  .map((all) =>
    all.map(({ length, known, kmsKey }, index) => {
      const name = String(index).padStart(length, 'live/');
      const end = known ? 'AbCdEf' : '??????';
      const arn = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:${name}-${end}`;
      const ref: SecretRef = { region: 'eu-west-1', name, arn, versionId: null, action: 'created' };
      return kmsKey ? { ...ref, kmsKey } : ref;
    }),
  );

function spread(wanted: SecretRef[], chain: PolicyState[]): PolicyWork[] {
  const distribution = distribute(wanted, chainOf(chain), options, account);
  if (!('work' in distribution)) throw new Error('a policy of the shape blocks');
  return distribution.work;
}

/** Returns the policies after the work is done. */
const chainAfter = (work: PolicyWork[]): PolicyState[] =>
  work.map((each) => {
    const name = each.kind === 'create' ? each.name : each.policy.name;
    const document = each.kind === 'keep' ? each.policy.document : JSON.stringify(each.document);
    return {
      name,
      arn: policyArn(name),
      versionId: 'v1',
      versionIds: ['v1'],
      versionCreatedAtMs: {},
      document,
    };
  });

test('distribute puts many secrets into as few policies as possible, in their order, each once', () => {
  fc.assert(
    fc.property(secrets, secrets, (all, mixed) => {
      const before = all.slice(0, mixed.length);
      const chain = chainAfter(spread(before, []));
      const work = spread(all, chain);
      const added = work.filter(({ kind }) => kind !== 'keep');
      const kept = work.filter(({ kind }) => kind === 'keep').flatMap((each) => each.secrets);

      expect(chainAfter(work).filter(({ document }) => policySize(document) > LIMIT)).toEqual([]);
      expect(new Set([...before, ...kept])).toEqual(new Set(before));
      expect(added.flatMap((each) => each.secrets)).toEqual(all.slice(before.length));
      for (const [at, one] of added.entries()) {
        const next = added[at + 1]?.secrets[0];
        if (!next) continue;
        const more = [...one.secrets, next];
        const document =
          one.kind === 'update'
            ? addToReadPolicy(readExistingPolicy(one.policy.document), more, options.scope, account)
            : buildReadPolicy(more, options.scope, account);
        expect(policySize(document)).toBeGreaterThan(LIMIT);
      }
      // What the policies have by now stays where it is.
      const again = spread(all, chainAfter([...untouched(chain, work), ...work]));
      expect(again.filter(({ kind }) => kind !== 'keep')).toEqual([]);
    }),
    { seed: SEED, numRuns: 25 },
  );
});

test('distribute fills a policy to its last character, and not beyond', () => {
  const named = (length: number): SecretRef => {
    const name = 'x'.repeat(length);
    const arn = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:${name}-AbCdEf`;
    return { region: 'eu-west-1', name, arn, versionId: null, action: 'created' };
  };
  const others = Array.from({ length: 10 }, (_, at) => named(470 + at));
  const size = policySize(buildReadPolicy([...others, named(1)], 'secrets', account));
  const filling = (more: number) =>
    spread([...others, named(1 + LIMIT - size + more)], []).map((each) => each.secrets.length);
  expect(filling(0)).toEqual([11]);
  expect(filling(1)).toEqual([10, 1]);
});

/** Returns the policies without work. They come first, because they are full. */
const untouched = (chain: PolicyState[], work: PolicyWork[]): PolicyWork[] =>
  chain
    .filter(({ name }) => !work.some((each) => each.kind !== 'create' && each.policy.name === name))
    .map((policy) => ({ kind: 'keep', policy, secrets: [] }));

test('extend keeps a policy when the new document would mean the same', () => {
  const arn = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:one-AbCdEf`;
  const key = 'arn:aws:kms:eu-west-1:444455556666:key/4';
  const secret: SecretRef = {
    region: 'eu-west-1',
    name: 'one',
    arn,
    versionId: null,
    action: 'kept',
    kmsKey: { kind: 'key', arn: key },
  };
  const [policy] = chainAfter(spread([secret], []));
  if (!policy) throw new Error('there is no policy');
  expect(extendPolicy(policy.document, [secret], 'secrets', account)).toEqual({ secrets: [secret] });
});
