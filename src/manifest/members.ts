import { flagOf, type ManifestField, OPTIONS, type OptionSpec } from '../options/catalog/index.ts';

/** A field of an entry: the option that says the same, and how its value is written. `key` has several options. */
export interface MemberRule extends Pick<ManifestField, 'ofOneKey' | 'filled' | 'example'> {
  takes: OptionSpec['takes'] | 'key';
  flag?: string;
}

const FIELDS = Object.entries<OptionSpec>(OPTIONS).flatMap(([name, { field, ...option }]) =>
  field ? [{ name, inKey: field.inKey, rule: { ...field, takes: option.takes, flag: flagOf(option) } }] : [],
);

/** What an entry can have, in the order of the documents. */
export const MEMBERS: ReadonlyMap<string, MemberRule> = new Map(
  FIELDS.map(({ name, inKey, rule }): [string, MemberRule] =>
    inKey === undefined ? [name, rule] : ['key', { takes: 'key' }],
  ),
);

/** What `key` can have; just one of them. */
export const KEY_MEMBERS: ReadonlyMap<string, MemberRule> = new Map([
  ...FIELDS.flatMap(({ inKey, rule }): [string, MemberRule][] =>
    inKey === undefined ? [] : [[inKey, rule]],
  ),
  ['existing', { takes: 'switch' }],
]);

/** What the whole file has. An editor may note the schema in a JSON file as `$schema`. */
export const ROOT_MEMBERS = ['version', 'account', 'defaults', 'keys', '$schema'] as const;

const NAMES = new Map(
  FIELDS.map(({ name, inKey, rule }) => [rule.flag, inKey === undefined ? name : `key.${inKey}`]),
);

/** What stands in a manifest for a flag, such as `regions` for `--region` or `key.file` for `--key-file`. */
export function memberOf(flag: string): string {
  return NAMES.get(flag) ?? flag;
}

/** A sentence about flags as a sentence about members. */
export function inMembers(sentence: string): string {
  return sentence.replace(FLAG, memberOf);
}

/** A sentence that says what flags to give, as one that says what to write: `restore: true` for `--restore`. */
export function asSettings(sentence: string): string {
  return sentence.replace(FLAG, (flag) => {
    const name = NAMES.get(flag);
    if (name === undefined) return flag;
    return MEMBERS.get(name)?.takes === 'switch' ? `${name}: true` : `${name}:`;
  });
}

/** The flags that a sentence names. */
export function flagsIn(sentence: string): string[] {
  return sentence.match(FLAG) ?? [];
}

/** A flag, and not a part of a name, in which AWS takes two hyphens too. */
const FLAG = /(?<![\w/+=.@-])--[a-z]+(?:-[a-z]+)*(?![\w/+=@-])/g;
