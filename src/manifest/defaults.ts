import type { Member, Members } from './tree.ts';
import { membersIn, textIn } from './values.ts';

/**
 * The members of an entry together with the defaults that concern it: the entry's own win, tags are put together. A default
 * that makes no sense beside what the entry says of itself, such as Regions beside ARNs, is not meant for this entry.
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

/** IAM does not tell the letter case of tags apart, so that an own tag takes the place of a default in other letter case. */
function bothTags(theirs: Member, mine: Member): Member {
  const [defaults, own] = [membersIn(theirs.value), membersIn(mine.value)];
  const taken = new Set([...own.keys()].map((key) => key.toLowerCase()));
  const left = [...defaults].filter(([key]) => !taken.has(key.toLowerCase()));
  return { at: mine.at, value: { kind: 'map', at: mine.value.at, members: new Map([...left, ...own]) } };
}
