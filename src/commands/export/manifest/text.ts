import { Document, isCollection, visit } from 'yaml';
import { plain, plainJson } from '../../../text.ts';
import { exportManifestWords as words } from './messages.ts';
import type { ExportedManifest } from './types.ts';

/** The manifest as YAML, with comments on what it cannot say. */
export function manifestText(manifest: ExportedManifest, account: string, notes: string[]): string {
  const document = new Document(manifest, { aliasDuplicateObjects: false });
  visit(document, {
    Pair(_, { key, value }) {
      const isSmall = /^(regions|key|sourceArns|tags)$/.test(String(key));
      if (isSmall && isCollection(value)) value.flow = true;
    },
    Scalar(_, node) {
      // What is not printable is spelt out in quotation marks only.
      if (plainJson(String(node.value)) !== node.value) node.type = 'QUOTE_DOUBLE';
    },
  });
  document.commentBefore = comment(words.header(account));
  if (notes.length > 0) document.comment = comment([words.notesTitle, ...notes.map((note) => `- ${note}`)]);
  return plainJson(document.toString({ lineWidth: 0, flowCollectionPadding: false }));
}

function comment(lines: string[]): string {
  return lines.map((line) => ` ${plain(line)}`).join('\n');
}
