import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** The secrets of one Region, those scheduled for deletion too. */
export async function readSecrets(client: SecretsManagerClient, region: string) {
  const { SecretList = [] } = await client.send(new ListSecretsCommand({ IncludePlannedDeletion: true }));
  const secrets = await Promise.all(SecretList.map(({ ARN = '' }) => readSecret(client, region, ARN)));
  return secrets.sort((a, b) => a.name.localeCompare(b.name));
}

async function readSecret(client: SecretsManagerClient, region: string, arn: string) {
  const secret = await client.send(new DescribeSecretCommand({ SecretId: arn }));
  const policy = secret.DeletedDate
    ? undefined
    : await client.send(new GetResourcePolicyCommand({ SecretId: arn }));
  const stages = Object.values(secret.VersionIdsToStages ?? {}).flat();
  const valueAt = async (VersionStage: string) => {
    const version = await client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage }));
    return [VersionStage, version.SecretString ?? version.SecretBinary?.toString()] as const;
  };
  return {
    region,
    arn,
    name: secret.Name ?? '',
    description: secret.Description,
    kmsKeyId: secret.KmsKeyId,
    rotates: secret.RotationEnabled ?? false,
    deleted: secret.DeletedDate !== undefined,
    replicas: secret.ReplicationStatus?.map(({ Region }) => Region),
    resourcePolicy: policy?.ResourcePolicy,
    tags: tagsOf(secret.Tags),
    versions: secret.DeletedDate ? undefined : await countVersions(client, arn),
    values: secret.DeletedDate ? {} : Object.fromEntries(await Promise.all(stages.sort().map(valueAt))),
  };
}

/** How many versions a secret has, those without a staging label too. */
async function countVersions(client: SecretsManagerClient, SecretId: string): Promise<number | undefined> {
  const command = new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true });
  return (await client.send(command)).Versions?.length;
}

/** The customer-managed policies with all their versions. */
export async function readPolicies(iam: IAMClient) {
  const { Policies = [] } = await iam.send(new ListPoliciesCommand({ Scope: 'Local' }));
  const policies = await Promise.all(Policies.map(({ Arn = '' }) => readPolicy(iam, Arn)));
  return policies.sort((a, b) => a.name.localeCompare(b.name));
}

async function readPolicy(iam: IAMClient, PolicyArn: string) {
  const [{ Policy }, { Versions = [] }] = await Promise.all([
    iam.send(new GetPolicyCommand({ PolicyArn })),
    iam.send(new ListPolicyVersionsCommand({ PolicyArn })),
  ]);
  const documents = Versions.map(async ({ VersionId = '' }) => {
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return [VersionId, documentOf(PolicyVersion?.Document)] as const;
  });
  const versions: Record<string, unknown> = Object.fromEntries((await Promise.all(documents)).sort(byFirst));
  return {
    name: Policy?.PolicyName ?? '',
    path: Policy?.Path,
    description: Policy?.Description,
    document: versions[Policy?.DefaultVersionId ?? ''],
    defaultVersion: Policy?.DefaultVersionId,
    versions,
    tags: tagsOf(Policy?.Tags),
  };
}

/** The roles with everything that decides what they may do. */
export async function readRoles(iam: IAMClient) {
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const roles = await Promise.all(Roles.map(({ RoleName = '' }) => readRole(iam, RoleName)));
  return roles.sort((a, b) => a.name.localeCompare(b.name));
}

async function readRole(iam: IAMClient, RoleName: string) {
  const [{ Role }, { AttachedPolicies = [] }, { PolicyNames = [] }] = await Promise.all([
    iam.send(new GetRoleCommand({ RoleName })),
    iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
    iam.send(new ListRolePoliciesCommand({ RoleName })),
  ]);
  const inline = PolicyNames.map(async (PolicyName) => {
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    return [PolicyName, documentOf(PolicyDocument)] as const;
  });
  return {
    name: RoleName,
    path: Role?.Path,
    description: Role?.Description,
    trust: documentOf(Role?.AssumeRolePolicyDocument),
    boundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
    attached: AttachedPolicies.map(({ PolicyName }) => PolicyName).sort(),
    inline: Object.fromEntries(await Promise.all(inline)),
    tags: tagsOf(Role?.Tags),
  };
}

function documentOf(encoded = '{}'): unknown {
  return JSON.parse(decodeURIComponent(encoded));
}

function tagsOf(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []) {
  const pairs = tags.map(({ Key = '', Value = '' }) => [Key, Value] as const);
  return Object.fromEntries(pairs.sort(byFirst));
}

function byFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a.localeCompare(b);
}
