import { beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { FAR_REGION, guidePolicy, makePolicy, makeRole, makeSecret, REGION } from '../../support/account.ts';
import { closing } from '../../support/closing.ts';
import { exhaustive } from '../../support/exhaustive.ts';
import { feeds, setUpAll } from '../../support/runs/manifest.ts';
import { setUp } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';
import { livedInAccount, statusOf, troubles } from './account.ts';

describe('status without a permission', () => {
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

  test('ends with exit code 4 without iam:ListRoles', async () => {
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
  ])('shows the roles with unknown policies without %s', async (action, subjects) => {
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
    'omits policies that no role has without %s',
    async (action) => {
      const { code, json } = await without(action);
      expect([code, json.policies]).toEqual([0, []]);
      expect(json.notes).toMatchObject([{ id: 'not-allowed', awsAction: action }]);
    },
  );

  test('counts the key age from the last change without secretsmanager:ListSecretVersionIds, with a note', async () => {
    const { code, json } = await without('secretsmanager:ListSecretVersionIds');
    expect(code).toBe(0);
    const kinds = json.secrets.filter(({ deletedAt }) => !deletedAt).map(({ keySinceFrom }) => keySinceFrom);
    expect(new Set(kinds)).toEqual(new Set(['last-change']));
    expect(json.notes).toMatchObject([
      { awsAction: 'secretsmanager:ListSecretVersionIds', subjects: ['by-hand', 'studio-a'] },
    ]);
  });

  test('reports cannot-tell for an unlisted ARN without secretsmanager:DescribeSecret', async () => {
    const { code, json } = await without('secretsmanager:DescribeSecret');
    expect(code).toBe(0);
    const gone = expect.stringContaining(':secret:gone-');
    expect(json.notes).toMatchObject([{ awsAction: 'secretsmanager:DescribeSecret', subjects: [gone] }]);
    expect(troubles(json)).toContain('cannot-tell policy-names-secret gone');
  });

  test('reports cannot-tell for an unlisted ARN that is similar to a listed one', async () => {
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

  test('notes the Regions without secretsmanager:ListSecrets, and reports no secret in them as missing', async () => {
    const { code, json } = await without('secretsmanager:ListSecrets', []);
    expect([code, json.secrets, json.regions]).toEqual([0, [], []]);
    const [note] = json.notes;
    expect(note?.awsAction).toBe('secretsmanager:ListSecrets');
    expect(note?.subjects).toEqual(expect.arrayContaining(['eu-west-1', 'us-east-1', 'us-west-2']));
    expect(troubles(json).filter((line) => line.startsWith('failed'))).toEqual([]);
  });

  test('ends with exit code 4 without secretsmanager:ListSecrets in a given Region', async () => {
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

  test('is omitted with a note if it was not given', async () => {
    const { code, json } = await statusOf(sandbox, []);
    expect(code).toBe(0);
    expect(json.notes).toMatchObject([{ id: 'region-skipped', subjects: ['af-south-1', 'ap-east-1'] }]);
    expect(json.secrets.map(({ region }) => region)).toEqual([FAR_REGION, REGION]);
  });

  test('ends the run if it was given', async () => {
    const { code, json } = await statusOf(sandbox, ['af-south-1']);
    expect([code, json.error?.code]).toEqual([1, 'region-not-enabled']);
  });

  test('is not read if it was not given, and its secrets in a policy are listed as unseen', async () => {
    const { json } = await statusOf(sandbox, [REGION]);
    expect(json.roles[0]?.policies[0]).toMatchObject({
      secrets: [expect.stringContaining(REGION)],
      missing: [],
      unseen: [expect.stringContaining(FAR_REGION)],
    });
  });
});

describe('status when AWS does not return the age of a key', () => {
  const sandbox = freshSandbox();

  // So many keys use up the retry tokens of the SDK, which shortens the test. Throttled requests have no such limit.
  const cases = [['internal-error', 24] as const, ...(exhaustive ? [['throttle', 1] as const] : [])];
  test.each(cases)(
    'counts its age from the last change, with a note, and shows everything else (%s)',
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
