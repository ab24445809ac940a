import type { Tag } from '../../aws/tags.ts';
import { COMMAND_OPTIONS } from './command-options.ts';
import { POLICY_AND_ROLE_OPTIONS } from './policy-and-role-options.ts';
import { SECRET_OPTIONS } from './secret-options.ts';
import type { CommandName, OptionSpec } from './spec.ts';

export { SHELLS, SHOWN_SETTINGS } from './command-options.ts';
export { POLICY_SCOPES } from './policy-and-role-options.ts';
export { KEY_TYPES } from './secret-options.ts';
export type { CommandName, ManifestField, OptionGroup, OptionSpec } from './spec.ts';

/**
 * All options of the commands that call AWS, except the global ones, in the order of the help and the documentation. The property
 * name is also the name of the value and of the manifest field.
 */
export const OPTIONS = { ...SECRET_OPTIONS, ...POLICY_AND_ROLE_OPTIONS, ...COMMAND_OPTIONS };

export type OptionName = keyof typeof OPTIONS;
type Spec<N extends OptionName> = (typeof OPTIONS)[N];

/** The names of a command's options. */
export type OptionOf<C extends CommandName> = {
  [N in OptionName]: Extract<keyof Spec<N>['commands'], C> extends never ? never : N;
}[OptionName];

/** Returns a command's options. */
export function optionsOf(command: CommandName): [OptionName, OptionSpec][] {
  return (Object.entries(OPTIONS) as [OptionName, OptionSpec][]).filter(
    ([, { commands }]) => command in commands,
  );
}

/** The options that describe a secret to be stored. */
export const NEW_SECRET_OPTIONS = Object.values<OptionSpec>(OPTIONS).filter(({ ofNewSecret }) => ofNewSecret);

/** Returns the flag as the user types it, such as `--secret-arn`. */
export function flagOf({ flags }: Pick<OptionSpec, 'flags'>): string {
  return flags.replace(/ .*/, '');
}

/** Returns the name under which commander stores the option, such as `secretArn`. */
export function attributeOf(option: Pick<OptionSpec, 'flags'>): string {
  return flagOf(option)
    .replace(/^--(no-)?/, '')
    .replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The options of a command as commander stores them: unchecked text. */
export type RawOptions<C extends CommandName> = {
  [N in OptionOf<C> as Attribute<Spec<N>['flags']>]?: RawValues[Spec<N>['takes']];
};

/** The type of an unchecked value, for each form of value. */
interface RawValues {
  text: string;
  choice: string;
  list: string[];
  tags: string[];
  switch: boolean;
}

/** The type-level equivalent of `attributeOf`. */
type Attribute<Flags extends string> = Flags extends `--no-${infer Name}`
  ? Camel<Name>
  : Flags extends `--${infer Name} ${string}`
    ? Camel<Name>
    : Flags extends `--${infer Name}`
      ? Camel<Name>
      : never;
/** Converts `secret-arn` to `secretArn`. */
type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Name;

/** The checked values of a command's options. A list that was not given is empty, and a switch has its default. */
export type OptionValues<C extends CommandName> = {
  [N in Extract<OptionOf<C>, OptionTaking<'text' | 'choice'>>]?: ValueOf<Spec<N>>;
} & {
  [N in Extract<OptionOf<C>, OptionTaking<'list' | 'switch' | 'tags'>>]: ValueOf<Spec<N>>;
};

type OptionTaking<T> = { [N in OptionName]: Spec<N>['takes'] extends T ? N : never }[OptionName];

type ValueOf<S> = S extends { choices: readonly (infer Choice)[] }
  ? Choice
  : S extends { takes: 'text' }
    ? string
    : S extends { takes: 'switch' }
      ? boolean
      : S extends { takes: 'list' }
        ? string[]
        : Tag[];
