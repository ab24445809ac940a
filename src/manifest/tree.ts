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

/** The content of a file as text: no numbers and no dates. `at` is the offset in the file. */
export type Tree = Text | List | Mapping | Unknown;

export interface Text {
  kind: 'text';
  at: number;
  text: string;
  /** True for a scalar without quotes, where `true` can be a boolean. */
  plain: boolean;
}

export interface List {
  kind: 'list';
  at: number;
  items: Tree[];
}

export interface Mapping {
  kind: 'map';
  at: number;
  members: Members;
}

/** A value that is unknown because of a mistake, which is already reported. */
interface Unknown {
  kind: 'unknown';
  at: number;
}

export type Members = ReadonlyMap<string, Member>;

export interface Member {
  /** The offset of the field's name. */
  at: number;
  value: Tree;
}

/** What `treeOf` reports to. */
export interface Making {
  mistakes: Mistakes;
  /** Called for every text in the file, including field names, with its offsets. */
  onText(text: string, from: number, to: number): void;
  /** Called for every tag that the library accepts, with the offset of its node. */
  onTag(at: number): void;
}

/** Far more than the largest manifest has. A few nested aliases could expand to billions of nodes. */
const MOST_ALIASED = 2_000_000;

/** Tags of the YAML failsafe schema. The library reports all others. */
const KNOWN_TAG = /^(!|tag:yaml\.org,2002:(str|seq|map))$/;

/** Converts a YAML document to a tree, with aliases and merge keys resolved. */
export function treeOf(contents: Node | null, { mistakes, onText, onTag }: Making): Tree {
  const anchors = new Map<string, Tree>();
  const sizes = new WeakMap<Tree, number>();
  let aliased = 0;

  const make = (node: Node | null, otherwise: number): Tree => {
    const at = node?.range?.[0] ?? otherwise;
    if (isAlias(node)) return follow(node, at);
    if (KNOWN_TAG.test(node?.tag ?? '')) onTag(at);
    const tree = isMap(node) ? mapping(node, at) : isSeq(node) ? list(node, at) : text(node, at);
    const anchor = node && 'anchor' in node ? node.anchor : undefined;
    if (anchor) anchors.set(anchor, tree);
    return tree;
  };

  const sized = <T extends Tree>(tree: T, parts: Tree[]): T => {
    sizes.set(
      tree,
      parts.reduce((sum, part) => sum + (sizes.get(part) ?? 1), 1),
    );
    return tree;
  };

  const follow = ({ source }: Alias, index: number): Tree => {
    const target = anchors.get(source);
    if (!target) return broken(index, messages.alias);
    aliased += sizes.get(target) ?? 1;
    return aliased > MOST_ALIASED ? broken(index, messages.tooMuch) : target;
  };

  const broken = (at: number, sentence: string): Unknown => {
    mistakes.add(at, sentence);
    return { kind: 'unknown', at };
  };

  const text = (node: Node | null, at: number): Text => {
    if (!isScalar(node)) return { kind: 'text', at, text: '', plain: true };
    const value = String(node.value ?? '');
    onText(value, at, node.range?.[1] ?? at);
    return { kind: 'text', at, text: value, plain: node.type === 'PLAIN' };
  };

  const list = ({ items }: YAMLSeq, at: number): List => {
    const made = items.map((item) => make(asNode(item), at));
    return sized({ kind: 'list', at, items: made }, made);
  };

  const mapping = ({ items }: YAMLMap, at: number): Mapping => {
    const members = new Map<string, Member>();
    const merged: Tree[] = [];
    for (const { key, value } of items as Pair[]) {
      const name = make(asNode(key), at);
      const made = make(asNode(value), name.at);
      if (name.kind !== 'text') mistakes.add(name.at, messages.memberName);
      else if (isMerge(key)) merged.push(made);
      else if (members.has(name.text)) mistakes.add(name.at, messages.twice);
      else members.set(name.text, { at: name.at, value: made });
    }
    for (const each of merged) merge(members, each);
    return sized(
      { kind: 'map', at, members },
      [...members.values()].map(({ value }) => value),
    );
  };

  const merge = (into: Map<string, Member>, tree: Tree): void => {
    if (tree.kind === 'list') {
      for (const item of tree.items) merge(into, item);
    } else if (tree.kind === 'map') {
      for (const [name, member] of tree.members) if (!into.has(name)) into.set(name, member);
    } else if (tree.kind === 'text') mistakes.add(tree.at, messages.merge);
  };

  const asNode = (part: unknown): Node | null => (isNode(part) ? part : null);
  const isMerge = (key: unknown): boolean =>
    isScalar(key) && (key as Scalar).type === 'PLAIN' && key.value === '<<';

  return make(contents, 0);
}

/** YAML 1.2, "Core Schema": null and the booleans. */
const NOTHING = /^(|~|null|Null|NULL)$/;
const TRUE = /^(true|True|TRUE)$/;
const FALSE = /^(false|False|FALSE)$/;

/** Returns true for any text except `null` and an empty value. */
export function isText(tree: Tree): tree is Text {
  return tree.kind === 'text' && !isNothing(tree);
}

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

/** Returns a boolean; undefined if the value is absent or not a boolean. */
export function switchIn(tree: Tree | undefined): boolean | undefined {
  if (tree?.kind !== 'text' || !tree.plain) return undefined;
  return TRUE.test(tree.text) ? true : FALSE.test(tree.text) ? false : undefined;
}

/** Returns the fields of a map; an empty map if it is absent or not a map. */
export function membersIn(tree: Tree | undefined): Members {
  return tree?.kind === 'map' ? tree.members : new Map();
}
