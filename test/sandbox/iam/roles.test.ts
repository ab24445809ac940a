import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  type CreateRoleCommandInput,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetAccountSummaryCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAccountAliasesCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  ListUsersCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  paginateListRoles,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, readPolicy, TRUST } from '../clients.ts';
import { FORM, sendSigned } from '../wire.ts';

const ACCOUNT_ARN = 'arn:aws:iam::111122223333:';
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

describe('roles', () => {
  let sandbox: Sandbox;
  let iam: ReturnType<typeof clientsFor>['iam'];
  beforeAll(async () => {
    sandbox = await startSandbox();
    iam = clientsFor(sandbox).iam;
  });
  afterAll(() => sandbox.close());

  const create = (input: Partial<CreateRoleCommandInput> & { RoleName: string }) =>
    iam.send(new CreateRoleCommand({ AssumeRolePolicyDocument: TRUST, ...input }));
  const shown = async (RoleName: string) => (await iam.send(new GetRoleCommand({ RoleName }))).Role;

  it('show the settings that they were created with', async () => {
    await iam.send(new CreatePolicyCommand({ PolicyName: 'Boundary', PolicyDocument: readPolicy('*') }));
    const given = {
      Path: '/video/',
      Description: 'Reads keys — não',
      MaxSessionDuration: 7200,
      Tags: [{ Key: 'team', Value: 'video' }],
    };
    expect((await failureOf(create({ RoleName: 'Full', ...given }))).message).toMatch(/'description' failed/);
    given.Description = 'Reads keys: não';
    const PermissionsBoundary = `${ACCOUNT_ARN}policy/Boundary`;
    await create({ RoleName: 'Full', ...given, PermissionsBoundary });
    const role = await shown('Full');
    expect(role).toMatchObject({
      ...given,
      Arn: `${ACCOUNT_ARN}role/video/Full`,
      PermissionsBoundary: { PermissionsBoundaryArn: PermissionsBoundary },
      RoleLastUsed: {},
    });
    expect(role?.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/);
  });

  it('are returned as sent on creation, and normalized afterwards', async () => {
    const sent = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: ['111122223333'] }, Action: ['sts:AssumeRole'] }],
    });
    const { Role } = await create({ RoleName: 'Sent', AssumeRolePolicyDocument: sent });
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(sent);
    expect(Role?.MaxSessionDuration).toBeUndefined();
    const kept = await shown('Sent');
    expect(JSON.parse(decodeURIComponent(kept?.AssumeRolePolicyDocument ?? '')).Statement).toEqual([
      { Effect: 'Allow', Principal: { AWS: `${ACCOUNT_ARN}root` }, Action: 'sts:AssumeRole' },
    ]);
    expect(kept?.MaxSessionDuration).toBe(3600);
  });

  it('keep an empty description, and have none if none was given', async () => {
    expect((await create({ RoleName: 'Empty', Description: '' })).Role?.Description).toBe('');
    expect((await shown('Empty'))?.Description).toBe('');
    await create({ RoleName: 'Undescribed' });
    await iam.send(new UpdateRoleCommand({ RoleName: 'Undescribed', MaxSessionDuration: 7200 }));
    expect((await shown('Undescribed'))?.Description).toBeUndefined();
    await iam.send(new UpdateRoleCommand({ RoleName: 'Undescribed', Description: '' }));
    expect((await shown('Undescribed'))?.Description).toBe('');
  });

  it('return a result element after a change only if the API model has one', async () => {
    await create({ RoleName: 'Wire' });
    const answer = async (parameters: string) => {
      const body = `${parameters}&RoleName=Wire&Version=2010-05-08`;
      return (await sendSigned(sandbox, { service: 'iam', body, headers: FORM })).text;
    };
    expect(await answer('Action=UpdateRole&Description=x')).toContain('<UpdateRoleResult/>');
    expect(await answer('Action=UntagRole&TagKeys.member.1=x')).not.toContain('Result');
  });

  it.each(['longpolicynamebutnoarn', 'a-policy-that-is-there'])(
    'reject a policy ARN that cannot be parsed (%s)',
    async (PolicyArn) => {
      const RoleName = `With-${PolicyArn}`;
      await create({ RoleName });
      for (const Command of [AttachRolePolicyCommand, DetachRolePolicyCommand]) {
        expect(await failureOf(iam.send(new Command({ RoleName, PolicyArn })))).toEqual({
          name: 'ValidationError',
          message: 'Invalid ARN:  Could not be parsed!',
          status: 400,
        });
      }
      const boundary = new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: PolicyArn });
      expect((await failureOf(iam.send(boundary))).name).toBe('ValidationError');
    },
  );

  it('have unique names, and are found by them, regardless of case', async () => {
    await create({ RoleName: 'Unique' });
    expect(await failureOf(create({ RoleName: 'uniquE', Path: '/x/' }))).toEqual({
      name: 'EntityAlreadyExistsException',
      message: 'Role with name uniquE already exists.',
      status: 409,
    });
    expect((await shown('UNIQUE'))?.RoleName).toBe('Unique');
    expect(await failureOf(shown('Nobody'))).toEqual({
      name: 'NoSuchEntityException',
      message: 'The role with name Nobody cannot be found.',
      status: 404,
    });
  });

  it('hold up to ten policies', async () => {
    await create({ RoleName: 'Busy' });
    const arns: string[] = [];
    for (let count = 1; count <= 11; count += 1) {
      const { Policy } = await iam.send(
        new CreatePolicyCommand({ PolicyName: `Busy${count}`, PolicyDocument: readPolicy('*') }),
      );
      arns.push(Policy?.Arn ?? '');
    }
    const attach = (PolicyArn = '') => iam.send(new AttachRolePolicyCommand({ RoleName: 'Busy', PolicyArn }));
    for (const arn of arns.slice(0, 10)) {
      await attach(arn);
    }
    await attach(arns[0]);
    expect(await failureOf(attach(arns[10]))).toEqual({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for PoliciesPerRole: 10',
      status: 409,
    });
    const listed = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: 'Busy' }));
    expect(listed.AttachedPolicies?.map((policy) => policy.PolicyArn)).toEqual(arns.slice(0, 10));
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'Busy', PolicyArn: arns[0] }));
    const again = iam.send(new DetachRolePolicyCommand({ RoleName: 'Busy', PolicyArn: arns[0] }));
    expect(await failureOf(again)).toMatchObject({ name: 'NoSuchEntityException' });
  });

  it('reject the ARN of a missing policy or of something else', async () => {
    await create({ RoleName: 'Picky' });
    const attach = (PolicyArn: string) =>
      iam.send(new AttachRolePolicyCommand({ RoleName: 'Picky', PolicyArn }));
    const absent = `${ACCOUNT_ARN}policy/Absent`;
    expect(await failureOf(attach(absent))).toMatchObject({
      name: 'NoSuchEntityException',
      message: `Policy ${absent} does not exist or is not attachable.`,
    });
    expect(await failureOf(attach(`${ACCOUNT_ARN}role/Any`))).toMatchObject({
      name: 'InvalidInputException',
      message: `ARN ${ACCOUNT_ARN}role/Any is not valid.`,
    });
  });

  it('cannot be deleted while they have policies', async () => {
    await create({ RoleName: 'Deleted' });
    const inline = { RoleName: 'Deleted', PolicyName: 'Inline' };
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'Deleted', PolicyArn: READ_ONLY }));
    await iam.send(new PutRolePolicyCommand({ ...inline, PolicyDocument: readPolicy('*') }));
    const deletion = () => iam.send(new DeleteRoleCommand({ RoleName: 'Deleted' }));
    expect(await failureOf(deletion())).toEqual({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must detach all policies first.',
      status: 409,
    });
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'Deleted', PolicyArn: READ_ONLY }));
    expect((await failureOf(deletion())).message).toBe('Cannot delete entity, must delete policies first.');
    await iam.send(new DeleteRolePolicyCommand(inline));
    await deletion();
    expect(await failureOf(shown('Deleted'))).toMatchObject({ name: 'NoSuchEntityException' });
  });

  it('keep inline policies', async () => {
    await create({ RoleName: 'Inline' });
    const inline = { RoleName: 'Inline', PolicyName: 'Own' };
    await iam.send(new PutRolePolicyCommand({ ...inline, PolicyDocument: readPolicy('*') }));
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName: 'Inline' }))).PolicyNames).toEqual([
      'Own',
    ]);
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand(inline));
    expect(decodeURIComponent(PolicyDocument)).toBe(readPolicy('*'));
    const indented = iam.send(new PutRolePolicyCommand({ ...inline, PolicyDocument: ` ${readPolicy('*')}` }));
    expect((await failureOf(indented)).message).toBe('The policy failed legacy parsing');
    const absent = iam.send(new GetRolePolicyCommand({ ...inline, PolicyName: 'Absent' }));
    expect((await failureOf(absent)).message).toBe('The role policy with name Absent cannot be found.');
    const huge = readPolicy(`arn:aws:s3:::${'x'.repeat(10_240)}`);
    const large = iam.send(new PutRolePolicyCommand({ ...inline, PolicyDocument: huge }));
    expect((await failureOf(large)).message).toBe(
      'Maximum policy size of 10240 bytes exceeded for role Inline',
    );
  });

  it('can be updated', async () => {
    await create({ RoleName: 'Updated' });
    await iam.send(
      new UpdateRoleCommand({ RoleName: 'Updated', Description: 'One', MaxSessionDuration: 4000 }),
    );
    expect(await shown('Updated')).toMatchObject({ Description: 'One', MaxSessionDuration: 4000 });
    await iam.send(new UpdateRoleDescriptionCommand({ RoleName: 'Updated', Description: 'Two' }));
    expect((await shown('Updated'))?.Description).toBe('Two');
    await iam.send(
      new TagRoleCommand({
        RoleName: 'Updated',
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '2' },
        ],
      }),
    );
    await iam.send(new UntagRoleCommand({ RoleName: 'Updated', TagKeys: ['a'] }));
    expect((await iam.send(new ListRoleTagsCommand({ RoleName: 'Updated' }))).Tags).toEqual([
      { Key: 'b', Value: '2' },
    ]);
    await iam.send(
      new PutRolePermissionsBoundaryCommand({ RoleName: 'Updated', PermissionsBoundary: READ_ONLY }),
    );
    expect((await shown('Updated'))?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(READ_ONLY);
    await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'Updated' }));
    expect((await shown('Updated'))?.PermissionsBoundary).toBeUndefined();
  });

  it('are listed in pages, sorted, without tags', async () => {
    const seen: string[] = [];
    for await (const page of paginateListRoles({ client: iam, pageSize: 3 }, {})) {
      expect(page.Roles?.every((role) => role.Tags === undefined)).toBe(true);
      seen.push(...(page.Roles ?? []).map((role) => role.RoleName ?? ''));
    }
    expect(seen).toEqual([...seen].sort((a, b) => a.localeCompare(b)));
    expect(seen).toContain('Full');
    const one: string[] = [];
    for await (const page of paginateListRoles({ client: iam }, { PathPrefix: '/video/' })) {
      one.push(...(page.Roles ?? []).map((role) => role.RoleName ?? ''));
    }
    expect(one).toEqual(['Full']);
  });

  it('cannot be changed when they are service-linked', async () => {
    await create({ RoleName: 'AWSServiceRoleForVideo', Path: '/aws-service-role/video.amazonaws.com/' });
    const change = new UpdateAssumeRolePolicyCommand({
      RoleName: 'AWSServiceRoleForVideo',
      PolicyDocument: TRUST,
    });
    expect(await failureOf(iam.send(change))).toMatchObject({
      name: 'UnmodifiableEntityException',
      status: 400,
    });
  });

  it('are counted in the account summary, beside the quotas', async () => {
    const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}));
    expect(SummaryMap).toMatchObject({
      AttachedPoliciesPerRoleQuota: 10,
      PolicySizeQuota: 6144,
      VersionsPerPolicyQuota: 5,
      AssumeRolePolicySizeQuota: 2048,
      Users: 1,
    });
    expect(SummaryMap?.Roles).toBeGreaterThan(3);
    expect((await iam.send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual([]);
  });

  it('are the same in every Region', async () => {
    const other = clientsFor(sandbox, { region: 'ap-southeast-2' }).iam;
    expect((await other.send(new GetRoleCommand({ RoleName: 'Unique' }))).Role?.RoleName).toBe('Unique');
    const china = clientsFor(sandbox, { region: 'cn-north-1' }).iam;
    const made = await china.send(
      new CreateRoleCommand({ RoleName: 'Unique', AssumeRolePolicyDocument: TRUST }),
    );
    expect(made.Role?.Arn).toBe('arn:aws-cn:iam::111122223333:role/Unique');
  });

  it('report an operation that the sandbox does not implement', async () => {
    expect(await failureOf(iam.send(new ListUsersCommand({})))).toMatchObject({
      name: 'NotImplemented',
      message: 'iam:ListUsers is not implemented in the sandbox.',
    });
  });
});
