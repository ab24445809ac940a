import { inputMessages } from '../options/messages.ts';
import { ENTRY_FIELDS, type FieldRule, KEY_FIELDS } from './fields.ts';
import { isReadOnce } from './file.ts';
import { manifestMessages as messages } from './messages.ts';
import type { Mistake } from './mistakes.ts';
import { type Fields, fieldsIn, isNothing, switchIn, type Tree, textIn } from './tree.ts';

/** The part of the file that the fields are in. */
export type Part = 'entry' | 'defaults';

/** Returns mistakes for unknown fields and for values of the wrong form. */
export function formMistakes(fields: Fields, part: Part): Mistake[] {
  const mistakes = [...fields].flatMap(([name, { offset, value }]) => {
    const rule = ENTRY_FIELDS.get(name);
    if (!rule) return [];
    const isMisplaced = part === 'defaults' && rule.ofOneKey;
    return [
      ...(isMisplaced ? [{ offset, sentence: messages.notInDefaults(name) }] : []),
      ...valueMistakes(name, rule, value, part),
    ];
  });
  return [...nameMistakes(fields, [...ENTRY_FIELDS.keys()]), ...mistakes];
}

/** Returns a mistake for each unknown field, with a suggestion if a known name is close. */
export function nameMistakes(fields: Fields, known: readonly string[]): Mistake[] {
  return [...fields].flatMap(([name, { offset }]) => {
    if (known.includes(name)) return [];
    return [{ offset, sentence: messages.unknown(name, closest(name, known)) }];
  });
}

/** Returns mistakes for a value that doesn't have the form that its field takes. */
function valueMistakes(name: string, rule: FieldRule, value: Tree, part: Part): Mistake[] {
  const mistakeAtValue = (sentence: string) => [{ offset: value.offset, sentence }];
  if (value.kind === 'unknown') return [];
  if (rule.takes === 'key') return keyMistakes(value, part);
  if (rule.takes === 'text' || rule.takes === 'choice') return textMistakes(name, value);
  if (rule.takes === 'switch')
    return switchIn(value) === undefined ? mistakeAtValue(inputMessages.yesOrNo(name)) : [];
  if (rule.takes === 'tags') {
    if (value.kind !== 'map') return mistakeAtValue(messages.takesMap(name, rule.example ?? ''));
    return [...value.fields.values()].flatMap((tag) => textMistakes(name, tag.value));
  }
  if (value.kind !== 'list') return mistakeAtValue(messages.takesList(name, rule.example ?? ''));
  if (rule.nonEmpty && value.items.length === 0) return mistakeAtValue(messages.emptyList(name));
  return value.items.flatMap((item) => textMistakes(name, item));
}

function textMistakes(name: string, value: Tree): Mistake[] {
  if (isNothing(value)) return [{ offset: value.offset, sentence: messages.emptyText(name) }];
  const isText = value.kind === 'text' || value.kind === 'unknown';
  return isText ? [] : [{ offset: value.offset, sentence: messages.takesText(name) }];
}

/** Returns mistakes for the value under `key`. It may be a key given by mistake, so the messages repeat none of it. */
function keyMistakes(value: Tree, part: Part): Mistake[] {
  const mistakeAt = (sentence: string, { offset }: Tree = value) => [{ offset, sentence }];
  if (value.kind !== 'map') return mistakeAt(messages.keyForm);
  const [onlyField, ...others] = fieldsIn(value);
  const rule = KEY_FIELDS.get(onlyField?.[0] ?? '');
  if (!onlyField || !rule || others.length > 0) return mistakeAt(messages.keyOneOf);
  const [name, field] = onlyField;
  if (part === 'defaults' && rule.ofOneKey) return mistakeAt(messages.keyOfDefaults);
  if (name === 'existing')
    return switchIn(field.value) ? [] : mistakeAt(messages.takesTrue('key.existing'), field.value);
  const text = textIn(field.value);
  if (text === '') return mistakeAt(messages.emptyText(`key.${name}`), field.value);
  return name === 'file' && isReadOnce(text ?? '')
    ? mistakeAt(messages.noStdin, field.value)
    : textMistakes(`key.${name}`, field.value);
}

/** Returns the closest known name, if one is close enough. Hyphens, underscores and case don't count. */
function closest(wrong: string, names: readonly string[]): string | undefined {
  if (wrong.length > LONGEST_MISSPELLED) return undefined;
  const maxDistance = Math.max(1, Math.floor(wrong.length / 3));
  const [best] = names
    .map((name) => ({ name, distance: distance(withoutSeparators(wrong), withoutSeparators(name)) }))
    .filter((each) => each.distance <= maxDistance)
    .sort((a, b) => a.distance - b.distance);
  return best?.name;
}

/** In characters. A longer name is not a misspelled field. */
const LONGEST_MISSPELLED = 40;

function withoutSeparators(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** Returns the Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [rowIndex, letter] of [...a].entries()) {
    const next = [rowIndex + 1];
    for (const [index, other] of [...b].entries()) {
      const substituted = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(substituted, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
