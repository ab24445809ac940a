import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListPolicyVersionsCommand,
  SetDefaultPolicyVersionCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  TagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshSandbox } from '../support/sandbox.ts';
import { clientsFor, failureOf, KEY, readPolicy, TOKEN, TRUST } from './clients.ts';

const OTHER_KEY = 'f'.repeat(32);
const ARN = 'arn:aws:iam::111122223333:policy/P';

/** Each call takes effect, its response is lost, and the SDK sends it again: what the caller then sees. */
describe('a retry after a lost response', () => {
  const sandbox = freshSandbox();
  let iam: ReturnType<typeof clientsFor>['iam'];
  let secrets: ReturnType<typeof clientsFor>['secrets'];
  beforeEach(() => {
    ({ iam, secrets } = clientsFor(sandbox(), { maxAttempts: 2 }));
  });

  /** Makes a call whose first response is lost, and expects that it was sent twice. */
  const lost = async <T>(action: string, call: () => Promise<T>): Promise<T> => {
    const before = sandbox().requests.length;
    sandbox().addFault({ action, kind: 'drop-after' });
    try {
      return await call();
    } finally {
      expect(sandbox().requests.slice(before)).toMatchObject([{ action, status: 0 }, { action }]);
    }
  };

  const createSecret = (SecretString = KEY) =>
    secrets.send(new CreateSecretCommand({ Name: 's', SecretString, ClientRequestToken: TOKEN }));
  const putValue = (SecretString: string, ClientRequestToken?: string) =>
    secrets.send(new PutSecretValueCommand({ SecretId: 's', SecretString, ClientRequestToken }));
  const versionIds = async () => {
    const listed = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: 's' }));
    return listed.Versions?.map((version) => version.VersionId).sort();
  };
  const createPolicy = () =>
    iam.send(new CreatePolicyCommand({ PolicyName: 'P', PolicyDocument: readPolicy('*') }));
  const createVersion = () =>
    iam.send(
      new CreatePolicyVersionCommand({ PolicyArn: ARN, PolicyDocument: readPolicy('*'), SetAsDefault: true }),
    );
  const policyVersions = async () => {
    const listed = await iam.send(new ListPolicyVersionsCommand({ PolicyArn: ARN }));
    return listed.Versions?.map((version) => version.VersionId);
  };
  const createRole = () =>
    iam.send(new CreateRoleCommand({ RoleName: 'R', AssumeRolePolicyDocument: TRUST }));
  const attach = () => iam.send(new AttachRolePolicyCommand({ RoleName: 'R', PolicyArn: ARN }));

  it('of CreateSecret returns the secret, unless the value differs', async () => {
    const made = await lost('CreateSecret', () => createSecret());
    expect(made.VersionId).toBe(TOKEN);
    expect(await createSecret()).toMatchObject({ ARN: made.ARN, VersionId: TOKEN });
    expect((await failureOf(createSecret(OTHER_KEY))).name).toBe('ResourceExistsException');
    expect(await versionIds()).toEqual([TOKEN]);
  });

  it('of PutSecretValue creates one version, unless the value differs', async () => {
    await createSecret();
    const token = 'b'.repeat(32);
    const put = await lost('PutSecretValue', () => putValue(OTHER_KEY, token));
    expect(put).toMatchObject({ VersionId: token, VersionStages: ['AWSCURRENT'] });
    expect((await failureOf(putValue(KEY, token))).name).toBe('ResourceExistsException');
    expect(await versionIds()).toEqual([TOKEN, token]);
  });

  it('of PutSecretValue without a token from the caller creates one version too', async () => {
    await createSecret();
    await lost('PutSecretValue', () => putValue(OTHER_KEY));
    expect(await versionIds()).toHaveLength(2);
  });

  it('of RestoreSecret succeeds, as on a secret that was never deleted', async () => {
    await createSecret();
    await secrets.send(new RestoreSecretCommand({ SecretId: 's' }));
    await secrets.send(new DeleteSecretCommand({ SecretId: 's' }));
    expect(await failureOf(createSecret())).toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining('scheduled for deletion'),
    });
    await lost('RestoreSecret', () => secrets.send(new RestoreSecretCommand({ SecretId: 's' })));
    expect((await secrets.send(new DescribeSecretCommand({ SecretId: 's' }))).DeletedDate).toBeUndefined();
  });

  it('of DeleteSecret reports that the deletion is scheduled already', async () => {
    await createSecret();
    const call = lost('DeleteSecret', () => secrets.send(new DeleteSecretCommand({ SecretId: 's' })));
    expect((await failureOf(call)).name).toBe('InvalidRequestException');
  });

  it('of TagResource succeeds', async () => {
    await createSecret();
    const Tags = [{ Key: 'k', Value: 'v' }];
    await lost('TagResource', () => secrets.send(new TagResourceCommand({ SecretId: 's', Tags })));
    expect((await secrets.send(new DescribeSecretCommand({ SecretId: 's' }))).Tags).toEqual(Tags);
  });

  it('of CreatePolicy or CreateRole finds the name taken', async () => {
    expect(await failureOf(lost('CreatePolicy', createPolicy))).toMatchObject({
      name: 'EntityAlreadyExistsException',
      status: 409,
      message: 'A policy called P already exists. Duplicate names are not allowed.',
    });
    expect(await failureOf(lost('CreateRole', createRole))).toMatchObject({
      name: 'EntityAlreadyExistsException',
      status: 409,
      message: 'Role with name R already exists.',
    });
  });

  it('of CreatePolicyVersion creates a second version, or exceeds the quota', async () => {
    await createPolicy();
    await lost('CreatePolicyVersion', createVersion);
    expect(await policyVersions()).toEqual(['v3', 'v2', 'v1']);
    await createVersion();
    expect(await failureOf(lost('CreatePolicyVersion', createVersion))).toMatchObject({
      name: 'LimitExceededException',
      status: 409,
    });
    expect(await policyVersions()).toEqual(['v5', 'v4', 'v3', 'v2', 'v1']);
  });

  it('of DeletePolicyVersion does not find the version', async () => {
    await createPolicy();
    await createVersion();
    const command = new DeletePolicyVersionCommand({ PolicyArn: ARN, VersionId: 'v1' });
    const call = lost('DeletePolicyVersion', () => iam.send(command));
    expect(await failureOf(call)).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
    expect(await policyVersions()).toEqual(['v2']);
  });

  it('of SetDefaultPolicyVersion, UpdateAssumeRolePolicy, TagRole or AttachRolePolicy succeeds', async () => {
    await createPolicy();
    await createRole();
    const role = { RoleName: 'R' };
    await lost('SetDefaultPolicyVersion', () =>
      iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn: ARN, VersionId: 'v1' })),
    );
    await lost('UpdateAssumeRolePolicy', () =>
      iam.send(new UpdateAssumeRolePolicyCommand({ ...role, PolicyDocument: TRUST })),
    );
    await lost('TagRole', () => iam.send(new TagRoleCommand({ ...role, Tags: [{ Key: 'k', Value: 'v' }] })));
    await lost('AttachRolePolicy', attach);
    const attached = await iam.send(new ListAttachedRolePoliciesCommand(role));
    expect(attached.AttachedPolicies).toHaveLength(1);
  });

  it('of DetachRolePolicy or DeleteRole does not find the resource', async () => {
    await createPolicy();
    await createRole();
    await attach();
    const detach = lost('DetachRolePolicy', () =>
      iam.send(new DetachRolePolicyCommand({ RoleName: 'R', PolicyArn: ARN })),
    );
    expect((await failureOf(detach)).name).toBe('NoSuchEntityException');
    const remove = lost('DeleteRole', () => iam.send(new DeleteRoleCommand({ RoleName: 'R' })));
    expect((await failureOf(remove)).name).toBe('NoSuchEntityException');
  });
});
