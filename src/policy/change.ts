import type { AccountRef, KmsGrant } from './build.ts';
import { type JsonPolicy, parsePolicy, type Statement } from './document.ts';
import { addEntries, existingPolicy, missingGrant } from './merge.ts';
import { removeSecrets } from './remove.ts';
import { grantOf, readsSecrets } from './shape.ts';

/** The difference between two states of a read policy. */
export interface ReadPolicyChange {
  added: { resources: string[]; grants: KmsGrant[] };
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
  return {
    added: {
      resources: [...now].filter((each) => !old.has(each)),
      grants: second.flatMap((each) => grantOf(each) ?? []).flatMap((grant) => missingGrant(first, grant)),
    },
    removed: new Set([...old].filter((each) => !now.has(each))),
  };
}

/**
 * Returns the read policy with a change applied that was made to another state of it, or undefined if it would then allow nothing.
 * @throws PolicyParseError if the text is not a policy document
 */
export function withChange(
  text: string,
  { added, removed }: ReadPolicyChange,
  where: Pick<AccountRef, 'partition'>,
): JsonPolicy | undefined {
  const left = removeSecrets(text, (resource) => removed.has(resource));
  return left && addEntries(existingPolicy(JSON.stringify(left)), added, where);
}

function resourcesIn(statements: Statement[]): ReadonlySet<string> {
  return new Set(statements.filter(readsSecrets).flatMap(({ resources }) => resources?.values ?? []));
}
