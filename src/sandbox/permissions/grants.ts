import type { IamState, Policy, Role } from '../iam/store.ts';
import type { Tag } from '../shapes.ts';
import type { Policies } from './evaluate.ts';

/**
 * Whose permissions a key carries: those of the account's administrator, those of a role as they are at the time of a request,
 * limited by the session policies given when it was assumed, or those of one fixed document.
 */
export type Bearer =
  | { readonly kind: 'administrator' }
  | {
      readonly kind: 'role';
      readonly id: string;
      readonly session: SessionPolicies | undefined;
      /** The tags of the session, which come before the role's own. */
      readonly tags: readonly Tag[];
      /** Those of them that pass to each session that this one opens. */
      readonly transitiveTags?: readonly Tag[];
    }
  | { readonly kind: 'holder'; readonly document: string };

/** The documents and the managed policies that were passed when a role was assumed. */
export interface SessionPolicies {
  readonly documents: readonly string[];
  readonly arns: readonly string[];
}

export const ADMINISTRATOR: Bearer = { kind: 'administrator' };

/** What an administrator's policy says. */
export const EVERYTHING =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';

/**
 * The policies that limit what a bearer may do.
 * @param iam looked at for a role only.
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

/** The policies of a role, without those of any session. A boundary that is gone allows nothing. */
function policiesOfRole(state: IamState, role: Role): Policies {
  const identity = [...managedDocuments(state, role.attached), ...role.inline.values()];
  return role.boundaryArn === undefined
    ? { identity }
    : { identity, boundary: managedDocuments(state, [role.boundaryArn])[0] ?? '{}' };
}

/** The role with this unique ID. One that was deleted and made again is another. */
export function roleWithId(state: IamState, id: string): Role | undefined {
  return [...state.roles.values()].find((role) => role.id === id);
}

function managedDocuments(state: IamState, arns: readonly string[]): string[] {
  return arns.flatMap((arn) => documentOf(state.policies.get(arn)) ?? []);
}

/** What a managed policy says: its default version. */
export function documentOf(policy: Policy | undefined): string | undefined {
  return policy?.versions.find(({ id }) => id === policy.defaultVersionId)?.document;
}
