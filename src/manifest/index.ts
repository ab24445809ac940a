import { isAccountId } from '../aws/arn.ts';
import { looksLikePartOfKey } from '../key-detection.ts';
import { checkEntriesAgree, type Entry } from './consistency.ts';
import { answersIn, checkEntry, withDefaults } from './entry.ts';
import { type Manifest, ROOT_FIELDS } from './fields.ts';
import { displayNameOf, isReadOnce, type ManifestInput, readManifestText } from './file.ts';
import { formMistakes, nameMistakes } from './forms.ts';
import { manifestMessages as messages } from './messages.ts';
import { collectMistakes, type Mistake, type Mistakes, positionsIn } from './mistakes.ts';
import { type Fields, fieldsIn, isNothing, type Tree } from './tree.ts';

export { flagsToFields } from './fields.ts';
export type { ManifestInput } from './file.ts';
export { loadAvailableKeys, loadKeys } from './load.ts';
export { asManifest, checkInManifest, inManifest, planInManifest } from './mistakes.ts';

/**
 * Reads a manifest (YAML 1.2 or JSON), with the same rules as the flags of `setup`. Doesn't read the keys themselves.
 * @throws Failure (usage) that lists all mistakes with file:line:column and shows no values
 */
export async function readManifest(path: string, input: ManifestInput = {}): Promise<Manifest> {
  return parseManifest(await readManifestText(path, input), path);
}

/**
 * Like `readManifest`, for text that was read before.
 * @param path the path of the manifest: paths of key files are relative to its folder, and messages name it
 */
export async function parseManifest(source: string, path: string): Promise<Manifest> {
  const name = looksLikePartOfKey(path) ? messages.thisFile : displayNameOf(path);
  const positionAt = positionsIn(source);
  const positionOf = (offset: number) => {
    const { line, column } = positionAt(offset);
    return `${name}:${line}:${column}`;
  };
  const mistakes = collectMistakes(name, positionOf);
  // Loaded lazily: only runs with a manifest need the YAML library.
  const { parse } = await import('./syntax.ts');
  const root = parse(source, mistakes);
  const entries = root ? readRoot(root, path, mistakes) : [];
  const account = root?.kind === 'map' ? readAccountId(root.fields, mistakes) : undefined;
  checkEntriesAgree(entries, (offset) => positionAt(offset).line, mistakes);
  mistakes.throwIfAny();
  const keys = entries.map(({ offset, fields, answers }) => ({
    answers,
    position: positionOf(offset),
    keyPosition: positionOf(fields.get('key')?.value.offset ?? offset),
  }));
  return {
    path,
    commandPath: isReadOnce(path) ? messages.commandPath : path,
    keys,
    account:
      account === undefined ? undefined : { account, from: isReadOnce(path) ? messages.thisManifest : name },
  };
}

function readRoot(root: Tree, path: string, mistakes: Mistakes): Entry[] {
  if (root.kind !== 'map') {
    mistakes.add(root.offset, isNothing(root) ? messages.empty : messages.root);
    return [];
  }
  const { fields } = root;
  addAll(mistakes, nameMistakes(fields, ROOT_FIELDS));
  checkVersion(fields, mistakes);
  const defaults = readDefaults(fields, path, mistakes);
  const keys = fields.get('keys');
  if (!keys) mistakes.add(root.offset, messages.noKeys);
  else if (keys.value.kind === 'text' || keys.value.kind === 'map')
    mistakes.add(keys.value.offset, messages.takesEntries);
  const items = keys?.value.kind === 'list' ? keys.value.items : [];
  return items.flatMap((item) => readEntry(item, defaults, path, mistakes));
}

function checkVersion(fields: Fields, mistakes: Mistakes): void {
  const version = fields.get('version')?.value;
  if (!version) mistakes.add(0, messages.noVersion);
  else if (version.kind !== 'unknown' && !(version.kind === 'text' && version.plain && version.text === '1'))
    mistakes.add(version.offset, messages.version);
}

/** Reads the account ID as text. As a YAML number, it would lose leading zeros. */
function readAccountId(fields: Fields, mistakes: Mistakes): string | undefined {
  const value = fields.get('account')?.value;
  if (!value || value.kind === 'unknown') return undefined;
  if (value.kind === 'text' && isAccountId(value.text)) return value.text;
  mistakes.add(value.offset, messages.account);
  return undefined;
}

function readDefaults(fields: Fields, path: string, mistakes: Mistakes): Fields {
  const value = fields.get('defaults')?.value;
  if (!value || value.kind === 'unknown') return new Map();
  if (value.kind !== 'map')
    mistakes.add(value.offset, messages.takesMap('defaults', '{ regions: [us-west-2] }'));
  const defaults = fieldsIn(value);
  addAll(mistakes, formMistakes(defaults, 'defaults'));
  answersIn(defaults, path, mistakes);
  return defaults;
}

function readEntry(item: Tree, defaults: Fields, path: string, mistakes: Mistakes): Entry[] {
  if (item.kind === 'unknown') return [];
  if (item.kind !== 'map') {
    mistakes.add(item.offset, messages.takesEntries);
    return [];
  }
  addAll(mistakes, formMistakes(item.fields, 'entry'));
  const fields = withDefaults(item.fields, defaults);
  checkEntry(item.offset, fields, mistakes);
  return [{ offset: item.offset, fields, answers: answersIn(fields, path, mistakes) }];
}

function addAll(mistakes: Mistakes, newMistakes: Mistake[]): void {
  for (const { offset, sentence } of newMistakes) mistakes.add(offset, sentence);
}
