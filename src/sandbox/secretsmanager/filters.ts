import { type InputOf, list, record, required, text } from '../shapes.ts';
import type { Secret } from './store.ts';

const KEYS = [
  'description',
  'name',
  'tag-key',
  'tag-value',
  'primary-region',
  'owning-service',
  'all',
] as const;
type Key = (typeof KEYS)[number];

const filter = record({
  Key: required(text({ oneOf: KEYS })),
  Values: required(list(text({ max: 512, pattern: /^!?[a-zA-Z0-9 :_@/+=.\-!]*$/ }), { min: 1, max: 10 })),
});

/** `Filters` of the operations that look for secrets. */
export const filters = list(filter, { max: 10 });

/** Whether a secret passes every one of these filters. */
export function passesAll(secret: Secret, given: readonly InputOf<typeof filter.members>[]): boolean {
  return given.every(({ Key, Values }) => passes(secret, Key as Key, Values));
}

/** A filter passes when any of its values matches; one that starts with `!` matches what the rest of it does not. */
function passes(secret: Secret, key: Key, values: readonly string[]): boolean {
  return values.some((value) =>
    value.startsWith('!') ? !matches(secret, key, value.slice(1)) : matches(secret, key, value),
  );
}

/** Names and tags match by their beginning, case and all; descriptions and `all` by the beginning of a word, without case. */
function matches(secret: Secret, key: Key, value: string): boolean {
  switch (key) {
    case 'name':
      return secret.name.startsWith(value);
    case 'description':
      return hasWord(secret.description ?? '', value);
    case 'tag-key':
      return secret.tags?.some((tag) => tag.Key.startsWith(value)) ?? false;
    case 'tag-value':
      return secret.tags?.some((tag) => tag.Value.startsWith(value)) ?? false;
    case 'primary-region':
      return (secret.primaryRegion ?? '').startsWith(value);
    case 'owning-service':
      return (secret.owningService ?? '').startsWith(value);
    case 'all':
      return allText(secret).some((part) => hasWord(part, value));
  }
}

function allText(secret: Secret): string[] {
  const tags = (secret.tags ?? []).flatMap((tag) => [tag.Key, tag.Value]);
  return [secret.name, secret.description ?? '', secret.primaryRegion ?? '', ...tags];
}

/** Whether each word of a value is the beginning of a word of the text. A value without words matches nothing. */
function hasWord(textToSearch: string, value: string): boolean {
  const words = wordsOf(value);
  const searched = wordsOf(textToSearch);
  return words.length > 0 && words.every((word) => searched.some((part) => part.startsWith(word)));
}

/**
 * The words of a text, in lower case. They end at punctuation, and a new one begins with whatever stands before small letters and
 * is none: `AppBeta` is `app` and `beta`, `COMPANYthings` is `compan` and `ythings`.
 */
function wordsOf(text: string): string[] {
  const parts = text.split(/[\s/_+=.@-]+/).flatMap((part) => part.split(/([^a-z][a-z]+)/));
  return parts.filter((word) => word !== '').map((word) => word.toLowerCase());
}
