import { describe, expect, test } from 'vitest';
import { policyReader } from '../../src/aws/policies.ts';
import { openAws } from '../../src/aws/session.ts';
import { intendedState, type PolicyWrite } from '../../src/steps/policy-rescue.ts';
import { ACCOUNT, guidePolicy, makePolicy, policyArn, REGION } from '../support/account.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const secret = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`;
/** A policy that allows the secrets with these letters. */
const allowing = (letters: string) => guidePolicy(...[...letters].map(secret));

/** A write of this run: based on one version, with the letters of both. */
function write(base: number, before: string, after: string, own?: number): PolicyWrite {
  const [baseDocument, document] = [before, after].map((each) => JSON.stringify(allowing(each)));
  return {
    ...{ base, baseDocument: baseDocument ?? '', document: document ?? '', sentAt: 0 },
    ...(own === undefined ? {} : { own }),
  };
}

/** What a run should make of a policy with these versions, given as their letters, after its own writes. */
async function intended(versions: (string | object)[], ...writes: PolicyWrite[]) {
  const [first, ...later] = versions.map((each) => (typeof each === 'string' ? allowing(each) : each));
  if (!first) throw new Error('a policy has a version');
  await makePolicy(sandbox(), 'P', first, ...later);
  return whatIsIntended(writes);
}

async function whatIsIntended(writes: PolicyWrite[]) {
  const { url: endpointUrl, credentials } = sandbox();
  const aws = openAws({ endpointUrl, credentials, homeRegion: REGION }, new AbortController().signal);
  try {
    const policy = await policyReader(aws).read(policyArn('P'));
    if (!policy) throw new Error('the policy is there');
    const history = { writes, documents: new Map(), room: { seenAt: new Map() } };
    const aim = { identity: { account: ACCOUNT, partition: 'aws', arn: '' } };
    const state = await intendedState({ aws }, aim, policy, { history, shown: 99 });
    if (state.kind !== 'other') return state;
    const entries = JSON.stringify(state.document).match(/(?<=:secret:)\w+(?=-)/g) ?? [];
    return entries.sort().join('');
  } finally {
    aws.clients.close();
  }
}

describe('of what its write has undone, a run restores', () => {
  test('an addition', async () => {
    expect(await intended(['a', 'ab', 'ac'], write(1, 'a', 'ac', 3))).toBe('abc');
  });

  test('a removal', async () => {
    expect(await intended(['ab', 'a', 'abc'], write(1, 'ab', 'abc', 3))).toBe('ac');
  });

  test('a change that the version before its own had undone in turn', async () => {
    // Version 3 is based on version 1, so that it has undone the addition of b; version 4 is ours, based on version 2.
    expect(await intended(['a', 'ab', 'ac', 'abd'], write(2, 'ab', 'abd', 4))).toBe('abcd');
  });

  test('nothing where others have restored it', async () => {
    expect(await intended(['a', 'ab', 'ac', 'abc'], write(1, 'a', 'ac', 3))).toEqual({ kind: 'as-is' });
  });

  test('what a write undid of which only its document tells that it took effect', async () => {
    expect(await intended(['a', 'ab', 'ac'], write(1, 'a', 'ac'))).toBe('abc');
  });

  test('what the second of two equal versions undid, where the first one is of another run', async () => {
    expect(await intended(['a', 'ac', 'abc', 'ac'], write(1, 'a', 'ac'))).toBe('abc');
  });

  test('what an earlier write undid that took effect late', async () => {
    const writes = [write(1, 'a', 'ac'), write(1, 'a', 'ac', 2)];
    expect(await intended(['a', 'ac', 'abc', 'ac'], ...writes)).toBe('abc');
  });
});

describe('a run tells of what it cannot restore', () => {
  test('because it is no read policy', async () => {
    const theirs = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
    expect(await intended(['a', theirs, 'ac', 'acd'], write(1, 'a', 'ac', 3))).toEqual({
      kind: 'lost',
      lost: { theirs: 'v2', ours: 'v3', isDeleted: false },
    });
  });

  test('because it was deleted before it could be read', async () => {
    // IAM has deleted version 1 to 4; version 5 was that of another run.
    expect(await intended(['ab', 'abc'], write(4, 'a', 'ac', 6))).toEqual({
      kind: 'lost',
      lost: { theirs: 'v5', ours: 'v6', isDeleted: true },
    });
  });

  test('because the policy has no room for it', async () => {
    const long = (from: number) => [...'0123456789'].map((digit) => `${from}${digit}`.padEnd(450, 'x'));
    const full = guidePolicy(secret('a'), ...long(0).map(secret));
    const other = guidePolicy(secret('a'), secret('c'), ...long(1).slice(0, 4).map(secret));
    expect(await intended(['a', full, 'ac', other], write(1, 'a', 'ac', 3))).toEqual({
      kind: 'lost',
      lost: { theirs: 'v2', ours: 'v3', isDeleted: false },
    });
  });
});
