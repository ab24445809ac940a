import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  type CreatePolicyCommandInput,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListEntitiesForPolicyCommand,
  ListPoliciesCommand,
  type ListPoliciesCommandInput,
  ListPolicyTagsCommand,
  ListPolicyVersionsCommand,
  SetDefaultPolicyVersionCommand,
  TagPolicyCommand,
  UntagPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, readPolicy, TRUST } from '../clients.ts';

const ACCOUNT_ARN = 'arn:aws:iam::111122223333:';
const DOCUMENT = readPolicy('*');

/** Returns a valid document of this many characters that are not white space. */
function documentOf(size: number): string {
  const name = 'arn:aws:s3:::';
  const length = size - readPolicy(name).length;
  return readPolicy(name + 'x'.repeat(length));
}

describe('managed policies', () => {
  let sandbox: Sandbox;
  let iam: ReturnType<typeof clientsFor>['iam'];
  beforeAll(async () => {
    sandbox = await startSandbox();
    iam = clientsFor(sandbox).iam;
  });
  afterAll(() => sandbox.close());

  const create = (input: Partial<CreatePolicyCommandInput> & { PolicyName: string }) =>
    iam.send(new CreatePolicyCommand({ PolicyDocument: DOCUMENT, ...input }));
  const arnOf = (name: string) => `${ACCOUNT_ARN}policy/${name}`;
  const addVersion = (name: string, SetAsDefault = true) =>
    iam.send(
      new CreatePolicyVersionCommand({ PolicyArn: arnOf(name), PolicyDocument: DOCUMENT, SetAsDefault }),
    );

  it('are created with a path, a description and tags, and show them', async () => {
    const Tags = [{ Key: 'team', Value: 'video' }];
    const { Policy } = await create({ PolicyName: 'Full', Path: '/video/', Description: 'Reads keys', Tags });
    expect(Policy).toMatchObject({
      Arn: `${ACCOUNT_ARN}policy/video/Full`,
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      Tags,
    });
    expect(Policy?.PolicyId).toMatch(/^ANPA[A-Z2-7]{17}$/);
    const shown = await iam.send(new GetPolicyCommand({ PolicyArn: Policy?.Arn }));
    expect(shown.Policy).toMatchObject({ Description: 'Reads keys', Tags });
  });

  it('return their documents unchanged', async () => {
    const PolicyDocument = `${DOCUMENT.replace(/,/g, ', \n\t').slice(0, -1)} }\n`;
    await create({ PolicyName: 'Verbatim', PolicyDocument });
    const { PolicyVersion } = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn: arnOf('Verbatim'), VersionId: 'v1' }),
    );
    expect(PolicyVersion?.Document).toMatch(/^[A-Za-z0-9%._~-]+$/);
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toBe(PolicyDocument);
  });

  it('have names that are unique regardless of case and path', async () => {
    await create({ PolicyName: 'Unique' });
    expect(await failureOf(create({ PolicyName: 'UNIQUE', Path: '/other/' }))).toEqual({
      name: 'EntityAlreadyExistsException',
      message: 'A policy called UNIQUE already exists. Duplicate names are not allowed.',
      status: 409,
    });
  });

  it('hold 6,144 characters, not counting white space', async () => {
    await create({ PolicyName: 'Largest', PolicyDocument: `${documentOf(6144)}${' \n'.repeat(50)}` });
    expect(await failureOf(create({ PolicyName: 'TooLarge', PolicyDocument: documentOf(6145) }))).toEqual({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for PolicySize: 6144',
      status: 409,
    });
  });

  it('have up to five versions, and the default version cannot be deleted', async () => {
    await create({ PolicyName: 'Versions' });
    for (let count = 2; count <= 5; count += 1) {
      expect((await addVersion('Versions')).PolicyVersion?.VersionId).toBe(`v${count}`);
    }
    expect(await failureOf(addVersion('Versions'))).toEqual({
      name: 'LimitExceededException',
      message:
        'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
      status: 409,
    });
    const PolicyArn = arnOf('Versions');
    const deletion = (VersionId: string) =>
      iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    expect(await failureOf(deletion('v5'))).toEqual({
      name: 'DeleteConflictException',
      message: 'Cannot delete the default version of a policy.',
      status: 409,
    });
    await deletion('v1');
    expect((await addVersion('Versions', false)).PolicyVersion).toMatchObject({
      VersionId: 'v6',
      IsDefaultVersion: false,
    });
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
    const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions.map((version) => version.VersionId)).toEqual(['v6', 'v5', 'v4', 'v3', 'v2']);
    expect(Versions.filter((version) => version.IsDefaultVersion).map(({ VersionId }) => VersionId)).toEqual([
      'v2',
    ]);
    expect(await failureOf(deletion('v1'))).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
  });

  it('cannot be deleted while attached or with several versions', async () => {
    const PolicyArn = arnOf('Deleted');
    await create({ PolicyName: 'Deleted' });
    await addVersion('Deleted');
    await iam.send(new CreateRoleCommand({ RoleName: 'Holder', AssumeRolePolicyDocument: TRUST }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'Holder', PolicyArn }));
    expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.AttachmentCount).toBe(1);
    const { PolicyRoles } = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn }));
    expect(PolicyRoles).toMatchObject([{ RoleName: 'Holder' }]);

    const deletion = () => iam.send(new DeletePolicyCommand({ PolicyArn }));
    expect(await failureOf(deletion())).toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete a policy attached to entities.',
    });
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'Holder', PolicyArn }));
    expect((await failureOf(deletion())).message).toMatch(/^This policy has more than one version\./);
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    await deletion();
    expect(await failureOf(iam.send(new GetPolicyCommand({ PolicyArn })))).toEqual({
      name: 'NoSuchEntityException',
      message: `Policy ${PolicyArn} was not found.`,
      status: 404,
    });
  });

  it('can be tagged and untagged', async () => {
    await create({ PolicyName: 'Tagged', Tags: [{ Key: 'a', Value: '1' }] });
    const PolicyArn = arnOf('Tagged');
    await iam.send(
      new TagPolicyCommand({
        PolicyArn,
        Tags: [
          { Key: 'a', Value: '2' },
          { Key: 'b', Value: '' },
        ],
      }),
    );
    await iam.send(new UntagPolicyCommand({ PolicyArn, TagKeys: ['b'] }));
    expect((await iam.send(new ListPolicyTagsCommand({ PolicyArn }))).Tags).toEqual([
      { Key: 'a', Value: '2' },
    ]);
  });

  it('can be read and attached, but not changed, when AWS manages them', async () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/SecretsManagerReadWrite';
    expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.PolicyName).toBe(
      'SecretsManagerReadWrite',
    );
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'Holder', PolicyArn }));
    const failure = await failureOf(iam.send(new DeletePolicyCommand({ PolicyArn })));
    expect(failure).toMatchObject({ name: 'AccessDenied', status: 403 });
  });

  it('are listed by scope, use and path, and in pages', async () => {
    const names = async (input: ListPoliciesCommandInput) => {
      const { Policies = [] } = await iam.send(new ListPoliciesCommand(input));
      return Policies.map((policy) => policy.PolicyName);
    };
    expect(await names({ Scope: 'AWS' })).toContain('AdministratorAccess');
    expect(await names({ Scope: 'Local' })).not.toContain('AdministratorAccess');
    expect(await names({ OnlyAttached: true })).toEqual(['SecretsManagerReadWrite']);
    expect(await names({ PathPrefix: '/video/' })).toEqual(['Full']);
    const first = await iam.send(new ListPoliciesCommand({ MaxItems: 2 }));
    expect(first).toMatchObject({ IsTruncated: true, Policies: { length: 2 } });
    const second = await names({ MaxItems: 2, Marker: first.Marker });
    expect(second).toHaveLength(2);
    expect(second).not.toContain(first.Policies?.[0]?.PolicyName);
  });

  it.each([
    [
      { PolicyName: 'a b' },
      'ValidationError',
      'The specified value for policyName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    ],
    [{ PolicyName: 'n'.repeat(129) }, 'ValidationError', /'policyName' failed .* less than or equal to 128$/],
    [{ PolicyName: 'Path', Path: 'video' }, 'ValidationError', /^The specified value for path is invalid\./],
    [{ PolicyName: 'Long', Description: 'd'.repeat(1001) }, 'ValidationError', /'description'.*1000$/],
    [
      { PolicyName: 'Latin', PolicyDocument: '{"Id":"…"}' },
      'ValidationError',
      /regular expression pattern: \[\\u0009/,
    ],
    [
      {
        PolicyName: 'Tags',
        Tags: [
          { Key: 'a', Value: '' },
          { Key: 'A', Value: '' },
        ],
      },
      'InvalidInputException',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    ],
    [
      {
        PolicyName: 'Many',
        Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `${index}`, Value: '' })),
      },
      'ValidationError',
      /'tags' failed .* 50$/,
    ],
  ])('are rejected with the errors of IAM: %j', async (input, name, message) => {
    const failure = await failureOf(create(input));
    expect(failure).toMatchObject({ name, status: 400 });
    expect(failure.message).toMatch(message);
  });

  it('are not listed with an invalid page size', async () => {
    expect((await failureOf(iam.send(new ListPoliciesCommand({ MaxItems: 0 })))).message).toBe(
      "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
  });
});
