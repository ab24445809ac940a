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

/** Converts text values to typed values, and reports each problem as a sentence. */
export type Reader = ReturnType<typeof readerOf>;

/** Receives the problems that a reader finds. */
interface ProblemSink {
  /** Returns the name of an option that the user knows: the flag, or the manifest field. */
  nameOf(flag: string): string;
  /** @param index the index of the value, if there are several */
  report(problem: string, flag: string, index?: number): void;
}

/** Creates a reader that adds each problem to `problems`, with the flag's name. */
export function reader(problems: string[]): Reader {
  return readerOf({ nameOf: (flag) => flag, report: (problem) => void problems.push(problem) });
}

/** Creates a reader for options from any source. */
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

/** Reads the values of a command's options. */
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

/** The answers about the key. */
export interface KeyAnswers {
  keySource?: KeySource;
  keyType?: KeyType;
  algorithm?: Algorithm;
}

/** The options that specify the source of a key. */
interface KeyValues {
  keyFile?: string;
  keyEnv?: string;
  generate?: Algorithm;
  algorithm?: Algorithm;
}

/** Replaces the options for the key's source with `keySource`. */
export function withKeySource<V extends KeyValues>(values: V) {
  const { keyFile, keyEnv, generate, ...others } = values;
  return { ...others, ...keySourceOf(values), algorithm: others.algorithm ?? generate };
}

function keySourceOf({ keyFile, keyEnv, generate: algorithm }: KeyValues): { keySource?: KeySource } {
  if (keyFile === '-') return { keySource: { kind: 'stdin' } };
  if (keyFile !== undefined) return { keySource: { kind: 'file', path: keyFile } };
  if (keyEnv !== undefined) return { keySource: { kind: 'env', name: keyEnv } };
  return algorithm ? { keySource: { kind: 'generate', algorithm } } : {};
}
