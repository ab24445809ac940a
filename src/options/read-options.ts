import type { Tag } from '../aws/tags.ts';
import type { Algorithm, KeySource, KeyType } from '../key/index.ts';
import {
  attributeOf,
  type CommandName,
  flagOf,
  type GivenOptions,
  type OptionSpec,
  type OptionValues,
  optionsOf,
} from './catalog/index.ts';
import { inputMessages as messages } from './messages.ts';
import { parseTag, type Rule, tagListProblems, tagProblem } from './rules.ts';

/** Turns texts that were given into typed values. What is wrong with one is reported, a sentence each. */
export type Reader = ReturnType<typeof readerOf>;

/** Where a reader reports what is wrong. */
interface ProblemSink {
  /** What the user knows an option as: the flag itself, or the field of a manifest that stands for it. */
  nameOf(flag: string): string;
  /** @param index which one of several values it is about */
  report(problem: string, flag: string, index?: number): void;
}

/** Makes a reader of flags that notes mistakes in `problems`. */
export function reader(problems: string[]): Reader {
  return readerOf({ nameOf: (flag) => flag, report: (problem) => void problems.push(problem) });
}

/** Makes a reader of options, wherever they were given. */
export function readerOf({ nameOf, report }: ProblemSink) {
  const fits = (problem: string | undefined, flag: string, index?: number) => {
    if (problem) report(problem, flag, index);
    return problem === undefined;
  };
  return {
    text: (value: string, rule: Rule | undefined, flag: string): string | undefined =>
      fits(rule?.(value, nameOf(flag)), flag) ? value : undefined,
    list: (values: string[], rule: Rule | undefined, flag: string): string[] => {
      const right = values
        .map((value) => value.trim())
        .filter((value, index) => fits(rule?.(value, nameOf(flag)), flag, index));
      return [...new Set(right)];
    },
    choice: <T extends string>(value: string, choices: readonly T[], flag: string): T | undefined => {
      const chosen = choices.find((choice) => choice === value);
      if (chosen === undefined) report(messages.oneOf(nameOf(flag), choices), flag);
      return chosen;
    },
    tags(values: string[], flag: string): Tag[] {
      const tags = values.flatMap((text) => {
        const tag = parseTag(text);
        if (!tag) report(messages.tagForm(flag), flag);
        return tag && fits(tagProblem(tag, flag), flag) ? [tag] : [];
      });
      for (const problem of tagListProblems(tags, flag)) report(problem, flag);
      return tags;
    },
  };
}

/** Reads what was given for the options of a command. */
export function readOptions<C extends CommandName>(
  command: C,
  given: GivenOptions<C>,
  read: Reader,
): OptionValues<C> {
  const texts: Readonly<Record<string, unknown>> = given;
  const values = optionsOf(command).flatMap(([name, option]) => {
    const value = readValue(option, texts[attributeOf(option)], read);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(values);
}

function readValue(option: OptionSpec, given: unknown, read: Reader): unknown {
  const { takes, rule, choices = [], defaultValue = false } = option;
  const flag = flagOf(option);
  if (takes === 'switch') return given ?? defaultValue;
  if (takes === 'text') return typeof given === 'string' ? read.text(given, rule, flag) : undefined;
  if (takes === 'choice') return typeof given === 'string' ? read.choice(given, choices, flag) : undefined;
  const texts = Array.isArray(given) ? given.map(String) : [];
  return takes === 'list' ? read.list(texts, rule, flag) : read.tags(texts, flag);
}

/** What the options say of a key. */
export interface KeyAnswers {
  keySource?: KeySource;
  keyType?: KeyType;
  algorithm?: Algorithm;
}

/** The options that say where a key comes from. */
interface KeyValues {
  keyFile?: string;
  keyEnv?: string;
  generate?: Algorithm;
  algorithm?: Algorithm;
}

/** Puts the source of a key in the place of the options that say it. */
export function withKeySource<V extends KeyValues>(values: V) {
  const { keyFile, keyEnv, generate, ...others } = values;
  const algorithm = others.algorithm ?? generate;
  return {
    ...others,
    ...keySourceOf(values),
    ...(algorithm ? { algorithm } : {}),
  };
}

function keySourceOf({ keyFile, keyEnv, generate: algorithm }: KeyValues): { keySource?: KeySource } {
  if (keyFile === '-') return { keySource: { kind: 'stdin' } };
  if (keyFile !== undefined) return { keySource: { kind: 'file', path: keyFile } };
  if (keyEnv !== undefined) return { keySource: { kind: 'env', name: keyEnv } };
  return algorithm ? { keySource: { kind: 'generate', algorithm } } : {};
}
