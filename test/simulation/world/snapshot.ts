import { defaultDocument } from '../../../src/sandbox/permissions/permission-source.ts';
import type { SandboxState } from '../../../src/sandbox/sandbox-state.ts';
import { REGIONS } from '../stories/vocabulary.ts';
import { accountOrThrow } from './delivery.ts';

/** A managed policy of the account at one time. */
export interface PolicyShot {
  /** The unique ID from IAM. */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly path: string;
  /** The document of the default version. */
  readonly document: string;
  readonly defaultVersion: string;
  readonly versions: ReadonlyMap<string, string>;
  readonly description: string;
  readonly tags: string;
}

export interface RoleShot {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly trust: string;
  readonly attached: readonly string[];
  readonly inline: readonly (readonly [name: string, document: string])[];
  readonly boundary: string | undefined;
  readonly description: string;
  readonly tags: string;
}

export interface SecretShot {
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly kmsKeyId: string | undefined;
  readonly policy: string | undefined;
  readonly tags: string;
  readonly deleted: boolean;
  /** The value and the labels of each version, by ID. */
  readonly versions: ReadonlyMap<string, { readonly value: string; readonly stages: string }>;
}

/** The resources of an account at one time, without dates. They are read from the sandbox, not through the program. */
export interface Snapshot {
  /** By ARN. */
  readonly policies: ReadonlyMap<string, PolicyShot>;
  /** By name in lower case. */
  readonly roles: ReadonlyMap<string, RoleShot>;
  /** By ARN. */
  readonly secrets: ReadonlyMap<string, SecretShot>;
}

/** Takes a snapshot of an account. */
export function snapshotOf(sandbox: SandboxState): Snapshot {
  const { latest: live } = accountOrThrow(sandbox, REGIONS[0] ?? '').iam.view();
  const policies = new Map<string, PolicyShot>();
  for (const policy of live.policies.values()) {
    const { id, name, arn, path, description = '', defaultVersionId: defaultVersion } = policy;
    policies.set(arn, {
      id,
      name,
      arn,
      path,
      document: defaultDocument(policy) ?? '',
      defaultVersion,
      versions: new Map(policy.versions.map(({ id: version, document }) => [version, document])),
      description,
      tags: tagText(policy.tags),
    });
  }
  const roles = new Map<string, RoleShot>();
  for (const [key, role] of live.roles) {
    const {
      id,
      name,
      arn,
      trustPolicy: trust,
      attachedPolicyArns: attached,
      inlinePolicies: inline,
      boundaryArn: boundary,
      description = '',
      tags,
    } = role;
    const [policyArns, documents] = [[...attached], [...inline]];
    roles.set(key, {
      id,
      name,
      arn,
      trust,
      attached: policyArns,
      inline: documents,
      boundary,
      description,
      tags: tagText(tags),
    });
  }
  const secrets = new Map<string, SecretShot>();
  for (const region of REGIONS) {
    for (const secret of accountOrThrow(sandbox, region).secretsIn(region).all(sandbox.now())) {
      const { name, arn, description = '', kmsKeyId, policy, tags, deletedAt, versions } = secret;
      secrets.set(arn, {
        region,
        name,
        arn,
        description,
        kmsKeyId,
        policy,
        tags: tagText(tags ?? []),
        deleted: deletedAt !== undefined,
        versions: new Map(
          [...versions.values()].map(({ id, content, stages }) => [
            id,
            { value: content.SecretString ?? content.SecretBinary ?? '', stages: [...stages].sort().join() },
          ]),
        ),
      });
    }
  }
  return { policies, roles, secrets };
}

function tagText(tags: readonly { Key: string; Value: string }[]): string {
  return tags.map(({ Key, Value }) => `${Key}=${Value}`).join('; ');
}

/** True for a resource with the tool tag. */
export function isOwn({ tags }: { readonly tags: string }): boolean {
  return /(^|; )mc-static-key=/.test(tags);
}

/** True for a resource of a CloudFormation stack. */
export function inStack({ tags }: { readonly tags: string }): boolean {
  return tags.includes('aws:cloudformation:');
}
