import { CreatePolicyCommand, CreatePolicyVersionCommand, DeletePolicyCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/sandbox/index.ts';
import { clientsFor } from '../../sandbox/clients.ts';
import { ACCOUNT, guidePolicy, makePolicy, policyArn, REGION, readAccount } from '../../support/account.ts';
import { setUp } from '../../support/runs/setup.ts';
import { AN_HOUR_AGO, freshSandbox } from '../../support/sandbox.ts';

const NAME = 'SecretsManagerForMediaConnect';
const sandbox = freshSandbox();
const iam = () => clientsFor(sandbox()).iam;
const someSecret = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`;
const policy = async () => (await readAccount(sandbox())).policies[0];

/** Returns the names of the secrets that the policy allows, in alphabetical order. */
async function allowed(): Promise<string[]> {
  const entries = JSON.stringify((await policy())?.document).match(/(?<=secret:)[^"]*(?=-.{6}")/g);
  return [...(entries ?? [])].sort();
}

/** Runs `work` when the request arrives, and carries the request out after a delay. */
function meanwhile(action: string, delayMs: number, work: () => Promise<unknown>): void {
  sandbox().addFault({ action, kind: 'delay-before', delayMs, onStrike: () => void work() });
}

describe('a new version of a policy', () => {
  test('does not undo what another run writes while this run is stalled', async () => {
    await makePolicy(sandbox(), NAME, guidePolicy(someSecret('old')));
    let other: ReturnType<typeof setUp> | undefined;
    meanwhile('SetDefaultPolicyVersion', 8_000, async () => {
      other = setUp(sandbox(), { secretName: 'theirs' });
    });
    const { code } = await setUp(sandbox(), { secretName: 'ours' });
    expect([code, (await other)?.code]).toEqual([0, 0]);
    expect(await allowed()).toEqual(['old', 'ours', 'theirs']);
  });

  test.each<[string, Partial<Fault>]>([
    ['the response to CreatePolicyVersion', { action: 'CreatePolicyVersion', kind: 'drop-after' }],
    ['the CreatePolicyVersion request', { action: 'CreatePolicyVersion', kind: 'drop-before' }],
    ['the response to SetDefaultPolicyVersion', { action: 'SetDefaultPolicyVersion', kind: 'drop-after' }],
    ['the SetDefaultPolicyVersion request', { action: 'SetDefaultPolicyVersion', kind: 'drop-before' }],
  ])('exists once, and no other version is left, when %s is lost', async (_what, fault) => {
    await makePolicy(sandbox(), NAME, guidePolicy(someSecret('old')));
    sandbox().addFault(fault as Fault);
    const { code, json } = await setUp(sandbox(), { secretName: 'ours' });
    expect([code, json.policies]).toMatchObject([0, [{ action: 'updated' }]]);
    expect(await allowed()).toEqual(['old', 'ours']);
    const { defaultVersion = '', versions = {} } = (await policy()) ?? {};
    expect(Object.keys(versions)).toEqual(['v1', defaultVersion]);
  });

  test('takes the place of no older version but one when the answer to its creation is lost', async () => {
    const versions = ['a', 'b', 'c', 'd', 'e'].map((name) => guidePolicy(someSecret(name)));
    await makePolicy(sandbox(), NAME, versions[0] ?? {}, ...versions.slice(1));
    sandbox().addFault({ action: 'CreatePolicyVersion', kind: 'drop-after' });
    expect((await setUp(sandbox(), { secretName: 'ours' })).code).toBe(0);
    expect(await allowed()).toEqual(['e', 'ours']);
    expect(Object.keys((await policy())?.versions ?? {})).toEqual(['v2', 'v3', 'v4', 'v5', 'v7']);
  });

  test('is based on the new policy when the old one was deleted and created again', async () => {
    const PolicyArn = await makePolicy(sandbox(), NAME, guidePolicy(someSecret('old')));
    meanwhile('CreatePolicyVersion', 3_000, async () => {
      await iam().send(new DeletePolicyCommand({ PolicyArn }));
      const PolicyDocument = JSON.stringify(guidePolicy(someSecret('new')));
      // The dates of versions are in whole seconds.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await iam().send(new CreatePolicyCommand({ PolicyName: NAME, PolicyDocument }));
    });
    expect((await setUp(sandbox(), { secretName: 'ours' })).code).toBe(0);
    expect(await allowed()).toEqual(['new', 'ours']);
  });
});

describe('a version that was left beside the default version', () => {
  const old = freshSandbox(AN_HOUR_AGO);

  test('is deleted at once by the next run, which writes the same document', async () => {
    const versions = ['a', 'b', 'c', 'd', 'e'].map((name) => guidePolicy(someSecret(name)));
    await makePolicy(sandbox(), NAME, versions[0] ?? {}, ...versions.slice(1));
    sandbox().addFault({ action: 'SetDefaultPolicyVersion', kind: 'access-denied' });
    sandbox().addFault({ action: 'DeletePolicyVersion', kind: 'access-denied', skip: 1 });
    expect((await setUp(sandbox(), { secretName: 'ours' })).code).not.toBe(0);
    expect(Object.keys((await policy())?.versions ?? {})).toEqual(['v2', 'v3', 'v4', 'v5', 'v6']);
    sandbox().clearFaults();
    expect(await setUp(sandbox(), { secretName: 'ours' })).toMatchObject({ code: 0 });
    expect(await allowed()).toEqual(['e', 'ours']);
    expect(Object.keys((await policy())?.versions ?? {})).toEqual(['v2', 'v3', 'v4', 'v5', 'v7']);
  });

  test('stays, and does not block a run, when it is old and has another document', async () => {
    await makePolicy(old(), NAME, guidePolicy(someSecret('old')));
    const left = JSON.stringify(guidePolicy(someSecret('old'), someSecret('left')));
    const version = { PolicyArn: policyArn(NAME), PolicyDocument: left };
    await clientsFor(old()).iam.send(new CreatePolicyVersionCommand(version));
    const { code, json } = await setUp(old(), { secretName: 'ours' });
    expect([code, json.policies]).toMatchObject([0, [{ action: 'updated', versionId: 'v3' }]]);
    expect(Object.keys((await readAccount(old())).policies[0]?.versions ?? {})).toEqual(['v1', 'v2', 'v3']);
  });
});
