import type { ExpectedAccount } from '../aws/clients.ts';
import { flagOf, type ManifestField, OPTIONS, type OptionSpec } from '../options/catalog/index.ts';
import type { SetupAnswers } from '../options/setup-request.ts';

/** A field of an entry: its option and the form of its value. `key` corresponds to several options. */
export interface FieldRule extends Pick<ManifestField, 'ofOneKey' | 'nonEmpty' | 'example'> {
  takes: OptionSpec['takes'] | 'key';
  flag?: string;
}

const OPTION_FIELDS = Object.entries<OptionSpec>(OPTIONS).flatMap(([name, { field, ...option }]) =>
  field ? [{ name, inKey: field.inKey, rule: { ...field, takes: option.takes, flag: flagOf(option) } }] : [],
);

/** The fields of an entry, in the order of the documentation. */
export const ENTRY_FIELDS: ReadonlyMap<string, FieldRule> = new Map(
  OPTION_FIELDS.map(({ name, inKey, rule }): [string, FieldRule] =>
    inKey === undefined ? [name, rule] : ['key', { takes: 'key' }],
  ),
);

/** The fields under `key`. An entry takes only one of them. */
export const KEY_FIELDS: ReadonlyMap<string, FieldRule> = new Map([
  ...OPTION_FIELDS.flatMap(({ inKey, rule }): [string, FieldRule][] =>
    inKey === undefined ? [] : [[inKey, rule]],
  ),
  ['existing', { takes: 'switch' }],
]);

/** The top-level fields. Editors may store the schema of a JSON file as `$schema`. */
export const ROOT_FIELDS = ['version', 'account', 'defaults', 'keys', '$schema'] as const;

const FIELD_OF_FLAG = new Map(
  OPTION_FIELDS.map(({ name, inKey, rule }) => [rule.flag, inKey === undefined ? name : `key.${inKey}`]),
);

/** Returns the field that corresponds to a flag, such as `regions` for `--region` or `key.file` for `--key-file`. */
export function fieldOf(flag: string): string {
  return FIELD_OF_FLAG.get(flag) ?? flag;
}

/** Replaces the flags in a sentence with fields. */
export function flagsToFields(sentence: string): string {
  return sentence.replace(FLAG, fieldOf);
}

/** Replaces the flags in a sentence with settings, such as `restore: true` for `--restore`. */
export function flagsToSettings(sentence: string): string {
  return sentence.replace(FLAG, (flag) => {
    const name = FIELD_OF_FLAG.get(flag);
    if (name === undefined) return flag;
    return ENTRY_FIELDS.get(name)?.takes === 'switch' ? `${name}: true` : `${name}:`;
  });
}

/** Returns the flags that a sentence names. */
export function flagsIn(sentence: string): string[] {
  return sentence.match(FLAG) ?? [];
}

/** Matches a flag, but not part of a name. AWS names can contain two hyphens too. */
const FLAG = /(?<![\w/+=.@-])--[a-z]+(?:-[a-z]+)*(?![\w/+=@-])/g;

/** An entry of a manifest: one key. */
export interface ManifestKey {
  /**
   * The answers that the flags of `setup` would give for this key, merged with the file's defaults. `existing` is set for a
   * secret that is used as is. Paths of key files are absolute. `dryRun` is false here, because only the flag sets it.
   */
  answers: SetupAnswers;
  /** The position of the entry, such as `keys.yaml:12:5`, for messages. */
  position: string;
  /** The position of the entry's key source. */
  keyPosition: string;
}

export interface Manifest {
  path: string;
  /** The path to use in commands that the user can run later. */
  commandPath: string;
  /** The only account in which changes are allowed, if the file names one. */
  account?: ExpectedAccount;
  keys: ManifestKey[];
}
