import { Document, isCollection, visit } from 'yaml';
import { plain, plainJson } from '../../../text.ts';
import { exportManifestMessages as messages } from './messages.ts';

/** Fields that every key has. The most frequent value becomes the default. */
const HAD_BY_ALL = ['regions', 'policyName', 'roleName'] as const;

/** Fields that a key may lack. An entry can't unset a default, so there is one only if all keys have the same value. */
const HAD_BY_SOME = [
  'keyType',
  'policyScope',
  'policyPrefix',
  'roleDescription',
  'sourceAccount',
  'sourceArns',
  'permissionsBoundary',
  'tags',
] as const;

/** Builds the manifest, with common values as defaults. */
export function manifestOf(keys: ExportedKey[]): ExportedManifest {
  if (keys.length < 2) return { version: 1, keys };
  const defaults: Partial<ExportedKey> = { key: { existing: true } };
  for (const name of HAD_BY_ALL) take(defaults, name, mostFrequent(keys.map((each) => each[name])));
  for (const name of HAD_BY_SOME) {
    const values = new Set(keys.map((each) => JSON.stringify(each[name])));
    if (values.size === 1) take(defaults, name, keys[0]?.[name]);
  }
  return { version: 1, defaults, keys: keys.map((key) => beside(defaults, key)) };
}

function take<K extends keyof ExportedKey>(
  into: Partial<ExportedKey>,
  name: K,
  value: ExportedKey[K] | undefined,
): void {
  if (value !== undefined) into[name] = value;
}

/** Returns the fields of a key that differ from the defaults. */
function beside(defaults: Partial<ExportedKey>, key: ExportedKey): Partial<ExportedKey> {
  const members = Object.entries(key).filter(
    ([name, value]) => JSON.stringify(defaults[name as keyof ExportedKey]) !== JSON.stringify(value),
  );
  return Object.fromEntries(members);
}

function mostFrequent<T>(values: T[]): T | undefined {
  const counts = new Map<string, { value: T; count: number }>();
  for (const value of values) {
    const id = JSON.stringify(value);
    counts.set(id, { value, count: (counts.get(id)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.value;
}

/** Returns the manifest as YAML, with comments about what a manifest can't express. */
export function manifestText(manifest: ExportedManifest, account: string, notes: string[]): string {
  const document = new Document(manifest, { aliasDuplicateObjects: false });
  visit(document, {
    Pair(_, { key, value }) {
      const isSmall = /^(regions|key|sourceArns|tags)$/.test(String(key));
      if (isSmall && isCollection(value)) value.flow = true;
    },
    Scalar(_, node) {
      // Nonprintable characters can only be escaped in double quotes.
      if (plainJson(String(node.value)) !== node.value) node.type = 'QUOTE_DOUBLE';
    },
  });
  document.commentBefore = comment(messages.header(account));
  if (notes.length > 0)
    document.comment = comment([messages.notesTitle, ...notes.map((note) => `- ${note}`)]);
  return plainJson(document.toString({ lineWidth: 0, flowCollectionPadding: false }));
}

function comment(lines: string[]): string {
  return lines.map((line) => ` ${plain(line)}`).join('\n');
}

/** An entry of the exported manifest, with all its values. The names are those of the manifest's fields. */
export interface ExportedKey {
  secretName: string;
  regions: string[];
  key: { existing: true };
  keyType?: 'srt-password';
  policyName: string;
  policyScope?: string;
  policyPrefix?: string;
  roleName: string;
  roleDescription?: string;
  sourceAccount?: boolean;
  sourceArns?: string[];
  permissionsBoundary?: string;
  tags?: Record<string, string>;
}

/** A manifest as a document. */
interface ExportedManifest {
  version: 1;
  defaults?: Partial<ExportedKey>;
  keys: Partial<ExportedKey>[];
}

/** The settings of a role that a manifest can express. */
export type RoleMembers = Pick<
  ExportedKey,
  'roleName' | 'roleDescription' | 'sourceAccount' | 'sourceArns' | 'permissionsBoundary'
>;
