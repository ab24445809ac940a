import { isAccountId } from '../aws/arn.ts';
import { looksLikePartOfKey } from '../key-detection.ts';
import { checkAcross, type Entry } from './across.ts';
import { answersIn, checkEntry, withDefaults } from './entry.ts';
import { isReadOnce, type ManifestInput, nameOf, readText } from './file.ts';
import { formMistakes, nameMistakes } from './forms.ts';
import type { Manifest } from './members.ts';
import { ROOT_MEMBERS } from './members.ts';
import { manifestMessages as messages } from './messages.ts';
import { collectMistakes, type Mistake, type Mistakes, placesIn } from './mistakes.ts';
import { isNothing, type Members, membersIn, type Tree } from './tree.ts';

export type { ManifestInput } from './file.ts';
export { loadKeys, loadKeysHere } from './load.ts';
export { inMembers } from './members.ts';
export { asManifest, checkInManifest, inManifest, planInManifest } from './mistakes.ts';

/**
 * Reads a manifest (YAML 1.2 or JSON), with the same rules as the flags of `setup`. Doesn't read the keys themselves.
 * @throws Failure (usage) that lists all mistakes with file:line:column and shows no values
 */
export async function readManifest(path: string, input: ManifestInput = {}): Promise<Manifest> {
  return parseManifest(await readText(path, input), path);
}

/**
 * Like `readManifest`, for text that is already read.
 * @param path the path of the text: key file paths are relative to its folder, and messages name it
 */
export async function parseManifest(source: string, path: string): Promise<Manifest> {
  const shown = looksLikePartOfKey(path) ? messages.thisFile : nameOf(path);
  const place = placesIn(source);
  const placeOf = (offset: number) => `${shown}:${place(offset).line}:${place(offset).column}`;
  const mistakes = collectMistakes(shown, placeOf);
  // Loaded lazily: only runs with a manifest need the YAML library.
  const { parse } = await import('./syntax.ts');
  const root = parse(source, mistakes);
  const entries = root ? readRoot(root, path, mistakes) : [];
  const account = root?.kind === 'map' ? readAccountId(root.members, mistakes) : undefined;
  checkAcross(entries, (offset) => place(offset).line, mistakes);
  mistakes.throwIfAny();
  const keys = entries.map(({ at, members, answers }) => ({
    answers,
    at: placeOf(at),
    keyAt: placeOf(members.get('key')?.value.at ?? at),
  }));
  return {
    path,
    commandPath: isReadOnce(path) ? messages.commandPath : path,
    keys,
    account:
      account === undefined ? undefined : { account, from: isReadOnce(path) ? messages.thisManifest : shown },
  };
}

function readRoot(root: Tree, path: string, mistakes: Mistakes): Entry[] {
  if (root.kind !== 'map') {
    mistakes.add(root.at, isNothing(root) ? messages.empty : messages.root);
    return [];
  }
  const { members } = root;
  addAll(mistakes, nameMistakes(members, ROOT_MEMBERS));
  checkVersion(members, mistakes);
  const defaults = readDefaults(members, path, mistakes);
  const keys = members.get('keys');
  if (!keys) mistakes.add(root.at, messages.noKeys);
  else if (keys.value.kind === 'text' || keys.value.kind === 'map')
    mistakes.add(keys.value.at, messages.takesEntries);
  const items = keys?.value.kind === 'list' ? keys.value.items : [];
  return items.flatMap((item) => readEntry(item, defaults, path, mistakes));
}

function checkVersion(members: Members, mistakes: Mistakes): void {
  const version = members.get('version')?.value;
  if (!version) mistakes.add(0, messages.noVersion);
  else if (version.kind !== 'unknown' && !(version.kind === 'text' && version.plain && version.text === '1'))
    mistakes.add(version.at, messages.version);
}

/** Reads the account ID as text. As a YAML number, it would lose leading zeros. */
function readAccountId(members: Members, mistakes: Mistakes): string | undefined {
  const value = members.get('account')?.value;
  if (!value || value.kind === 'unknown') return undefined;
  if (value.kind === 'text' && isAccountId(value.text)) return value.text;
  mistakes.add(value.at, messages.account);
  return undefined;
}

function readDefaults(members: Members, path: string, mistakes: Mistakes): Members {
  const value = members.get('defaults')?.value;
  if (!value || value.kind === 'unknown') return new Map();
  if (value.kind !== 'map') mistakes.add(value.at, messages.takesMap('defaults', '{ regions: [us-west-2] }'));
  const defaults = membersIn(value);
  addAll(mistakes, formMistakes(defaults, 'defaults'));
  answersIn(defaults, path, mistakes);
  return defaults;
}

function readEntry(item: Tree, defaults: Members, path: string, mistakes: Mistakes): Entry[] {
  if (item.kind === 'unknown') return [];
  if (item.kind !== 'map') {
    mistakes.add(item.at, messages.takesEntries);
    return [];
  }
  addAll(mistakes, formMistakes(item.members, 'entry'));
  const members = withDefaults(item.members, defaults);
  checkEntry({ at: item.at, members }, mistakes);
  return [{ at: item.at, members, answers: answersIn(members, path, mistakes) }];
}

function addAll(mistakes: Mistakes, found: Mistake[]): void {
  for (const { at, sentence } of found) mistakes.add(at, sentence);
}
