import { CreatePolicyVersionCommand } from '@aws-sdk/client-iam';
import { describe, expect, test, vi } from 'vitest';
import { clientsFor } from '../sandbox/clients.ts';
import { guidePolicy, KEYS, makePolicy, makeRole, policyArn, readAccount } from '../support/account.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { setUp, setUpInVain } from '../support/setup.ts';

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

  test('has in the end what both added, though one had read it before the other wrote', async () => {
    await makePolicy(sandbox(), NAME, guidePolicy(someSecret('old')));
    // The second look, right before the change, is answered as things were, and late.
    sandbox().addFault({ action: 'GetPolicyVersion', kind: 'delay', skip: 1, delayMs: 400 });
    const running = setUp(sandbox());
    await vi.waitUntil(
      () => sandbox().requests.filter(({ action }) => action === 'GetPolicyVersion').length > 1,
    );
    await extend(someSecret('theirs'), someSecret('theirs-too'));
    const { code, json } = await running;
    expect(code).toBe(0);
    const [policy] = (await readAccount(sandbox())).policies;
    const ours = json.secrets[0]?.arn ?? '';
    const all = ['old', 'theirs', 'theirs-too'].map(someSecret);
    expect(resourcesOf(policy?.document).sort()).toEqual([...all, ours].sort());
    expect(policy?.document).toMatchObject({ Statement: [{}, decrypt] });
    expect(json.policies).toMatchObject([{ action: 'updated', versionId: policy?.defaultVersion }]);
  });
});

describe('two runs at the same time', () => {
  test('with the same key end as one does', async () => {
    const both = await Promise.all([setUp(sandbox()), setUp(sandbox())]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const [first, second] = both.map(({ json }) => json.secrets[0]?.arn);
    expect(first).toBe(second);
    const { secrets, policies, roles } = await readAccount(sandbox());
    expect([secrets.length, policies.length, roles.length]).toEqual([1, 1, 1]);
    expect(policies[0]).toMatchObject({ defaultVersion: 'v1', document: guidePolicy(first ?? '') });
    expect((await setUpInVain(sandbox())).code).toBe(0);
  });

  test('with different keys for one name: one stores its key, the other stops and touches nothing of it', async () => {
    const both = await Promise.all([setUp(sandbox()), setUp(sandbox(), { key: KEYS.other })]);
    const winner = both.findIndex(({ code }) => code === 0);
    expect(both.map(({ code }) => code).sort()).toEqual([0, 3]);
    const values = { AWSCURRENT: [KEYS.aes256, KEYS.other][winner] };
    expect((await readAccount(sandbox())).secrets).toMatchObject([{ values }]);
    const message = both[1 - winner]?.json.error.message;
    expect(message).toMatch(
      /^The secret studio-a in us-west-2 .* holds another value .* Someone made it meanwhile/,
    );
  });

  test.each([
    ['there is no policy yet', []],
    ['there is one to extend', [guidePolicy(someSecret('old'))]],
    ['it has five versions', ['a', 'b', 'c', 'd', 'old'].map((name) => guidePolicy(someSecret(name)))],
  ])('with different secrets for one policy leave both in it, when %s', async (_when, documents) => {
    const [document, ...later] = documents;
    if (document) await makePolicy(sandbox(), NAME, document, ...later);
    await makeRole(sandbox());
    const names = ['studio-a', 'studio-b', 'studio-c'];
    const all = await Promise.all(names.map((secretName) => setUp(sandbox(), { secretName })));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    const { policies, roles } = await readAccount(sandbox());
    const text = JSON.stringify(policies.map((policy) => policy.document));
    for (const { json } of all) expect(text).toContain(json.secrets[0]?.arn);
    if (document) expect(text).toContain(someSecret('old'));
    expect(policies.map(({ name }) => name)).toEqual([NAME]);
    expect(roles[0]?.attached).toEqual([NAME]);
  });
});
