import { inputMessages } from '../options/messages.ts';
import { isReadOnce } from './file.ts';
import { KEY_MEMBERS, MEMBERS, type MemberRule } from './members.ts';
import { manifestMessages as messages } from './messages.ts';
import type { Mistake } from './mistakes.ts';
import { isNothing, type Members, membersIn, switchIn, type Tree, textIn } from './tree.ts';

/** Which part of the file is looked at. */
export type Part = 'entry' | 'defaults';

/** Unknown members, and values that are not written as their members take them. */
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

/** The members that there are not, and which ones may be meant. */
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

/** What stands under `key` may be a key, given by mistake, so nothing of it is repeated. */
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

/** The name that was probably meant, if one is near enough: what differs in hyphens and letter case only is nearest. */
function closest(wrong: string, names: readonly string[]): string | undefined {
  // What is far longer than any member is none of them.
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

/** Levenshtein's: how many letters have to be put in, taken out or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
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
