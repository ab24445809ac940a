import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  paginateListPolicies,
  paginateListPolicyVersions,
} from '@aws-sdk/client-iam';
import { isAccessDenied } from '../failure.ts';
import { decodePolicy } from '../policy/index.ts';
import { nameInIamArn } from './arn.ts';
import { type Aws, orAbsent } from './session.ts';
import { stackOf } from './tags.ts';

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
  /** The CloudFormation stack that it belongs to, if it belongs to one and that was asked for (`withStack`). */
  stack?: string;
}

/**
 * Reads managed policies, each at most once, because the policy step and the role step look at the same ones.
 * Make a new reader to see what has changed.
 */
export interface PolicyReader {
  read(arn: string, options?: { withStack?: boolean }): Promise<FoundPolicy | undefined>;
  /** Starts reading a policy whose default version is thought to be known, so that both requests go out at once. */
  expect(arn: string, versionId: string): void;
}

export function policyReader(aws: Aws): PolicyReader {
  const policies = new Map<string, Reading>();
  const begin = (arn: string, expected?: string) => {
    const reading = policies.get(arn) ?? beginReading(aws, arn, expected);
    policies.set(arn, reading);
    return reading;
  };
  return {
    async read(arn, { withStack = false } = {}) {
      const { versions, policy } = begin(arn);
      const [found, stack] = await Promise.all([
        policy,
        withStack ? versions.then((exists) => exists && readStack(aws, arn)) : undefined,
      ]);
      return found && stack ? { ...found, stack } : found;
    },
    expect: (arn, versionId) => void begin(arn, versionId),
  };
}

/** A policy that is being read: its versions first, and with them the document of the default one. */
interface Reading {
  versions: Promise<PolicyVersion[] | undefined>;
  policy: Promise<FoundPolicy | undefined>;
}

/** @param expected the default version, as far as can be guessed */
function beginReading(aws: Aws, arn: string, expected?: string): Reading {
  const early = expected ? readVersion(aws, arn, expected) : undefined;
  const versions = orAbsent(listVersions(aws, arn));
  const document = (id: string) => (early && id === expected ? early : readVersion(aws, arn, id));
  const policy = versions.then((found) => found && toPolicy(arn, found, document));
  // Whoever awaits them hears of a failure; a reading that nobody awaits must not end the process.
  for (const promise of [early, versions, policy]) promise?.catch(() => undefined);
  return { versions, policy };
}

async function toPolicy(
  arn: string,
  versions: PolicyVersion[],
  read: (id: string) => Promise<string | undefined>,
): Promise<FoundPolicy | undefined> {
  const current = versions.find((version) => version.isDefault);
  if (!current) return undefined;
  const document = await read(current.id);
  if (document === undefined) return undefined;
  const name = nameInIamArn(arn);
  return { arn, name, versionId: current.id, document, versions: versions.map((version) => version.id) };
}

/** The stack that a policy belongs to. Not being allowed to ask is no reason to stop: then it is not known. */
async function readStack(aws: Aws, arn: string): Promise<string | undefined> {
  const asking = aws.call({ action: 'iam:GetPolicy', resource: arn }, (options) =>
    aws.clients.iam().send(new GetPolicyCommand({ PolicyArn: arn }), options),
  );
  const answer = await unlessDenied(orAbsent(asking), undefined);
  return stackOf(answer?.Policy?.Tags);
}

/**
 * The ARNs of the account's policies whose name is one of `name`, `name-2`, …, whatever their path and letter case: IAM
 * gives each name once only. Not being allowed to ask is no reason to stop.
 */
export async function spellingsOf(aws: Aws, name: string): Promise<string[]> {
  const wanted = name.toLowerCase();
  const isOne = (other = '') =>
    other.toLowerCase().replace(/-\d+$/, '') === wanted || other.toLowerCase() === wanted;
  const listing = aws.call({ action: 'iam:ListPolicies', resource: '*' }, async (options) => {
    const arns: string[] = [];
    const pages = paginateListPolicies(
      { client: aws.clients.iam(), pageSize: 1000 },
      { Scope: 'Local' },
      options,
    );
    for await (const { Policies = [] } of pages) {
      arns.push(...Policies.flatMap(({ Arn, PolicyName }) => (Arn && isOne(PolicyName) ? [Arn] : [])));
    }
    return arns;
  });
  return unlessDenied(listing, []);
}

async function unlessDenied<T>(call: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (isAccessDenied(error)) return otherwise;
    throw error;
  }
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

interface PolicyVersion {
  id: string;
  isDefault: boolean;
}

/** Versions are numbered in the order of their making, `v1`, `v2`, …, and no number is used twice. */
export function versionNumber(versionId: string): number {
  return Number(versionId.slice(1));
}

/** All versions of a policy, oldest first. The list also says which one is the default, so `GetPolicy` is not needed. */
async function listVersions(aws: Aws, arn: string): Promise<PolicyVersion[]> {
  return aws.call({ action: 'iam:ListPolicyVersions', resource: arn }, async (options) => {
    const versions: PolicyVersion[] = [];
    for await (const page of paginateListPolicyVersions(
      { client: aws.clients.iam() },
      { PolicyArn: arn },
      options,
    )) {
      for (const { VersionId, IsDefaultVersion } of page.Versions ?? []) {
        if (VersionId) versions.push({ id: VersionId, isDefault: IsDefaultVersion ?? false });
      }
    }
    return versions.sort((a, b) => versionNumber(a.id) - versionNumber(b.id));
  });
}
