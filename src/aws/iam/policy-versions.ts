import { GetPolicyVersionCommand, paginateListPolicyVersions } from '@aws-sdk/client-iam';
import { decodePolicy } from '../../policy/index.ts';
import { NotAwsError } from '../http/sdk-client.ts';
import { type Aws, orAbsent } from '../session.ts';

/** Returns the fields of a policy that come from its list of versions. */
export function versionFields(
  versions: PolicyVersion[],
): Pick<PolicyState, 'versionIds' | 'versionCreatedAtMs'> {
  const creationTimes = versions.flatMap(({ id, createdAt }) =>
    createdAt ? [[id, createdAt.getTime()]] : [],
  );
  return { versionIds: versions.map(({ id }) => id), versionCreatedAtMs: Object.fromEntries(creationTimes) };
}

/** Reads the versions of a policy without their documents. Returns undefined if IAM shows no such policy. */
export async function readVersions(
  aws: Aws,
  arn: string,
): Promise<Pick<PolicyState, 'versionId' | 'versionIds' | 'versionCreatedAtMs'> | undefined> {
  const versions = await orAbsent(listPolicyVersions(aws, arn));
  const defaultVersion = versions?.find(({ isDefault }) => isDefault);
  return versions && defaultVersion
    ? { versionId: defaultVersion.id, ...versionFields(versions) }
    : undefined;
}

/** Returns the document of a policy version as JSON text. Returns undefined if IAM shows no such version. */
export async function readVersionDocument(
  aws: Aws,
  arn: string,
  versionId: string,
): Promise<string | undefined> {
  const command = new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: versionId });
  const document = await orAbsent(
    aws.call({ action: 'iam:GetPolicyVersion', resource: arn }, async (options) => {
      const { PolicyVersion } = await aws.clients.iam().send(command, options);
      // To return undefined would say that IAM doesn't show the version yet, and the run would wait for it.
      if (!PolicyVersion?.Document) throw new NotAwsError('a policy version without a document');
      return PolicyVersion.Document;
    }),
  );
  return document === undefined ? undefined : decodePolicy(document);
}

export interface PolicyVersion {
  id: string;
  isDefault: boolean;
  createdAt: Date | undefined;
}

/** The IAM API's pattern for the ID of a policy version (`policyVersionIdType`). */
const VERSION_ID = /^v[1-9]\d*(\.[A-Za-z0-9-]*)?$/;

/** Returns the number of a version. Versions are numbered in creation order, `v1`, `v2`, …, and numbers are not reused. */
export function versionNumber(versionId: string): number {
  return Number(versionId.slice(1));
}

/** Returns all versions of a policy, oldest first. The list also marks the default version, so `GetPolicy` is not needed. */
export function listPolicyVersions(aws: Aws, arn: string): Promise<PolicyVersion[]> {
  return aws.call({ action: 'iam:ListPolicyVersions', resource: arn }, async (options) => {
    const versions: PolicyVersion[] = [];
    const pages = paginateListPolicyVersions({ client: aws.clients.iam() }, { PolicyArn: arn }, options);
    for await (const page of pages) {
      for (const { VersionId, IsDefaultVersion, CreateDate } of page.Versions ?? []) {
        if (!VersionId || !VERSION_ID.test(VersionId))
          throw new NotAwsError('a policy version without an ID');
        versions.push({ id: VersionId, isDefault: IsDefaultVersion ?? false, createdAt: CreateDate });
      }
    }
    return versions.sort((a, b) => versionNumber(a.id) - versionNumber(b.id));
  });
}

/** A managed policy with the document of its default version. */
export interface PolicyState {
  arn: string;
  name: string;
  /** The default policy version, such as `v1`. */
  versionId: string;
  /** The document of the default version as JSON text. */
  document: string;
  /** The IDs of all versions, oldest first. IAM keeps at most five versions of a customer managed policy. */
  versionIds: string[];
  /** When each version was created, by AWS's clock, in milliseconds since the epoch. Only versions with a date from IAM. */
  versionCreatedAtMs: Readonly<Record<string, number>>;
  /** The CloudFormation stack that it belongs to, if any and if its tags were read (`withTags`). */
  stack?: string;
  /** True if this program created it because another policy was full, according to its tag. Absent if its tags were not read. */
  overflow?: boolean;
}
