import { type ErrorCode, parseDocument } from 'yaml';
import { keyOffsets } from '../key-detection.ts';
import { manifestMessages as messages } from './messages.ts';
import type { Mistakes } from './mistakes.ts';
import { type Tree, treeOf } from './tree.ts';

/** The message for each syntax error. The library's own messages quote the file, which may contain a key. */
const SENTENCES: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: messages.severalDocuments,
  TAB_AS_INDENT: messages.tabs,
  BAD_INDENT: messages.indentation,
  MISSING_CHAR: messages.unclosed,
  BAD_SCALAR_START: messages.startsOddly,
  BLOCK_AS_IMPLICIT_KEY: messages.nested,
  BAD_DQ_ESCAPE: messages.escape,
  RESOURCE_EXHAUSTION: messages.depth,
  TAG_RESOLVE_FAILED: messages.tag,
  BAD_COLLECTION_TYPE: messages.tag,
  BAD_DIRECTIVE: messages.directive,
};

/**
 * Parses YAML 1.2, which includes JSON. All scalars stay text: `2018-12-01` and `1e5` are names. Anything that looks like a key
 * is a mistake, even in comments.
 * @returns undefined if the syntax is invalid
 */
export function parse(source: string, mistakes: Mistakes): Tree | undefined {
  const offsetsOfKeys = new Set(keyOffsets(withoutKmsKeys(source)));
  const options = { schema: 'failsafe', merge: false, uniqueKeys: false, prettyErrors: false } as const;
  const document = parseDocument(source, options);
  const [error] = document.errors;
  // Later errors are mostly consequences of the first.
  if (error) mistakes.add(error.pos[0], SENTENCES[error.code] ?? messages.syntax);
  for (const { code, pos } of document.warnings) mistakes.add(pos[0], SENTENCES[code] ?? messages.syntax);
  const onText = (text: string, from: number, to: number) => {
    // Escapes and line breaks can hide a key in the raw text.
    if (keyOffsets(withoutKmsKeys(text.replace(/\s+/g, ' '))).length === 0) return;
    for (const offset of offsetsOfKeys) if (offset >= from && offset <= to) offsetsOfKeys.delete(offset);
    offsetsOfKeys.add(from);
  };
  const onTag = (offset: number) => mistakes.add(tagBefore(source, offset), messages.tag);
  const directiveOffset = directiveIn(source);
  if (directiveOffset !== undefined) mistakes.add(directiveOffset, messages.directive);
  const tree = error ? undefined : treeOf(document.contents, { mistakes, onText, onTag });
  for (const offset of offsetsOfKeys) mistakes.addKeyInFile(offset);
  return tree;
}

/** Returns the offset of a YAML directive. Only comments and empty lines can precede one. */
function directiveIn(source: string): number | undefined {
  let lineStart = 0;
  for (const line of source.split('\n')) {
    if (line.startsWith('%')) return lineStart;
    if (!/^[ \t]*(?:#.*)?\r?$/.test(line)) return undefined;
    lineStart += line.length + 1;
  }
  return undefined;
}

/** Returns the offset of the tag of the node that starts here. */
function tagBefore(source: string, offset: number): number {
  const mark = source.lastIndexOf('!', offset - 1);
  return source[mark - 1] === '!' ? mark - 1 : Math.max(mark, 0);
}

/** Masks IDs of multi-Region KMS keys, which have as many digits as a key (KMS Developer Guide, "Multi-Region keys"). */
function withoutKmsKeys(text: string): string {
  return text.replace(/\bmrk-[0-9a-f]{32}\b/gi, (id) => 'x'.repeat(id.length));
}
