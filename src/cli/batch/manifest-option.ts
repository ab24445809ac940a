import type { Command } from 'commander';
import { helpMessages } from '../help.ts';
import { addOption } from '../options.ts';

/** Adds the option that names a file with all keys. */
export function addManifestOption(command: Command): void {
  addOption(command, '--manifest <file>', helpMessages.manifest);
}

/**
 * What is wrong with options beside a manifest: what the file says, no option says too.
 * @param beside the options, besides those of every command, that say how to go about it and not what is wanted
 */
export function manifestProblems(command: Command, beside: string[]): string[] {
  if (command.getOptionValue('manifest') === undefined) return [];
  const wanted = command.options
    .filter(({ helpGroupHeading }) => helpGroupHeading !== helpMessages.commonTitle)
    .filter((option) => ['cli', 'env'].includes(command.getOptionValueSource(option.attributeName()) ?? ''))
    .map(({ long }) => long ?? '')
    .filter((flag) => flag !== '--manifest' && !beside.includes(flag));
  return wanted.length > 0 ? [manifestOptionMessages.notBeside(wanted)] : [];
}

/** What is said of `--manifest` among other options. */
const manifestOptionMessages = {
  notBeside: (flags: string[]) =>
    `--manifest says all about the keys, so it does not go together with ${flags.join(', ')}. Put that into the file, or leave --manifest out.`,
};
