import type { IamState, Policy, Role } from '../iam/store.ts';
import type { Tag } from '../shapes.ts';
import type { Policies } from './evaluate.ts';

/**
 * Where the permissions of an access key come from: an administrator's full access, a role, or one fixed document. A role's
 * permissions are read at the time of a request, and limited by the session policies that were passed when the role was assumed.
 */
export type PermissionSource =
  | { readonly kind: 'administrator' }
  | {
      readonly kind: 'role';
      readonly roleId: string;
      readonly sessionPolicies: SessionPolicies | undefined;
      /** The tags of the session, which override the role's own. */
      readonly sessionTags: readonly Tag[];
      /** The tags of the session that are passed on to each session that it opens. */
      readonly transitiveTags?: readonly Tag[];
    }
  | { readonly kind: 'document'; readonly document: string };

/** The documents and managed policies that were passed when a role was assumed. */
export interface SessionPolicies {
  readonly documents: readonly string[];
  readonly arns: readonly string[];
}

export const ADMINISTRATOR: PermissionSource = { kind: 'administrator' };

/** The document of an administrator's policy. */
export const ALLOW_ALL_DOCUMENT =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';

/**
 * Returns the policies that decide what a caller may do.
 * @param iam used only for a role.
 */
export function policiesOfSource(source: PermissionSource, iam: { readonly visible: IamState }): Policies {
  switch (source.kind) {
    case 'administrator':
      return { identity: [ALLOW_ALL_DOCUMENT] };
    case 'document':
      return { identity: [source.document] };
    case 'role': {
      const role = roleWithId(iam.visible, source.roleId);
      const { sessionPolicies: session } = source;
      return {
        ...(role ? policiesOfRole(iam.visible, role) : { identity: [] }),
        session: session && [...session.documents, ...managedDocuments(iam.visible, session.arns)],
      };
    }
  }
}

/** Returns the policies of a role, without session policies. */
function policiesOfRole(state: IamState, role: Role): Policies {
  const identity = [...managedDocuments(state, role.attachedPolicyArns), ...role.inlinePolicies.values()];
  // A permissions boundary that no longer exists allows nothing.
  const boundary = role.boundaryArn && (defaultDocument(state.policies.get(role.boundaryArn)) ?? '{}');
  return { identity, boundary };
}

/** Returns the role with this unique ID. A role that was deleted and created again has another ID. */
export function roleWithId(state: IamState, id: string): Role | undefined {
  return [...state.roles.values()].find((role) => role.id === id);
}

function managedDocuments(state: IamState, arns: readonly string[]): string[] {
  return arns.flatMap((arn) => defaultDocument(state.policies.get(arn)) ?? []);
}

/** Returns the document of a managed policy's default version. */
export function defaultDocument(policy: Policy | undefined): string | undefined {
  return policy?.versions.find(({ id }) => id === policy.defaultVersionId)?.document;
}
