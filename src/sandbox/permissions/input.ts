import type { Input } from '../service.ts';

/** Readers for input that may have any form: what is not of the wanted one counts as absent. */
export function textIn(input: Input, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
}

/** A text, a number or a boolean as the text that conditions compare. */
export function wordIn(input: Input, name: string): string | undefined {
  const value = input[name];
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

export function textsIn(input: Input, name: string): string[] | undefined {
  const value = input[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

/** The members of a list of structures. */
export function recordsIn(input: Input, name: string): Input[] | undefined {
  const value = input[name];
  return Array.isArray(value)
    ? value.filter((item): item is Input => typeof item === 'object' && item !== null)
    : undefined;
}

/** Tags, where the input has any: AWS treats an empty list like none. */
export function tagsIn(input: Input): { Key: string; Value: string }[] | undefined {
  const tags = (recordsIn(input, 'Tags') ?? []).map((tag) => ({
    Key: textIn(tag, 'Key') ?? '',
    Value: textIn(tag, 'Value') ?? '',
  }));
  return tags.length > 0 ? tags : undefined;
}
