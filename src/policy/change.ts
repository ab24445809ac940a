import type { AccountRef, KmsGrant } from './build.ts';
import { type JsonPolicy, parsePolicy, readManagedPolicy, type Statement } from './document.ts';
import { addEntries, existingPolicy, missingGrant } from './merge.ts';
import { mayBeIn, removeSecrets } from './remove.ts';
import { grantOf, readsSecrets } from './shape.ts';

/** The difference between two states of a read policy. */
export interface ReadPolicyChange {
  added: {
    resources: string[];
    /** Permissions to decrypt that are new, and those in the Region of an added resource, which may rely on them. */
    grants: KmsGrant[];
  };
  /** Removed entries of `Resource`. */
  removed: ReadonlySet<string>;
}

/**
 * Returns the change that turns the first read policy into the second. `isReadPolicyShape` must be true for both documents.
 * @throws PolicyParseError if one of the texts is not a policy document
 */
export function changeBetween(before: string, after: string): ReadPolicyChange {
  const [first, second] = [parsePolicy(before).statements, parsePolicy(after).statements];
  const [old, now] = [resourcesIn(first), resourcesIn(second)];
  const resources = [...now].filter((each) => !old.has(each));
  const grants = second.flatMap((each) => grantOf(each) ?? []);
  const reliedOn = ({ region }: KmsGrant) => resources.some((resource) => mayBeIn(resource, region));
  return {
    added: {
      resources,
      grants: grants.flatMap((grant) => (reliedOn(grant) ? grant : missingGrant(first, grant))),
    },
    removed: new Set([...old].filter((each) => !now.has(each))),
  };
}

/** Returns the change that two changes make, one after the other. */
export function joined(first: ReadPolicyChange, second: ReadPolicyChange): ReadPolicyChange {
  const added = new Set([
    ...first.added.resources.filter((each) => !second.removed.has(each)),
    ...second.added.resources,
  ]);
  const removed = [...first.removed, ...second.removed].filter((each) => !added.has(each));
  const grants = [...first.added.grants, ...second.added.grants];
  return { added: { resources: [...added], grants }, removed: new Set(removed) };
}

/** Returns how many entries a change adds and removes, or how many permissions to decrypt if those are all that it adds. */
export function sizeOf({ added: { resources, grants }, removed }: ReadPolicyChange): number {
  return resources.length + removed.size || grants.length;
}

/**
 * Returns the read policy with a change applied that was made to another state of it, or undefined if it would then allow nothing.
 * A permission to decrypt is added only where a secret of its Region is left.
 * @throws PolicyParseError if the text is not a policy document
 */
export function withChange(
  text: string,
  { added: { resources, grants }, removed }: ReadPolicyChange,
  where: Pick<AccountRef, 'partition'>,
): JsonPolicy | undefined {
  const left = removeSecrets(text, (resource) => removed.has(resource));
  if (!left && resources.length === 0) return undefined;
  const existing = left
    ? existingPolicy(JSON.stringify(left))
    : { json: { ...readManagedPolicy(text), Statement: [] }, statements: [] };
  const all = [...resourcesIn(existing.statements), ...resources];
  const needed = grants.filter(({ region }) => all.some((resource) => mayBeIn(resource, region)));
  return addEntries(existing, { resources, grants: needed }, where);
}

function resourcesIn(statements: Statement[]): ReadonlySet<string> {
  return new Set(statements.filter(readsSecrets).flatMap(({ resources }) => resources?.values ?? []));
}
