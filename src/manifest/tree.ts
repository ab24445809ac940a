import {
  type Alias,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { manifestMessages as messages } from './messages.ts';
import type { Mistakes } from './mistakes.ts';

/** The content of a file as text: no numbers and no dates. `offset` is the position in the file, in characters. */
export type Tree =
  /** `plain` is true for a scalar without quotes, where `true` can be a boolean. */
  | { kind: 'text'; offset: number; text: string; plain: boolean }
  | { kind: 'list'; offset: number; items: Tree[] }
  | { kind: 'map'; offset: number; fields: Fields }
  /** A value that is unknown because of a mistake, which is already reported. */
  | { kind: 'unknown'; offset: number };

type Text = Extract<Tree, { kind: 'text' }>;

export type Fields = ReadonlyMap<string, Field>;

export interface Field {
  /** The offset of the field's name. */
  offset: number;
  value: Tree;
}

/** Where `treeOf` reports mistakes, texts and tags. */
export interface TreeContext {
  mistakes: Mistakes;
  /** Called for every text in the file, including field names, with its offsets. */
  onText(text: string, from: number, to: number): void;
  /** Called with the offset of each node with a tag that the library accepts. A manifest has no tags, so it is a mistake. */
  onTag(offset: number): void;
}

/** A few nested aliases could expand to billions of nodes. The largest manifest has far fewer than this. */
const MOST_ALIASED_NODES = 2_000_000;

/** Tags of the YAML failsafe schema, which the library accepts. It reports all others itself. */
const KNOWN_TAG = /^(!|tag:yaml\.org,2002:(str|seq|map))$/;

/** Converts a YAML document to a tree, with aliases and merge keys resolved. */
export function treeOf(contents: Node | null, { mistakes, onText, onTag }: TreeContext): Tree {
  const anchors = new Map<string, Tree>();
  const sizes = new WeakMap<Tree, number>();
  let aliasedNodes = 0;

  const treeOfNode = (node: Node | null, parentOffset: number): Tree => {
    const offset = node?.range?.[0] ?? parentOffset;
    if (isAlias(node)) return aliasTarget(node, offset);
    if (KNOWN_TAG.test(node?.tag ?? '')) onTag(offset);
    const tree = treeOfContent(node, offset);
    const anchor = node && 'anchor' in node ? node.anchor : undefined;
    if (anchor) anchors.set(anchor, tree);
    return tree;
  };

  const treeOfContent = (node: Node | null, offset: number): Tree => {
    if (isMap(node)) return mapping(node, offset);
    return isSeq(node) ? list(node, offset) : text(node, offset);
  };

  /** Records the number of nodes in a tree. */
  const withSize = (tree: Tree, parts: Tree[]): Tree => {
    const size = parts.reduce((sum, part) => sum + (sizes.get(part) ?? 1), 1);
    sizes.set(tree, size);
    return tree;
  };

  const aliasTarget = ({ source }: Alias, offset: number): Tree => {
    const target = anchors.get(source);
    if (!target) return mistake(offset, messages.alias);
    aliasedNodes += sizes.get(target) ?? 1;
    return aliasedNodes > MOST_ALIASED_NODES ? mistake(offset, messages.tooMuch) : target;
  };

  const mistake = (offset: number, sentence: string): Tree => {
    mistakes.add(offset, sentence);
    return { kind: 'unknown', offset };
  };

  const text = (node: Node | null, offset: number): Tree => {
    if (!isScalar(node)) return { kind: 'text', offset, text: '', plain: true };
    const value = String(node.value ?? '');
    onText(value, offset, node.range?.[1] ?? offset);
    return { kind: 'text', offset, text: value, plain: node.type === 'PLAIN' };
  };

  const list = ({ items }: YAMLSeq, offset: number): Tree => {
    const trees = items.map((item) => treeOfNode(asNode(item), offset));
    return withSize({ kind: 'list', offset, items: trees }, trees);
  };

  const mapping = ({ items }: YAMLMap, offset: number): Tree => {
    const fields = new Map<string, Field>();
    const merged: Tree[] = [];
    for (const { key, value } of items as Pair[]) {
      const name = treeOfNode(asNode(key), offset);
      const tree = treeOfNode(asNode(value), name.offset);
      if (name.kind !== 'text') mistakes.add(name.offset, messages.fieldName);
      else if (isMerge(key)) merged.push(tree);
      else if (fields.has(name.text)) mistakes.add(name.offset, messages.twice);
      else fields.set(name.text, { offset: name.offset, value: tree });
    }
    for (const tree of merged) merge(fields, tree);
    const values = [...fields.values()].map(({ value }) => value);
    return withSize({ kind: 'map', offset, fields }, values);
  };

  /** Adds the fields of a tree under `<<` that the map doesn't have yet. */
  const merge = (into: Map<string, Field>, tree: Tree): void => {
    if (tree.kind === 'list') {
      for (const item of tree.items) merge(into, item);
    } else if (tree.kind === 'map') {
      for (const [name, field] of tree.fields) if (!into.has(name)) into.set(name, field);
    } else if (tree.kind === 'text') mistakes.add(tree.offset, messages.merge);
  };

  const asNode = (part: unknown): Node | null => (isNode(part) ? part : null);
  const isMerge = (key: unknown): boolean =>
    isScalar(key) && (key as Scalar).type === 'PLAIN' && key.value === '<<';

  return treeOfNode(contents, 0);
}

/** YAML 1.2, "Core Schema": null and the booleans. */
const NOTHING = /^(|~|null|Null|NULL)$/;
const TRUE = /^(true|True|TRUE)$/;
const FALSE = /^(false|False|FALSE)$/;

/** Returns true for any text except `null` and an empty value. */
export function isText(tree: Tree): tree is Text {
  return tree.kind === 'text' && !isNothing(tree);
}

/** Returns true for `null` and an empty value. */
export function isNothing(tree: Tree): boolean {
  return tree.kind === 'text' && tree.plain && NOTHING.test(tree.text);
}

/** Returns the text; undefined if the value is absent or not text. */
export function textIn(tree: Tree | undefined): string | undefined {
  return tree && isText(tree) ? tree.text : undefined;
}

/** Returns the texts of a list; undefined if it is absent or not a list of texts. */
export function textsIn(tree: Tree | undefined): string[] | undefined {
  return tree?.kind === 'list' && tree.items.every(isText) ? tree.items.map(({ text }) => text) : undefined;
}

/** Returns the boolean; undefined if the value is absent or not a boolean. */
export function switchIn(tree: Tree | undefined): boolean | undefined {
  if (tree?.kind !== 'text' || !tree.plain) return undefined;
  if (TRUE.test(tree.text)) return true;
  return FALSE.test(tree.text) ? false : undefined;
}

/** Returns the fields of a map; an empty map if it is absent or not a map. */
export function fieldsIn(tree: Tree | undefined): Fields {
  return tree?.kind === 'map' ? tree.fields : new Map();
}
