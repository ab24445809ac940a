import { CreatePolicyVersionCommand } from '@aws-sdk/client-iam';
import { describe, expect, test, vi } from 'vitest';
import { clientsFor } from '../../sandbox/clients.ts';
import { guidePolicy, makePolicy, policyArn, readAccount } from '../../support/account.ts';
import { setUp } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const NAME = 'SecretsManagerForMediaConnect';
const sandbox = freshSandbox({ latencyMs: 15 });
const resourcesOf = (document: unknown) =>
  JSON.stringify(document).match(/arn:aws:secretsmanager[^"]*/g) ?? [];
const someSecret = (name: string) => `arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}-AbCdEf`;

describe('a policy that another run extends while this one is writing', () => {
  const decrypt = {
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: ['arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
    Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.us-west-2.amazonaws.com' } },
  };
  const extend = async (...added: string[]) => {
    const { Version, Statement } = guidePolicy(someSecret('old'), ...added);
    const document = { Version, Statement: [...Statement, decrypt] };
    const command = new CreatePolicyVersionCommand({
      PolicyArn: policyArn(NAME),
      PolicyDocument: JSON.stringify(document),
      SetAsDefault: true,
    });
    await clientsFor(sandbox()).iam.send(command);
  };

  /** Runs `setup` while another run extends the policy that it has just read. */
  const setUpOvertaken = async () => {
    await makePolicy(sandbox(), NAME, guidePolicy(someSecret('old')));
    // The second read, right before the change, returns the old state, and returns it late.
    sandbox().addFault({ action: 'GetPolicyVersion', kind: 'delay', skip: 1, delayMs: 400 });
    const running = setUp(sandbox());
    await vi.waitUntil(
      () => sandbox().requests.filter(({ action }) => action === 'GetPolicyVersion').length > 1,
    );
    await extend(someSecret('theirs'), someSecret('theirs-too'));
    return running;
  };

  test('has what both runs added, although one read it before the other wrote', async () => {
    const { code, json } = await setUpOvertaken();
    expect(code).toBe(0);
    const [policy] = (await readAccount(sandbox())).policies;
    const ours = json.secrets[0]?.arn ?? '';
    const all = ['old', 'theirs', 'theirs-too'].map(someSecret);
    expect(resourcesOf(policy?.document).sort()).toEqual([...all, ours].sort());
    expect(policy?.document).toMatchObject({ Statement: [{}, decrypt] });
    expect(json.policies).toMatchObject([{ action: 'updated', versionId: policy?.defaultVersion }]);
  });

  test('keeps what the other run added when AWS does not allow this one another version', async () => {
    // The first version is the other run's, the second one this run's.
    const times = Number.POSITIVE_INFINITY;
    sandbox().addFault({ action: 'CreatePolicyVersion', kind: 'access-denied', skip: 2, times });
    const { code, json } = await setUpOvertaken();
    expect([code, json.error.code]).toEqual([4, 'access-denied']);
    const [policy] = (await readAccount(sandbox())).policies;
    expect(resourcesOf(policy?.document)).toEqual(['old', 'theirs', 'theirs-too'].map(someSecret));
    expect(Object.keys(policy?.versions ?? {})).toEqual(['v1', 'v2']);
  });
});
