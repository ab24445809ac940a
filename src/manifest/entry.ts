import { resolve } from 'node:path';
import type { Tag } from '../aws/tags.ts';
import { looksLikeKey } from '../key-detection.ts';
import { attributeOf, OPTIONS, type OptionSpec } from '../options/catalog/index.ts';
import { setupProblems } from '../options/combinations.ts';
import { type Reader, readerOf } from '../options/read-options.ts';
import { tagListProblems, tagProblem } from '../options/rules.ts';
import { answersOf, type SetupAnswers, type SetupOptions } from '../options/setup-request.ts';
import { folderOf } from './file.ts';
import { flagsIn, inMembers, memberOf } from './members.ts';
import { manifestMessages as messages } from './messages.ts';
import type { Mistakes } from './mistakes.ts';
import {
  isText,
  type Member,
  type Members,
  membersIn,
  switchIn,
  type Tree,
  textIn,
  textsIn,
} from './tree.ts';

/** Returns the answers from the fields of an entry or of the defaults, and reports mistakes. */
export function answersIn(members: Members, path: string, mistakes: Mistakes): SetupAnswers {
  const answers = answersOf(optionsIn(members), readerIn(members, mistakes));
  const { keySource } = answers;
  return {
    ...answers,
    existing: membersIn(members.get('key')?.value).has('existing'),
    tags: tagsIn(members.get('tags')?.value, mistakes),
    ...(keySource?.kind === 'file'
      ? { keySource: { ...keySource, path: resolve(folderOf(path), keySource.path), shown: keySource.path } }
      : {}),
  };
}

/** Returns the equivalent options of `setup`, except tags, which `tagsIn` reads. */
function optionsIn(members: Members): SetupOptions {
  const key = sourceIn(members);
  const given = Object.entries<OptionSpec>(OPTIONS).flatMap(([name, option]) => {
    const { field, takes } = option;
    const tree = field?.inKey === undefined ? members.get(name)?.value : key.get(field.inKey)?.value;
    const value = field && valueIn(tree, takes);
    return value === undefined ? [] : [[attributeOf(option), value]];
  });
  return Object.fromEntries(given);
}

function valueIn(
  tree: Tree | undefined,
  takes: OptionSpec['takes'],
): string | string[] | boolean | undefined {
  if (takes === 'list') return textsIn(tree);
  if (takes === 'switch') return switchIn(tree);
  return takes === 'tags' ? undefined : textIn(tree);
}

/** Returns the fields under `key` if they name one source. Several sources are reported elsewhere. */
function sourceIn(members: Members): Members {
  const sources = membersIn(members.get('key')?.value);
  return sources.size === 1 ? sources : new Map();
}

/** Returns a reader that applies the rules of the flags and reports problems at the position of the field. */
function readerIn(members: Members, mistakes: Mistakes): Reader {
  return readerOf({
    nameOf: memberOf,
    report(problem, flag, index) {
      const tree = placeOf(members, flag);
      const item = tree?.kind === 'list' && index !== undefined ? tree.items[index] : undefined;
      if (tree) mistakes.add((item ?? tree).at, problem);
    },
  });
}

/** Returns the value of the field that corresponds to a flag. */
function placeOf(members: Members, flag: string): Tree | undefined {
  const [name = '', within] = memberOf(flag).split('.');
  const value = members.get(name)?.value;
  return within === undefined ? value : membersIn(value).get(within)?.value;
}

function tagsIn(tree: Tree | undefined, mistakes: Mistakes): Tag[] {
  const entries = [...membersIn(tree)].flatMap(([key, { at, value }]) =>
    isText(value) ? [{ tag: { key, value: value.text }, at }] : [],
  );
  for (const { tag, at } of entries) {
    const problem = tagProblem(tag, 'tags');
    // Values that look like a key are reported elsewhere.
    if (problem && !looksLikeKey(`${tag.key}=${tag.value}`)) mistakes.add(at, problem);
  }
  const tags = entries.map(({ tag }) => tag);
  for (const problem of tagListProblems(tags, 'tags')) mistakes.add(tree?.at ?? 0, problem);
  return tags;
}

/** Reports missing fields and invalid combinations in an entry that is merged with the defaults. */
export function checkEntry(entry: { at: number; members: Members }, mistakes: Mistakes): void {
  const { at, members } = entry;
  for (const sentence of setupProblems(optionsIn(members))) {
    const [place] = flagsIn(sentence).flatMap((flag) => placeOf(members, flag) ?? []);
    mistakes.add(place?.at ?? at, inMembers(sentence));
  }
  const existing = membersIn(members.get('key')?.value).get('existing');
  const lacks = (name: string, how: string) => {
    if (!members.has(name)) mistakes.add(at, messages.missing(name, how));
  };
  if (members.has('secretArns')) {
    if (existing) mistakes.add(existing.at, messages.existingWithArn);
    return;
  }
  lacks('secretName', messages.howSecretName);
  lacks('regions', messages.howRegions);
  lacks('key', messages.howKey);
  for (const name of existing ? ['kmsKeyId', 'existingKey'] : []) {
    const place = members.get(name)?.at;
    if (place !== undefined) mistakes.add(place, messages.existingKept(name));
  }
}

/**
 * Merges an entry with the defaults that apply to it. The entry's fields win; tags are merged. A default that contradicts the
 * entry, such as Regions beside ARNs, doesn't apply.
 */
export function withDefaults(own: Members, defaults: Members): Members {
  const merged = new Map([...defaults, ...own]);
  for (const name of pointless(own, merged)) if (!own.has(name)) merged.delete(name);
  const [theirs, mine] = [defaults.get('tags'), own.get('tags')];
  if (theirs && mine) merged.set('tags', bothTags(theirs, mine));
  return merged;
}

function pointless(own: Members, merged: Members): string[] {
  const key = membersIn(merged.get('key')?.value);
  const generated = membersIn(own.get('key')?.value).has('generate');
  const srt = textIn(own.get('keyType')?.value) === 'srt-password';
  const otherScope = own.has('policyScope') && textIn(own.get('policyScope')?.value) !== 'prefix';
  return [
    ...(own.has('secretArns') ? ['regions', 'key', 'kmsKeyId'] : []),
    ...(key.has('existing') ? ['kmsKeyId', 'existingKey'] : []),
    ...(generated || srt ? ['algorithm'] : []),
    ...(srt && key.has('generate') ? ['key'] : []),
    ...(otherScope ? ['policyPrefix'] : []),
  ];
}

/** IAM tag keys are case-insensitive, so the entry's tag replaces a default whose key differs only in case. */
function bothTags(theirs: Member, mine: Member): Member {
  const [defaults, own] = [membersIn(theirs.value), membersIn(mine.value)];
  const taken = new Set([...own.keys()].map((key) => key.toLowerCase()));
  const left = [...defaults].filter(([key]) => !taken.has(key.toLowerCase()));
  return { at: mine.at, value: { kind: 'map', at: mine.value.at, members: new Map([...left, ...own]) } };
}
