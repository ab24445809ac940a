import { createHash } from 'node:crypto';
import { DEFAULTS } from '../../defaults.ts';
import { groupedBy } from '../../grouping.ts';
import type { AccountRef } from '../../policy/index.ts';
import type { PlannedSecret } from './types.ts';

/** Names in kebab case, which can be recovered from their IDs: `StudioA` stands only for `studio-a`. */
const KEBAB_CASE = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;

/** The digest at the end of an ID. No other ID ends like this. */
const DIGEST = /[0-9a-f]{8}$/;

/** The default names by ID. They are in almost every template, so their IDs have no digest. No other name can get these IDs. */
const DEFAULT_IDS = new Map([DEFAULTS.policyName, DEFAULTS.roleName].map((name) => [pascalCase(name), name]));

/** A logical ID has up to 255 characters, including the prefixes and suffixes that are added to the result of `idOf`. */
const MAX_ID_LENGTH = 120;

/** The maximum number of Regions in an ID. A longer list is represented by its digest. */
const MAX_REGIONS_IN_ID = 3;

/** A secret and its IDs. */
export interface NamedSecret {
  /** The ID of the secrets with this name, of which an account has one in each Region. */
  id: string;
  /** The ID of the key itself. If several keys share a name, it includes the key's Regions. */
  keyId: string;
  secret: PlannedSecret;
}

/**
 * Converts a name to part of a logical ID, which allows only letters and digits. The result depends only on the name, so a
 * resource keeps its ID when others are added. Names that would get the same ID also get a digest, which IDs of other names don't
 * end in. Source: CloudFormation User Guide, "Resources" ("Logical ID").
 */
export function idOf(name: string): string {
  const id = pascalCase(name);
  const defaultName = DEFAULT_IDS.get(id);
  const isRecoverable = KEBAB_CASE.test(name) && id.length <= MAX_ID_LENGTH && !DIGEST.test(id);
  if (defaultName === name || (defaultName === undefined && isRecoverable)) return id;
  // An ID may start with a digit, but readers would mistake it for a number.
  const start = /^[A-Za-z]/.test(id) ? '' : 'N';
  return `${start}${id.slice(0, MAX_ID_LENGTH)}${digest(name)}`;
}

/** Converts Regions to part of an ID, regardless of their order. It ends in a digit, like Region names, or in a digest. */
export function regionsId(regions: string[]): string {
  const sorted = [...regions].sort();
  if (sorted.length <= MAX_REGIONS_IN_ID) return `In${sorted.map(pascalCase).join('Or')}`;
  return `In${pascalCase(sorted[0] ?? '')}OrOneOf${sorted.length - 1}More${digest(sorted.join(' '))}`;
}

/**
 * Gives each secret its IDs. A secret's ID never depends on others. A key's ID includes its Regions if another key shares its
 * name, so that the two can't be confused when one is added before the other.
 */
export function withIds(secrets: PlannedSecret[]): NamedSecret[] {
  const storedByName = groupedBy(
    secrets.filter(({ stored }) => stored),
    ({ name }) => name,
  );
  return secrets.map((secret) => {
    const { name, places } = secret;
    const id = idOf(name);
    const hasUniqueName = (storedByName.get(name)?.length ?? 0) < 2;
    return {
      id,
      keyId: `${id}Key${hasUniqueName ? '' : regionsId(places.map(({ region }) => region))}`,
      secret,
    };
  });
}

/** Returns the letters and digits of a name in PascalCase. */
function pascalCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/**
 * The account in documents that are written before the account is known. It is as long as an account ID, so a document with it
 * has the same size as the one that IAM gets.
 */
export const ACCOUNT_PLACEHOLDER = '<account-id>';

/** Returns the account that documents are built for: the placeholder, in the partition of the Regions. */
export function placeholderAccount(partition: string): AccountRef {
  return { partition, account: ACCOUNT_PLACEHOLDER };
}
