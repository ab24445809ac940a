import { statusWords as words } from '../../inventory/messages.ts';
import type { Status } from '../../inventory/types.ts';
import { folded, MOST_LINES, plain } from '../../text.ts';
import { own } from '../../ui/commands.ts';
import { type Page, wrapped } from './table.ts';

/** What a manifest names and the account lacks: one line for each thing, a secret with all its Regions; and what brings it. */
export function missingLines(page: Page, status: Status, manifest: string | undefined): string[] {
  const { missing = [], secrets } = status;
  // Without being told so, `setup` restores nothing.
  const restores = secrets.some(({ deletedAt }) => deletedAt !== null);
  if (manifest === undefined || (missing.length === 0 && !restores)) return [];
  return [
    '',
    ...(missing.length > 0 ? listed(page, missing) : []),
    ...wrapped(page, '', restores ? words.setUpAndRestore(missing.length) : words.setUp),
    `  ${withManifest('setup', manifest, ...(restores ? ['--restore'] : []))}`,
  ];
}

function listed(page: Page, missing: NonNullable<Status['missing']>): string[] {
  const things = folded(missing, ({ kind, name }) => `${kind} ${name}`);
  const shown = things.slice(0, MOST_LINES).flatMap((same) => {
    const [{ kind, name }] = same;
    const regions = same.flatMap(({ region }) => region ?? []);
    return wrapped(page, '  ', words.missing(kind, plain(name), regions));
  });
  const more = things.length - MOST_LINES;
  return [
    page.paint.bold(words.missingTitle),
    ...shown,
    ...(more > 0 ? [`  ${words.moreMissing(more)}`] : []),
  ];
}

/** A command for all that the manifest names. */
export function withManifest(command: 'setup' | 'verify', manifest: string, ...more: string[]): string {
  return own(command, '--manifest', plain(manifest), ...more);
}
