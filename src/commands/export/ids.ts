import { createHash } from 'node:crypto';
import { DEFAULTS } from '../../defaults.ts';
import { groupedBy } from '../../text.ts';
import type { PlannedSecret } from './types.ts';

/**
 * The account in documents that are written before the account is known. It is as long as an account ID, so a document with it
 * has the same size as the one that IAM gets.
 */
export const ACCOUNT_PLACEHOLDER = '<account-id>';

/** Matches names in kebab case, which can be recovered from their IDs: `StudioA` stands only for `studio-a`. */
const KEBAB_CASE = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;

/** Matches IDs that end in a digest, and those that would be mistaken for one. */
const DIGEST = /[0-9a-f]{8}$/;

/** The default names by ID. They are in almost every template, so their IDs have no digest. No other name can get these IDs. */
const NAMES_BY_ID = new Map([DEFAULTS.policyName, DEFAULTS.roleName].map((name) => [pascalCase(name), name]));

/** A logical ID may have 255 characters. The rest is for the digest and for what callers append, such as Regions. */
const MAX_ID_LENGTH = 120;

/** The maximum number of Regions in an ID. A longer list is represented by its digest. */
const MAX_REGIONS_IN_ID = 3;

/** A secret and its IDs. */
export interface SecretWithIds {
  /** The ID of the secret's name, the same in all Regions. */
  id: string;
  /** The ID of the key in the secret. Includes the key's Regions if several keys share a name. */
  keyId: string;
  secret: PlannedSecret;
}

/**
 * Converts a name to part of a logical ID, which allows only letters and digits. The result depends only on the name, so a
 * resource keeps its ID when others are added. A name that its ID doesn't identify also gets a digest, so
 * that no two names share an ID. Source: CloudFormation User Guide, "Resources" ("Logical ID").
 */
export function idOf(name: string): string {
  const id = pascalCase(name);
  const defaultName = NAMES_BY_ID.get(id);
  const isRecoverable = KEBAB_CASE.test(name) && id.length <= MAX_ID_LENGTH && !DIGEST.test(id);
  if (defaultName === name || (defaultName === undefined && isRecoverable)) return id;
  // An ID may start with a digit, but readers would mistake it for a number.
  const firstLetter = /^[A-Za-z]/.test(id) ? '' : 'N';
  return `${firstLetter}${id.slice(0, MAX_ID_LENGTH)}${digest(name)}`;
}

/** Converts Regions to part of an ID, regardless of their order. The part ends in a digit, as Region names do, or in a digest. */
export function regionsId(regions: string[]): string {
  const sorted = [...regions].sort();
  if (sorted.length <= MAX_REGIONS_IN_ID) return `In${sorted.map(pascalCase).join('Or')}`;
  return `In${pascalCase(sorted[0] ?? '')}OrOneOf${sorted.length - 1}More${digest(sorted.join(' '))}`;
}

/**
 * Gives each secret its IDs. `id` never depends on other secrets. `keyId` includes the Regions if another key shares the name, so
 * that the two can't be confused when one is added before the other.
 */
export function withIds(secrets: PlannedSecret[]): SecretWithIds[] {
  const storedSecrets = secrets.filter(({ isNew }) => isNew);
  const storedByName = groupedBy(storedSecrets, ({ name }) => name);
  return secrets.map((secret) => {
    const { name, places } = secret;
    const id = idOf(name);
    const hasUniqueName = (storedByName.get(name)?.length ?? 0) < 2;
    const keyRegions = hasUniqueName ? '' : regionsId(places.map(({ region }) => region));
    return { id, keyId: `${id}Key${keyRegions}`, secret };
  });
}

function pascalCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
