import {
  CreatePolicyCommand,
  CreateRoleCommand,
  GetPolicyCommand,
  GetRoleCommand,
  ListPolicyTagsCommand,
  ListRoleTagsCommand,
  UntagRoleCommand,
} from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshSandbox } from '../support/sandbox.ts';
import { clientsFor, failureOf, KEY, readPolicy, TRUST } from './clients.ts';

const OWN = { Key: 'team', Value: 'video' };

/** Returns tags as a map. */
const stackTags = (tags: { Key?: string | undefined; Value?: string | undefined }[] | undefined) =>
  Object.fromEntries((tags ?? []).map(({ Key = '', Value }) => [Key, Value]));

const expected = (kind: string, region: string) => ({
  team: 'video',
  'aws:cloudformation:stack-name': 'feeds',
  'aws:cloudformation:logical-id': kind,
  'aws:cloudformation:stack-id': expect.stringMatching(
    `^arn:aws:cloudformation:${region}:111122223333:stack/feeds/[0-9a-f-]{36}$`,
  ),
});

describe('a resource in a CloudFormation stack', () => {
  const sandbox = freshSandbox();
  let clients: ReturnType<typeof clientsFor>;
  beforeEach(() => {
    clients = clientsFor(sandbox());
  });

  it('has tags of the stack if it is a secret, and keeps them when others change', async () => {
    const { secrets } = clients;
    const { ARN = '' } = await secrets.send(
      new CreateSecretCommand({ Name: 's', SecretString: KEY, Tags: [OWN] }),
    );
    sandbox().addCloudFormationTags(ARN, 'feeds');
    const described = () => secrets.send(new DescribeSecretCommand({ SecretId: 's' }));
    expect(stackTags((await described()).Tags)).toEqual(expected('Secret', 'us-west-2'));
    const listed = await secrets.send(new ListSecretsCommand({}));
    expect(stackTags(listed.SecretList?.[0]?.Tags)).toEqual(expected('Secret', 'us-west-2'));
    const more = Array.from({ length: 49 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
    await secrets.send(new TagResourceCommand({ SecretId: 's', Tags: more }));
    expect((await described()).Tags).toHaveLength(53);
    const TagKeys = ['aws:cloudformation:stack-name'];
    const untag = secrets.send(new UntagResourceCommand({ SecretId: 's', TagKeys }));
    expect((await failureOf(untag)).name).toBe('InvalidParameterException');
  });

  it('has tags of the stack if it is a policy or a role, and keeps them', async () => {
    const { iam } = clients;
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'P', PolicyDocument: readPolicy('*'), Tags: [OWN] }),
    );
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: 'R', AssumeRolePolicyDocument: TRUST, Tags: [OWN] }),
    );
    sandbox().addCloudFormationTags(Policy?.Arn ?? '', 'feeds');
    sandbox().addCloudFormationTags(Role?.Arn ?? '', 'feeds');
    const policy = { PolicyArn: Policy?.Arn };
    expect(stackTags((await iam.send(new GetPolicyCommand(policy))).Policy?.Tags)).toEqual(
      expected('Policy', 'us-east-1'),
    );
    expect(stackTags((await iam.send(new ListPolicyTagsCommand(policy))).Tags)).toEqual(
      expected('Policy', 'us-east-1'),
    );
    const role = { RoleName: 'R' };
    expect(stackTags((await iam.send(new GetRoleCommand(role))).Role?.Tags)).toEqual(
      expected('Role', 'us-east-1'),
    );
    expect(stackTags((await iam.send(new ListRoleTagsCommand(role))).Tags)).toEqual(
      expected('Role', 'us-east-1'),
    );
    const untag = iam.send(new UntagRoleCommand({ ...role, TagKeys: ['aws:cloudformation:stack-id'] }));
    expect((await failureOf(untag)).name).toBe('InvalidInputException');
  });

  it.each([
    'arn:aws:secretsmanager:us-west-2:111122223333:secret:absent-AbCdEf',
    'arn:aws:iam::111122223333:role/Absent',
    'arn:aws:iam::444455556666:role/Absent',
    'nonsense',
  ])('cannot be %s, which does not exist', (arn) => {
    expect(() => sandbox().addCloudFormationTags(arn, 'feeds')).toThrow(RangeError);
  });
});
