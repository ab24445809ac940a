import type { Wishes } from './runs/setup.ts';

/** Names that are not taken, for what a way out leaves to the user. */
const NAMES: Record<string, string> = {
  '--secret-name': 'studio-other',
  '--policy-name': 'Another',
  '--role-name': 'MediaConnect-Another',
};

/** The ways out that the text of a conflict offers, as they are typed; where it offers a choice of values, one for each. */
export function waysIn(text: string): string[] {
  const [, offered = ''] = /To resolve this, add(?: one of)?: (.*)/.exec(text) ?? [];
  const flags = [...offered.matchAll(/(?:^|; )(--[^()]+?) \(/g)].flatMap(([, flag = '']) => flag);
  return flags.flatMap((flag) => {
    const [, before = '', values] = /^(.* )(\w+(?:\|\w+)+)$/.exec(flag) ?? [];
    return values === undefined ? [flag] : values.split('|').map((value) => before + value);
  });
}

/** What `setup` is asked for by somebody who types that too. */
export function taking(wishes: Wishes, way: string): Wishes {
  const flags = way.split(/ (?=--)/).map((each): [string, string | true] => {
    const [flag = '', value] = each.split(' ');
    return [flag, value === 'NAME' ? (NAMES[flag] ?? '') : (value ?? true)];
  });
  const options = flags.map(([flag, value]) => [
    flag.slice(2).replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return { ...wishes, ...Object.fromEntries(options) };
}
