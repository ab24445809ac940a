import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { guidePolicy, guideTrust, KEYS, makePolicy, makeRole, makeSecret } from '../support/account.ts';
import { runHere } from '../support/runs/run-here.ts';
import { VOICES } from './flags.ts';
import { type Mangler, type Mangling, startMangler } from './mangler.ts';
import { cases, expectWellTold, nasty } from './nasty.ts';

/** The members of responses that the program reads, and those of errors. */
const MEMBERS = [
  'Account',
  'Arn',
  'UserId',
  'ARN',
  'Name',
  'VersionId',
  'OwningService',
  'PrimaryRegion',
  'KmsKeyId',
  'ResourcePolicy',
  'PolicyName',
  'PolicyArn',
  'Tags',
  'Key',
  'Value',
  'ReplicationStatus',
  'Policies',
  'DefaultVersionId',
  'Document',
  'AttachmentCount',
  'RoleName',
  'Path',
  'AssumeRolePolicyDocument',
  'PermissionsBoundaryArn',
  'Code',
  'Message',
  '__type',
  'RequestId',
  'SecretList',
  'SecretString',
  'DeletedDate',
  'IsTruncated',
  'Marker',
  'VersionIdsToStages',
  'CreateDate',
  'CreatedDate',
  'RotationEnabled',
  'Description',
] as const;

const text = nasty.map((each) => Buffer.from(each).toString());
const change: fc.Arbitrary<Mangling['change']> = fc.oneof(
  { weight: 3, arbitrary: text.map((put) => ({ put })) },
  { weight: 3, arbitrary: text.map((append) => ({ append })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<unknown>(undefined, null, 7, true, [], {}, [null], 'x'.repeat(100_000))
      .map((put) => ({ put })),
  },
);
const manglings = fc.array(fc.record({ member: fc.constantFrom(...MEMBERS), change }), {
  minLength: 1,
  maxLength: 2,
});
/** Together with the other tests of `npm run test:faults`, these take several times as long as alone. */
const LONG = { timeout: 1_200_000 };
const voices = fc.constantFrom(...VOICES);
const BASE = ['setup', '--region=us-west-2', '--key-env=STUDIO_KEY'];

let mangler: Mangler;
beforeAll(async () => {
  mangler = await startMangler();
  const { sandbox } = mangler;
  const secret = await makeSecret(sandbox, { Name: 'held', SecretString: KEYS.other });
  await makeSecret(sandbox, { Name: 'kept', Description: 'x' });
  const policy = await makePolicy(sandbox, 'Ours', guidePolicy(secret));
  await makePolicy(sandbox, 'Theirs', {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
  });
  await makeRole(sandbox, { name: 'Ours', attached: [policy] });
  await makeRole(sandbox, { name: 'Theirs', trust: guideTrust('ec2.amazonaws.com') });
});
beforeEach(() => mangler.spoil([]));
afterAll(() => mangler.close());

async function setup(args: readonly string[], voice: readonly string[]) {
  const result = await runHere([...BASE, ...args, ...voice], {
    ...mangler.env,
    STUDIO_KEY: KEYS.aes256,
    AWS_MAX_ATTEMPTS: '1',
  });
  expectWellTold(result, { json: voice.includes('--json'), debug: voice.includes('--debug') });
  expect(`${result.stdout}${result.stderr}`).not.toContain(KEYS.aes256);
  expect(`${result.stdout}${result.stderr}`).not.toContain(KEYS.other);
  return result;
}

describe('setup with corrupted responses from AWS', () => {
  const names = fc.constantFrom('New', 'Ours', 'Theirs');
  const wishes = fc
    .tuple(fc.constantFrom('new', 'held', 'kept'), names, names)
    .map(([secret, policy, role]) => [
      `--secret-name=${secret}`,
      `--policy-name=${policy}`,
      `--role-name=${role}`,
    ]);

  test('shows them harmlessly, or reports what is wrong, in a dry run and at a conflict', LONG, async () => {
    await fc.assert(
      fc.asyncProperty(manglings, wishes, voices, async (chosen, wish, voice) => {
        mangler.spoil(chosen);
        await setup([...wish, '--dry-run'], voice);
      }),
      cases(15, 1_500),
    );
  });

  test('shows them harmlessly, or reports what is wrong, when it creates resources', LONG, async () => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(manglings, voices, async (chosen, voice) => {
        made += 1;
        mangler.spoil(chosen.filter(({ member }) => !/Document|Policy$/.test(member)));
        await setup([`--secret-name=s${made}`, '--policy-name=Ours', '--role-name=Ours', '--yes'], voice);
      }),
      cases(2, 100),
    );
  });
});

test.each([
  ['without a valid ID', 'VersionId', 'iam:ListPolicyVersions'],
  ['without a document', 'Document', 'iam:GetPolicyVersion'],
])('setup does not wait for a policy version %s', async (_, member, action) => {
  mangler.spoil([{ member, change: { put: '' } }]);
  const wish = ['--secret-name=held', '--policy-name=Ours', '--role-name=Ours', '--dry-run'];
  const { code, stderr } = await setup(wish, []);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(`The response to ${action} did not come from AWS.`),
  ]);
});

test('setup works as expected when the responses are not corrupted', async () => {
  expect(
    (await setup(['--secret-name=kept', '--policy-name=Ours', '--role-name=Ours', '--dry-run'], [])).code,
  ).toBe(0);
  const conflict = await setup(
    ['--secret-name=new', '--policy-name=Theirs', '--role-name=Ours', '--yes'],
    [],
  );
  expect([conflict.code, conflict.stderr]).toEqual([3, expect.stringContaining('s3:*')]);
});
