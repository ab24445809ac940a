import { inputMessages } from '../options/messages.ts';
import { isReadOnce } from './file.ts';
import { KEY_MEMBERS, MEMBERS, type MemberRule } from './members.ts';
import { manifestMessages as messages } from './messages.ts';
import type { Mistake } from './mistakes.ts';
import { isNothing, type Members, membersIn, switchIn, type Tree, textIn } from './tree.ts';

/** The part of the file that the fields are in. */
export type Part = 'entry' | 'defaults';

/** Returns mistakes for unknown fields and for values of the wrong form. */
export function formMistakes(members: Members, part: Part): Mistake[] {
  const known = [...members].flatMap(([name, { at, value }]) => {
    const rule = MEMBERS.get(name);
    if (!rule) return [];
    const misplaced = part === 'defaults' && rule.ofOneKey;
    return [
      ...(misplaced ? [{ at, sentence: messages.notInDefaults(name) }] : []),
      ...inForm(name, rule, value, part),
    ];
  });
  return [...nameMistakes(members, [...MEMBERS.keys()]), ...known];
}

/** Returns a mistake for each unknown field, with a suggestion if a known name is close. */
export function nameMistakes(members: Members, known: readonly string[]): Mistake[] {
  return [...members].flatMap(([name, { at }]) => {
    if (known.includes(name)) return [];
    return [{ at, sentence: messages.unknown(name, closest(name, known)) }];
  });
}

function inForm(name: string, rule: MemberRule, value: Tree, part: Part): Mistake[] {
  const wrong = (sentence: string) => [{ at: value.at, sentence }];
  if (value.kind === 'unknown') return [];
  if (rule.takes === 'key') return inKey(value, part);
  if (rule.takes === 'text' || rule.takes === 'choice') return inText(name, value);
  if (rule.takes === 'switch') return switchIn(value) === undefined ? wrong(inputMessages.yesOrNo(name)) : [];
  if (rule.takes === 'tags') {
    if (value.kind !== 'map') return wrong(messages.takesMap(name, rule.example ?? ''));
    return [...value.members.values()].flatMap((tag) => inText(name, tag.value));
  }
  if (value.kind !== 'list') return wrong(messages.takesList(name, rule.example ?? ''));
  if (rule.filled && value.items.length === 0) return wrong(messages.emptyList(name));
  return value.items.flatMap((item) => inText(name, item));
}

function inText(name: string, value: Tree): Mistake[] {
  if (isNothing(value)) return [{ at: value.at, sentence: messages.emptyText(name) }];
  const isText = value.kind === 'text' || value.kind === 'unknown';
  return isText ? [] : [{ at: value.at, sentence: messages.takesText(name) }];
}

/** The value under `key` may be a key given by mistake, so messages repeat none of it. */
function inKey(value: Tree, part: Part): Mistake[] {
  const wrong = (sentence: string, { at }: { at: number } = value) => [{ at, sentence }];
  if (value.kind !== 'map') return wrong(messages.keyForm);
  const [only, ...others] = membersIn(value);
  const rule = KEY_MEMBERS.get(only?.[0] ?? '');
  if (!only || !rule || others.length > 0) return wrong(messages.keyOneOf);
  const [name, member] = only;
  if (part === 'defaults' && rule.ofOneKey) return wrong(messages.keyOfDefaults);
  if (name === 'existing')
    return switchIn(member.value) ? [] : wrong(messages.takesTrue('key.existing'), member.value);
  const text = textIn(member.value);
  if (text === '') return wrong(messages.emptyText(`key.${name}`), member.value);
  return name === 'file' && isReadOnce(text ?? '')
    ? wrong(messages.noStdin, member.value)
    : inText(`key.${name}`, member.value);
}

/** Returns the closest known name, if one is close enough. Hyphens, underscores and case don't count. */
function closest(wrong: string, names: readonly string[]): string | undefined {
  // A name this long is not a misspelled field.
  if (wrong.length > LONGEST) return undefined;
  const most = Math.max(1, Math.floor(wrong.length / 3));
  const [best] = names
    .map((name) => ({ name, distance: distance(bare(wrong), bare(name)) }))
    .filter((each) => each.distance <= most)
    .sort((a, b) => a.distance - b.distance);
  return best?.name;
}

const LONGEST = 40;

function bare(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** Returns the Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [above, letter] of [...a].entries()) {
    const next = [above + 1];
    for (const [at, other] of [...b].entries()) {
      const changed = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
