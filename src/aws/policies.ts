import { GetPolicyVersionCommand, paginateListPolicyVersions } from '@aws-sdk/client-iam';
import { decodePolicy } from '../policy/index.ts';
import { type Aws, orAbsent } from './session.ts';

/** A managed policy as it exists, with the document of its default version. */
export interface FoundPolicy {
  arn: string;
  name: string;
  /** The default policy version, such as `v1`. */
  versionId: string;
  /** The document of the default version as JSON text. */
  document: string;
  /** The IDs of all versions, oldest first. IAM keeps at most five of a customer-managed policy. */
  versions: string[];
}

/**
 * Reads managed policies, each at most once, because the policy step and the role step look at the same ones.
 * Make a new reader to see what has changed.
 */
export interface PolicyReader {
  read(arn: string): Promise<FoundPolicy | undefined>;
  /** Starts reading a policy whose default version is thought to be known, so that both requests go out at once. */
  expect(arn: string, versionId: string): void;
}

export function policyReader(aws: Aws): PolicyReader {
  const policies = new Map<string, Promise<FoundPolicy | undefined>>();
  const read = (arn: string, expected?: string) => {
    const reading = policies.get(arn) ?? readPolicy(aws, arn, expected);
    // Whoever awaits it hears of a failure; a reading that nobody awaits must not end the process.
    reading.catch(() => undefined);
    policies.set(arn, reading);
    return reading;
  };
  return { read: (arn) => read(arn), expect: (arn, versionId) => void read(arn, versionId) };
}

async function readPolicy(aws: Aws, arn: string, expected?: string): Promise<FoundPolicy | undefined> {
  const early = expected ? readVersion(aws, arn, expected) : undefined;
  early?.catch(() => undefined);
  const versions = await orAbsent(listVersions(aws, arn));
  const current = versions?.find((version) => version.isDefault);
  if (!versions || !current) return undefined;
  const document = await (early && current.id === expected ? early : readVersion(aws, arn, current.id));
  if (document === undefined) return undefined;
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  return { arn, name, versionId: current.id, document, versions: versions.map((version) => version.id) };
}

/** The document of one version of a policy, as JSON text. */
export async function readVersion(aws: Aws, arn: string, versionId: string): Promise<string | undefined> {
  const answer = await orAbsent(
    aws.call({ action: 'iam:GetPolicyVersion', resource: arn }, (options) =>
      aws.clients.iam().send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: versionId }), options),
    ),
  );
  const document = answer?.PolicyVersion?.Document;
  return document === undefined ? undefined : decodePolicy(document);
}

/** All versions of a policy, oldest first. The list also says which one is the default, so `GetPolicy` is not needed. */
async function listVersions(aws: Aws, arn: string): Promise<{ id: string; isDefault: boolean }[]> {
  return aws.call({ action: 'iam:ListPolicyVersions', resource: arn }, async (options) => {
    const versions: { id: string; isDefault: boolean }[] = [];
    for await (const page of paginateListPolicyVersions(
      { client: aws.clients.iam() },
      { PolicyArn: arn },
      options,
    )) {
      for (const { VersionId, IsDefaultVersion } of page.Versions ?? []) {
        if (VersionId) versions.push({ id: VersionId, isDefault: IsDefaultVersion ?? false });
      }
    }
    // Version IDs are numbered in the order of their making and never used twice.
    return versions.sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
  });
}
