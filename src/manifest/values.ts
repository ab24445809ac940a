import type { Members, Text, Tree } from './tree.ts';

/** YAML 1.2, "Core Schema": what means that there is nothing, and the two switches. */
const NOTHING = /^(|~|null|Null|NULL)$/;
const TRUE = /^(true|True|TRUE)$/;
const FALSE = /^(false|False|FALSE)$/;

/** Whether this is a text, whatever else it may mean; `null` and nothing at all are none. */
export function isText(tree: Tree): tree is Text {
  return tree.kind === 'text' && !isNothing(tree);
}

export function isNothing(tree: Tree): boolean {
  return tree.kind === 'text' && tree.plain && NOTHING.test(tree.text);
}

/** The text; nothing where it is absent or no text. */
export function textIn(tree: Tree | undefined): string | undefined {
  return tree && isText(tree) ? tree.text : undefined;
}

/** The texts of a list; nothing where it is absent, or not all of it are texts. */
export function textsIn(tree: Tree | undefined): string[] | undefined {
  return tree?.kind === 'list' && tree.items.every(isText) ? tree.items.map(({ text }) => text) : undefined;
}

/** True or false; nothing where it is absent or neither. */
export function switchIn(tree: Tree | undefined): boolean | undefined {
  if (tree?.kind !== 'text' || !tree.plain) return undefined;
  return TRUE.test(tree.text) ? true : FALSE.test(tree.text) ? false : undefined;
}

/** The members of a map; none where it is absent or no map. */
export function membersIn(tree: Tree | undefined): Members {
  return tree?.kind === 'map' ? tree.members : new Map();
}
