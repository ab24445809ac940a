import { Document, isCollection, visit } from 'yaml';
import { clean, escapeJson } from '../../../text.ts';
import { exportManifestMessages as messages } from './messages.ts';

/** Fields that every key has. The most frequent value of each becomes its default. */
const REQUIRED_FIELDS = ['regions', 'policyName', 'roleName'] as const;

/** Fields that a key may lack. An entry can't unset a default, so a field gets a default only if all keys have the same value. */
const OPTIONAL_FIELDS = [
  'keyType',
  'policyScope',
  'policyPrefix',
  'roleDescription',
  'sourceAccount',
  'sourceArns',
  'permissionsBoundary',
  'tags',
] as const;

/** Builds the manifest. Values that keys share become defaults. */
export function manifestOf(keys: ExportedKey[]): ExportedManifest {
  if (keys.length < 2) return { version: 1, keys };
  const defaults: Partial<ExportedKey> = { key: { existing: true } };
  for (const name of REQUIRED_FIELDS)
    setIfDefined(defaults, name, mostFrequent(keys.map((key) => key[name])));
  for (const name of OPTIONAL_FIELDS) {
    const values = new Set(keys.map((key) => JSON.stringify(key[name])));
    if (values.size === 1) setIfDefined(defaults, name, keys[0]?.[name]);
  }
  return { version: 1, defaults, keys: keys.map((key) => withoutDefaults(key, defaults)) };
}

function setIfDefined<K extends keyof ExportedKey>(
  fields: Partial<ExportedKey>,
  name: K,
  value: ExportedKey[K] | undefined,
): void {
  if (value !== undefined) fields[name] = value;
}

/** Returns the fields of a key that differ from the defaults. */
function withoutDefaults(key: ExportedKey, defaults: Partial<ExportedKey>): Partial<ExportedKey> {
  const fields = Object.entries(key).filter(
    ([name, value]) => JSON.stringify(defaults[name as keyof ExportedKey]) !== JSON.stringify(value),
  );
  return Object.fromEntries(fields);
}

function mostFrequent<T>(values: T[]): T | undefined {
  const counts = new Map<string, { value: T; count: number }>();
  for (const value of values) {
    const text = JSON.stringify(value);
    counts.set(text, { value, count: (counts.get(text)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.value;
}

/** Returns the manifest as YAML, with comments about what a manifest can't express. */
export function manifestText(manifest: ExportedManifest, account: string, notes: string[]): string {
  const document = new Document(manifest, { aliasDuplicateObjects: false });
  visit(document, {
    Pair(_, { key, value }) {
      const fitsOneLine = /^(regions|key|sourceArns|tags)$/.test(String(key));
      if (fitsOneLine && isCollection(value)) value.flow = true;
    },
    Scalar(_, node) {
      // Nonprintable characters can only be escaped in double quotes.
      if (escapeJson(String(node.value)) !== node.value) node.type = 'QUOTE_DOUBLE';
    },
  });
  document.commentBefore = comment(messages.header(account));
  if (notes.length > 0)
    document.comment = comment([messages.notesTitle, ...notes.map((note) => `- ${note}`)]);
  return escapeJson(document.toString({ lineWidth: 0, flowCollectionPadding: false }));
}

function comment(lines: string[]): string {
  return lines.map((line) => ` ${clean(line)}`).join('\n');
}

/** An entry of the exported manifest, with all its values, by the names of the manifest's fields. */
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
