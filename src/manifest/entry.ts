import { resolve } from 'node:path';
import type { Tag } from '../aws/tags.ts';
import { looksLikeKey } from '../key-detection.ts';
import {
  attributeOf,
  flagOf,
  NEW_SECRET_OPTIONS,
  OPTIONS,
  type OptionSpec,
} from '../options/catalog/index.ts';
import { setupProblems } from '../options/combinations.ts';
import { createOptionReader, type OptionReader } from '../options/read-options.ts';
import { tagListProblems, tagProblem } from '../options/rules.ts';
import { answersOf, type SetupAnswers, type SetupOptions } from '../options/setup-request.ts';
import { fieldOf, flagsIn, flagsToFields } from './fields.ts';
import { folderOf } from './file.ts';
import { manifestMessages as messages } from './messages.ts';
import type { Mistakes } from './mistakes.ts';
import { type Field, type Fields, fieldsIn, isText, switchIn, type Tree, textIn, textsIn } from './tree.ts';

/** Returns the answers from the fields of an entry or of the defaults, and reports mistakes. */
export function answersIn(fields: Fields, path: string, mistakes: Mistakes): SetupAnswers {
  const answers = answersOf(optionsIn(fields), readerIn(fields, mistakes));
  const { keySource } = answers;
  return {
    ...answers,
    existing: fieldsIn(fields.get('key')?.value).has('existing'),
    tags: tagsIn(fields.get('tags')?.value, mistakes),
    ...(keySource?.kind === 'file'
      ? { keySource: { ...keySource, path: resolve(folderOf(path), keySource.path), shown: keySource.path } }
      : {}),
  };
}

/** Returns the equivalent options of `setup`, except tags, which `tagsIn` reads. */
function optionsIn(fields: Fields): SetupOptions {
  const keyFields = keyFieldsIn(fields);
  const options = Object.entries<OptionSpec>(OPTIONS).flatMap(([name, option]) => {
    const { field, takes } = option;
    const tree = field?.inKey === undefined ? fields.get(name)?.value : keyFields.get(field.inKey)?.value;
    const value = field && valueIn(tree, takes);
    return value === undefined ? [] : [[attributeOf(option), value]];
  });
  return Object.fromEntries(options);
}

function valueIn(tree: Tree | undefined, takes: OptionSpec['takes']) {
  if (takes === 'list') return textsIn(tree);
  if (takes === 'switch') return switchIn(tree);
  return takes === 'tags' ? undefined : textIn(tree);
}

/** Returns the fields under `key` if there is only one. `formMistakes` reports several. */
function keyFieldsIn(fields: Fields): Fields {
  const sources = fieldsIn(fields.get('key')?.value);
  return sources.size === 1 ? sources : new Map();
}

/** Returns an option reader that applies the rules of the flags and reports problems at the position of the field. */
function readerIn(fields: Fields, mistakes: Mistakes): OptionReader {
  return createOptionReader({
    nameOf: fieldOf,
    report(problem, flag, index) {
      const tree = valueOfFlag(fields, flag);
      const item = tree?.kind === 'list' && index !== undefined ? tree.items[index] : undefined;
      if (tree) mistakes.add((item ?? tree).offset, problem);
    },
  });
}

/** Returns the value of a flag's field, which may be under `key`. */
function valueOfFlag(fields: Fields, flag: string): Tree | undefined {
  const [name = '', nestedName] = fieldOf(flag).split('.');
  const value = fields.get(name)?.value;
  return nestedName === undefined ? value : fieldsIn(value).get(nestedName)?.value;
}

function tagsIn(tree: Tree | undefined, mistakes: Mistakes): Tag[] {
  const entries = [...fieldsIn(tree)].flatMap(([key, { offset, value }]) =>
    isText(value) ? [{ tag: { key, value: value.text }, offset }] : [],
  );
  for (const { tag, offset } of entries) {
    const problem = tagProblem(tag, 'tags');
    // `parse` reports values that look like a key.
    if (problem && !looksLikeKey(`${tag.key}=${tag.value}`)) mistakes.add(offset, problem);
  }
  const tags = entries.map(({ tag }) => tag);
  for (const problem of tagListProblems(tags, 'tags')) mistakes.add(tree?.offset ?? 0, problem);
  return tags;
}

/** The fields that an entry with `key: { existing: true }` can't have. */
const NOT_FOR_EXISTING = Object.entries<OptionSpec>(OPTIONS).flatMap(([name, { field }]) =>
  field?.notForExisting ? [name] : [],
);

/** Reports missing fields and invalid combinations in an entry that is merged with the defaults. */
export function checkEntry(offset: number, fields: Fields, mistakes: Mistakes): void {
  for (const sentence of setupProblems(optionsIn(fields))) {
    const [value] = flagsIn(sentence).flatMap((flag) => valueOfFlag(fields, flag) ?? []);
    mistakes.add(value?.offset ?? offset, flagsToFields(sentence));
  }
  const existing = fieldsIn(fields.get('key')?.value).get('existing');
  const requireField = (name: string, advice: string) => {
    if (!fields.has(name)) mistakes.add(offset, messages.missing(name, advice));
  };
  if (fields.has('secretArns')) {
    if (existing) mistakes.add(existing.offset, messages.existingWithArn);
    return;
  }
  requireField('secretName', messages.howSecretName);
  requireField('regions', messages.howRegions);
  requireField('key', messages.howKey);
  for (const name of existing ? NOT_FOR_EXISTING : []) {
    const fieldOffset = fields.get(name)?.offset;
    if (fieldOffset !== undefined) mistakes.add(fieldOffset, messages.existingKept(name));
  }
}

/**
 * Merges an entry with the defaults that apply to it. The entry's fields win; tags are merged. A default that contradicts the
 * entry, such as Regions beside ARNs, doesn't apply.
 */
export function withDefaults(entry: Fields, defaults: Fields): Fields {
  const merged = new Map([...defaults, ...entry]);
  for (const name of inapplicableDefaults(entry, merged)) if (!entry.has(name)) merged.delete(name);
  const defaultTags = defaults.get('tags');
  const entryTags = entry.get('tags');
  if (defaultTags && entryTags) merged.set('tags', mergedTags(defaultTags, entryTags));
  return merged;
}

/** Returns the names of the fields that, as defaults, contradict the entry or have no effect on it. */
function inapplicableDefaults(entry: Fields, merged: Fields): string[] {
  const keyFields = fieldsIn(merged.get('key')?.value);
  const isGenerated = fieldsIn(entry.get('key')?.value).has('generate');
  const isPassword = textIn(entry.get('keyType')?.value) === 'srt-password';
  const hasNoPrefix = entry.has('policyScope') && textIn(entry.get('policyScope')?.value) !== 'prefix';
  return [
    ...(entry.has('secretArns')
      ? NEW_SECRET_OPTIONS.map((option) => fieldOf(flagOf(option)).replace(/\..*/, ''))
      : []),
    ...(keyFields.has('existing') ? NOT_FOR_EXISTING : []),
    ...(isGenerated || isPassword ? ['algorithm'] : []),
    ...(isPassword && keyFields.has('generate') ? ['key'] : []),
    ...(hasNoPrefix ? ['policyPrefix'] : []),
  ];
}

/** IAM tag keys are case-insensitive, so the entry's tag replaces a default whose key differs only in case. */
function mergedTags(defaultTags: Field, entryTags: Field): Field {
  const { offset, value } = entryTags;
  const ofEntry = fieldsIn(value);
  const replacedKeys = new Set([...ofEntry.keys()].map((key) => key.toLowerCase()));
  const ofDefaults = [...fieldsIn(defaultTags.value)].filter(([key]) => !replacedKeys.has(key.toLowerCase()));
  const fields = new Map([...ofDefaults, ...ofEntry]);
  return { offset, value: { kind: 'map', offset: value.offset, fields } };
}
