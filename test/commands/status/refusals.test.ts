import { beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { FAR_REGION, guidePolicy, makePolicy, makeRole, makeSecret, REGION } from '../../support/account.ts';
import { closing } from '../../support/closing.ts';
import { exhaustive } from '../../support/exhaustive.ts';
import { feeds, setUpAll } from '../../support/runs/manifest.ts';
import { setUp } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';
import { livedInAccount, statusOf, troubles } from './account.ts';

describe('without the permission for', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await livedInAccount();
    closing(() => sandbox.close());
  });
  const without = async (action: string, regions?: string[]) => {
    sandbox.addFault({ action, kind: 'access-denied', times: Number.POSITIVE_INFINITY });
    const result = await statusOf(sandbox, regions);
    sandbox.clearFaults();
    return result;
  };

  test('iam:ListRoles there is nothing to show, and the exit code is 4', async () => {
    const { code, json } = await without('iam:ListRoles');
    expect(code).toBe(4);
    expect(json.error).toMatchObject({ code: 'access-denied', awsAction: 'iam:ListRoles' });
  });

  test.each([
    ['iam:GetRole', ['HandMade', 'MediaConnect-ASM', 'MediaConnect-Transcoder']],
    ['iam:ListAttachedRolePolicies', ['HandMade', 'MediaConnect-ASM', 'MediaConnect-Transcoder']],
    ['iam:ListRolePolicies', ['HandMade', 'MediaConnect-ASM', 'MediaConnect-Transcoder']],
    ['iam:ListPolicyVersions', ['HandMade', 'MediaConnect-ASM']],
    ['iam:GetPolicyVersion', ['HandMade', 'MediaConnect-ASM']],
    ['iam:GetRolePolicy', ['HandMade']],
  ])('%s the roles are shown, and that nothing is known of their policies', async (action, subjects) => {
    const { code, json } = await without(action);
    expect(code).toBe(0);
    expect(json.notes).toMatchObject([{ id: 'not-allowed', awsAction: action, subjects }]);
    const unknown = json.roles.filter(({ checks }) =>
      checks.some(({ id, verdict }) => id === 'role-policies' && verdict === 'cannot-tell'),
    );
    const shown = subjects.filter((name) => name !== 'MediaConnect-Transcoder');
    expect(unknown.map(({ name, own }) => [name, own])).toEqual(shown.map((name) => [name, null]));
    expect(json.policies.map(({ name }) => name)).toEqual(['MediaConnect-left']);
  });

  test.each(['iam:ListPolicies', 'iam:GetPolicy'])(
    '%s policies that no role has are not shown',
    async (action) => {
      const { code, json } = await without(action);
      expect([code, json.policies]).toEqual([0, []]);
      expect(json.notes).toMatchObject([{ id: 'not-allowed', awsAction: action }]);
    },
  );

  test('secretsmanager:ListSecretVersionIds the age is counted from the last change, and that is said', async () => {
    const { code, json } = await without('secretsmanager:ListSecretVersionIds');
    expect(code).toBe(0);
    const kinds = json.secrets.filter(({ deletedAt }) => !deletedAt).map(({ keySinceFrom }) => keySinceFrom);
    expect(new Set(kinds)).toEqual(new Set(['last-change']));
    expect(json.notes).toMatchObject([
      { awsAction: 'secretsmanager:ListSecretVersionIds', subjects: ['by-hand', 'studio-a'] },
    ]);
  });

  test('secretsmanager:DescribeSecret an ARN that the list lacks is inconclusive, as the list can be out of date', async () => {
    const { code, json } = await without('secretsmanager:DescribeSecret');
    expect(code).toBe(0);
    const gone = expect.stringContaining(':secret:gone-');
    expect(json.notes).toMatchObject([{ awsAction: 'secretsmanager:DescribeSecret', subjects: [gone] }]);
    expect(troubles(json)).toContain('cannot-tell policy-names-secret gone');
  });

  test('secretsmanager:DescribeSecret an ARN that is not listed is no failure where a listed one is similar', async () => {
    const listed = await makeSecret(sandbox, { Name: 'feed' });
    const named = listed.replace(/.{6}$/, 'NEW123');
    await makeRole(sandbox, {
      name: 'Renewed',
      attached: [await makePolicy(sandbox, 'Renewed', guidePolicy(named))],
    });
    const { json } = await without('secretsmanager:DescribeSecret');
    const [check] = json.roles.flatMap(({ checks }) => checks).filter(({ subject }) => subject === named);
    expect(check).toMatchObject({ id: 'policy-names-secret', verdict: 'cannot-tell' });
    expect(check?.detail).toContain(`the ARN ends in -NEW123, and the secret's ARN in ${listed.slice(-7)}`);
    const { json: allowed } = await statusOf(sandbox);
    expect(troubles(allowed)).toContain('failed policy-names-secret feed');
  });

  test('secretsmanager:ListSecrets the Regions are noted, and no secret in them is said to be missing', async () => {
    const { code, json } = await without('secretsmanager:ListSecrets', []);
    expect([code, json.secrets, json.regions]).toEqual([0, [], []]);
    const [note] = json.notes;
    expect(note?.awsAction).toBe('secretsmanager:ListSecrets');
    expect(note?.subjects).toEqual(expect.arrayContaining(['eu-west-1', 'us-east-1', 'us-west-2']));
    expect(troubles(json).filter((line) => line.startsWith('failed'))).toEqual([]);
  });

  test('secretsmanager:ListSecrets in a Region that was asked for, the exit code is 4', async () => {
    const { code, json } = await without('secretsmanager:ListSecrets', [REGION]);
    expect([code, json.error?.awsAction]).toEqual([4, 'secretsmanager:ListSecrets']);
  });
});

describe('a Region that is not enabled in the account', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ disabledRegions: ['af-south-1', 'ap-east-1'] });
    closing(() => sandbox.close());
    await setUp(sandbox, { region: [REGION, FAR_REGION] });
  });

  test('is left out with a note when nobody asked for it', async () => {
    const { code, json } = await statusOf(sandbox, []);
    expect(code).toBe(0);
    expect(json.notes).toMatchObject([{ id: 'region-skipped', subjects: ['af-south-1', 'ap-east-1'] }]);
    expect(json.secrets.map(({ region }) => region)).toEqual([FAR_REGION, REGION]);
  });

  test('is a failure when it was asked for', async () => {
    const { code, json } = await statusOf(sandbox, ['af-south-1']);
    expect([code, json.error?.code]).toEqual([1, 'region-not-enabled']);
  });

  test('that was not asked for is told by name where a policy names secrets in it', async () => {
    const { json } = await statusOf(sandbox, [REGION]);
    expect(json.roles[0]?.policies[0]).toMatchObject({
      secrets: [expect.stringContaining(REGION)],
      missing: [],
      unseen: [expect.stringContaining(FAR_REGION)],
    });
  });
});

describe('when AWS does not answer how old a key is', () => {
  const sandbox = freshSandbox();

  // So many use up what the SDK grants for repetitions, so that it does not take long; what is throttled has no such end.
  const cases = [['internal-error', 24] as const, ...(exhaustive ? [['throttle', 1] as const] : [])];
  test.each(cases)(
    '(%s) its age is counted from the last change, that is said, and all else is shown',
    async (kind, keys) => {
      await setUpAll(sandbox(), { keys: feeds(keys) });
      sandbox().addFault({ action: 'ListSecretVersionIds', kind, times: Number.POSITIVE_INFINITY });
      const { code, json } = await statusOf(sandbox(), [REGION]);
      expect(code).toBe(0);
      expect(json.notes).toMatchObject([
        { id: 'not-answered', awsAction: 'secretsmanager:ListSecretVersionIds' },
      ]);
      expect(json.notes[0]?.subjects).toHaveLength(keys);
      expect(new Set(json.secrets.map(({ keySinceFrom }) => keySinceFrom))).toEqual(new Set(['last-change']));
      expect(troubles(json)).toEqual([]);
    },
  );
});
