import { createHash } from 'node:crypto';
import { DEFAULTS } from '../../defaults.ts';
import { groupedBy } from '../../grouping.ts';
import type { AccountRef } from '../../policy/index.ts';
import type { PlannedSecret } from './types.ts';

/** Names from which the original can be derived: `studio-a` is `StudioA`, and nothing else is. */
const PLAIN = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;

/** What an ID ends in that has digits of a digest at its end, and no other one. */
const DIGEST = /[0-9a-f]{8}$/;

/** The default names are in almost every template, so they keep their IDs free of digits, and no other name may come to those. */
const DEFAULT_IDS = new Map([DEFAULTS.policyName, DEFAULTS.roleName].map((name) => [inOneWord(name), name]));

/** A logical ID has up to 255 characters; what is added to this one has to fit in as well. */
const LONGEST = 120;

/** How many Regions a name names; a longer list is named by its digest. */
const MOST_NAMED = 3;

/** A secret, and what it is called in IDs. */
export interface NamedSecret {
  /** The same for all secrets of the name: an account has one of it in a Region. */
  id: string;
  /** The ID of the key itself. Each of several keys that share a name has its Regions in it. */
  keyId: string;
  secret: PlannedSecret;
}

/**
 * A name as a part of logical IDs, which have letters and digits only. It depends on that name alone, so that what it stands for
 * keeps its ID whatever is added beside it; names that would come to the same differ in a few digits at the end, which the IDs
 * of no other names end in.
 * Source: CloudFormation User Guide, "Resources" ("Logical ID").
 */
export function idOf(name: string): string {
  const id = inOneWord(name);
  const byDefault = DEFAULT_IDS.get(id);
  const isPlain = PLAIN.test(name) && id.length <= LONGEST && !DIGEST.test(id);
  if (byDefault === name || (byDefault === undefined && isPlain)) return id;
  // An ID may begin with a digit, but a reader takes one that does for a number.
  const start = /^[A-Za-z]/.test(id) ? '' : 'N';
  return `${start}${id.slice(0, LONGEST)}${digest(name)}`;
}

/** Some Regions as a part of IDs, which does not depend on their order. Like their names, it ends in a digit, or in a digest. */
export function inRegions(regions: string[]): string {
  const sorted = [...regions].sort();
  if (sorted.length <= MOST_NAMED) return `In${sorted.map(inOneWord).join('Or')}`;
  return `In${inOneWord(sorted[0] ?? '')}OrOneOf${sorted.length - 1}More${digest(sorted.join(' '))}`;
}

/**
 * Gives each secret its parts of IDs. What a secret is called never depends on others; a key is called after its Regions as soon
 * as another one shares its name, so that neither can be taken for the other when one is added before it.
 */
export function withIds(secrets: PlannedSecret[]): NamedSecret[] {
  const sharing = groupedBy(
    secrets.filter(({ stored }) => stored),
    ({ name }) => name,
  );
  return secrets.map((secret) => {
    const { name, places } = secret;
    const id = idOf(name);
    const isAlone = (sharing.get(name)?.length ?? 0) < 2;
    return { id, keyId: `${id}Key${isAlone ? '' : inRegions(places.map(({ region }) => region))}`, secret };
  });
}

/** The letters and digits of a name, each word with a capital. */
function inOneWord(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/**
 * Stands in for the account in a document that is written before the account is known. It has as many characters as an account
 * ID, so that a document with it is as long as the one that IAM will get.
 */
export const ACCOUNT_PLACEHOLDER = '<account-id>';

/** The account that documents are built for: the placeholder, in the partition of the Regions. */
export function placeholderAccount(partition: string): AccountRef {
  return { partition, account: ACCOUNT_PLACEHOLDER };
}
