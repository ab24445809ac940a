import type { Command } from 'commander';
import { attributeOf, NEW_SECRET_OPTIONS } from '../options/catalog/index.ts';
import { helpMessages } from './help.ts';

const KEY_SOURCES = ['keyFile', 'keyEnv', 'generate'];

/** An option, and the options that it overrides. */
const OVERRIDES: readonly [string, readonly string[]][] = [
  ['secretArn', NEW_SECRET_OPTIONS.map(attributeOf)],
  ['secretName', ['secretArn']],
  ['rollback', KEY_SOURCES],
  ...KEY_SOURCES.map((name): [string, string[]] => [name, KEY_SOURCES.filter((each) => each !== name)]),
];

/** Removes values from environment variables where a flag overrides them, or is for an incompatible option. */
export function preferFlags(command: Command): void {
  const isFrom = (source: string, name: string) => command.getOptionValueSource(name) === source;
  const overridden = OVERRIDES.flatMap(([name, others]) => (isFrom('cli', name) ? others : []));
  const commandOptions = command.options
    .filter(({ helpGroupHeading }) => helpGroupHeading !== helpMessages.commonTitle)
    .map((option) => option.attributeName());
  const names = isFrom('cli', 'manifest') ? commandOptions : overridden;
  for (const name of names)
    if (isFrom('env', name)) command.setOptionValueWithSource(name, undefined, undefined);
}
