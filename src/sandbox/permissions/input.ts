import type { Input } from '../service.ts';

/**
 * Returns a string from input that may have any form. Like the other functions below, it treats a value of another type as
 * missing.
 */
export function stringIn(input: Input, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
}

/** Returns a string, number or boolean as the text that conditions compare. */
export function scalarTextIn(input: Input, name: string): string | undefined {
  const value = input[name];
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

export function stringsIn(input: Input, name: string): string[] | undefined {
  const value = input[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

/** Returns a list of structures. */
export function recordsIn(input: Input, name: string): Input[] | undefined {
  const value = input[name];
  if (!Array.isArray(value)) return undefined;
  return value.filter((item): item is Input => typeof item === 'object' && item !== null);
}

/** Returns the tags of the input; undefined if there are none. */
export function tagsIn(input: Input): { Key: string; Value: string }[] | undefined {
  const tags = (recordsIn(input, 'Tags') ?? []).map((tag) => ({
    Key: stringIn(tag, 'Key') ?? '',
    Value: stringIn(tag, 'Value') ?? '',
  }));
  return tags.length > 0 ? tags : undefined;
}
