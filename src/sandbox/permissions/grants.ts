import type { IamState, Policy, Role } from '../iam/store.ts';
import type { Tag } from '../shapes.ts';
import type { Policies } from './evaluate.ts';

/**
 * The permissions of an access key: those of the account's administrator, those of a role, or those of one fixed document. A
 * role's permissions are read at the time of a request, and limited by the session policies given when it was assumed.
 */
export type Bearer =
  | { readonly kind: 'administrator' }
  | {
      readonly kind: 'role';
      readonly id: string;
      readonly session: SessionPolicies | undefined;
      /** The tags of the session, which override the role's own. */
      readonly tags: readonly Tag[];
      /** The tags of the session that are passed on to each session that it opens. */
      readonly transitiveTags?: readonly Tag[];
    }
  | { readonly kind: 'holder'; readonly document: string };

/** The documents and managed policies that were passed when a role was assumed. */
export interface SessionPolicies {
  readonly documents: readonly string[];
  readonly arns: readonly string[];
}

export const ADMINISTRATOR: Bearer = { kind: 'administrator' };

/** The document of an administrator's policy. */
export const EVERYTHING =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';

/**
 * Returns the policies that limit what a bearer may do.
 * @param iam read only for a role.
 */
export function policiesOf(bearer: Bearer, iam: { readonly seen: IamState }): Policies {
  switch (bearer.kind) {
    case 'administrator':
      return { identity: [EVERYTHING] };
    case 'holder':
      return { identity: [bearer.document] };
    case 'role': {
      const role = roleWithId(iam.seen, bearer.id);
      const { session } = bearer;
      return {
        ...(role ? policiesOfRole(iam.seen, role) : { identity: [] }),
        session: session && [...session.documents, ...managedDocuments(iam.seen, session.arns)],
      };
    }
  }
}

/** Returns the policies of a role, without session policies. A permissions boundary that no longer exists allows nothing. */
function policiesOfRole(state: IamState, role: Role): Policies {
  const identity = [...managedDocuments(state, role.attached), ...role.inline.values()];
  return role.boundaryArn === undefined
    ? { identity }
    : { identity, boundary: managedDocuments(state, [role.boundaryArn])[0] ?? '{}' };
}

/** Returns the role with this unique ID. A role that was deleted and created again has another ID. */
export function roleWithId(state: IamState, id: string): Role | undefined {
  return [...state.roles.values()].find((role) => role.id === id);
}

function managedDocuments(state: IamState, arns: readonly string[]): string[] {
  return arns.flatMap((arn) => documentOf(state.policies.get(arn)) ?? []);
}

/** Returns the document of a managed policy's default version. */
export function documentOf(policy: Policy | undefined): string | undefined {
  return policy?.versions.find(({ id }) => id === policy.defaultVersionId)?.document;
}
