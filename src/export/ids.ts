import { createHash } from 'node:crypto';
import { DEFAULTS } from '../defaults.ts';
import type { PlannedSecret } from './types.ts';

/** Names from which the words can be told again: `studio-a` is `StudioA`, and nothing else is. */
const PLAIN = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;

/** The default names are in almost every template, so they keep their IDs free of digits, and no other name may come to those. */
const DEFAULT_IDS = new Map([DEFAULTS.policyName, DEFAULTS.roleName].map((name) => [inOneWord(name), name]));

/** A logical ID has up to 255 characters; what is added to this one has to fit in as well. */
const LONGEST = 120;

/**
 * A name as a part of logical IDs, which have letters and digits only. It depends on that name alone, so that what it stands for
 * keeps its ID whatever is added beside it; names that would come to the same differ in a few digits at the end.
 * Source: CloudFormation User Guide, "Resources" ("Logical ID").
 */
export function idOf(name: string): string {
  const id = inOneWord(name);
  const byDefault = DEFAULT_IDS.get(id);
  if (byDefault === name || (byDefault === undefined && PLAIN.test(name) && id.length <= LONGEST)) return id;
  // An ID may begin with a digit, but a reader takes one that does for a number.
  const start = /^[A-Za-z]/.test(id) ? '' : 'N';
  return `${start}${id.slice(0, LONGEST)}${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

/** The letters and digits of a name, each word with a capital. */
export function inOneWord(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** Gives each secret its part of IDs. Of entries that share a name, each further one is told by its first Region. */
export function withIds(secrets: PlannedSecret[]): { id: string; secret: PlannedSecret }[] {
  const names = new Set<string>();
  return secrets.map((secret) => {
    const { name, places } = secret;
    const id = names.has(name) ? `${idOf(name)}In${inOneWord(places[0]?.region ?? '')}` : idOf(name);
    names.add(name);
    return { id, secret };
  });
}
