import { Document, isCollection, visit } from 'yaml';
import { plain, plainJson } from '../../../text.ts';
import { exportManifestMessages as messages } from './messages.ts';

/** Members that each key has, of which the most frequent value becomes the default. */
const HAD_BY_ALL = ['regions', 'policyName', 'roleName'] as const;

/** Members that a key may lack. A default for it could not be taken back, so it takes all keys to have the same. */
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

/** The manifest of these keys, in which what they have in common stands once. */
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

/** What a key has that is not said by the defaults. */
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

/** The manifest as YAML, with comments on what it cannot say. */
export function manifestText(manifest: ExportedManifest, account: string, notes: string[]): string {
  const document = new Document(manifest, { aliasDuplicateObjects: false });
  visit(document, {
    Pair(_, { key, value }) {
      const isSmall = /^(regions|key|sourceArns|tags)$/.test(String(key));
      if (isSmall && isCollection(value)) value.flow = true;
    },
    Scalar(_, node) {
      // What is not printable is spelled out in quotation marks only.
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

/** An entry of the manifest that is printed, with all that holds for it; members as the manifest names them. */
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

/** What a role is like, as far as a manifest can say it. */
export type RoleMembers = Pick<
  ExportedKey,
  'roleName' | 'roleDescription' | 'sourceAccount' | 'sourceArns' | 'permissionsBoundary'
>;
