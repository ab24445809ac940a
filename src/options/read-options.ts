import type { Tag } from '../aws/tags.ts';
import type { Algorithm, KeySource, KeyType } from '../key/index.ts';
import {
  attributeOf,
  type CommandName,
  flagOf,
  type OptionSpec,
  type OptionValues,
  optionsOf,
  type RawOptions,
} from './catalog/index.ts';
import { inputMessages as messages } from './messages.ts';
import { parseTag, type Rule, tagListProblems, tagProblem } from './rules.ts';

/** Checks option values against their rules, returns the valid ones, and reports each problem as a sentence. */
export type OptionReader = ReturnType<typeof createOptionReader>;

/** Receives the problems that an option reader finds. */
interface ProblemSink {
  /** Returns the name of an option that the user knows: the flag, or the manifest field. */
  nameOf(flag: string): string;
  /** @param index the index of the value, if there are several */
  report(problem: string, flag: string, index?: number): void;
}

/** Creates an option reader for the command line. It adds each problem to `problems`, with the flag's name. */
export function flagReader(problems: string[]): OptionReader {
  return createOptionReader({ nameOf: (flag) => flag, report: (problem) => void problems.push(problem) });
}

/** Creates an option reader for the command line or a manifest. */
export function createOptionReader({ nameOf, report }: ProblemSink) {
  /** Reports the problem, if any. Returns true if there is none. */
  const passes = (problem: string | undefined, flag: string, index?: number) => {
    if (problem) report(problem, flag, index);
    return problem === undefined;
  };
  return {
    text: (value: string, rule: Rule | undefined, flag: string): string | undefined =>
      passes(rule?.(value, nameOf(flag)), flag) ? value : undefined,
    list: (values: string[], rule: Rule | undefined, flag: string): string[] => {
      const valid = values
        .map((value) => value.trim())
        .filter((value, index) => passes(rule?.(value, nameOf(flag)), flag, index));
      return [...new Set(valid)];
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
        return tag && passes(tagProblem(tag, flag), flag) ? [tag] : [];
      });
      for (const problem of tagListProblems(tags, flag)) report(problem, flag);
      return tags;
    },
  };
}

/** Reads the values of a command's options. */
export function readOptions<C extends CommandName>(
  command: C,
  options: RawOptions<C>,
  read: OptionReader,
): OptionValues<C> {
  const rawValues: Readonly<Record<string, unknown>> = options;
  const values = optionsOf(command).flatMap(([name, option]) => {
    const value = readValue(option, rawValues[attributeOf(option)], read);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(values);
}

function readValue(option: OptionSpec, rawValue: unknown, read: OptionReader): unknown {
  const { takes, rule, choices = [], defaultValue = false } = option;
  const flag = flagOf(option);
  if (takes === 'switch') return rawValue ?? defaultValue;
  if (takes === 'text') return typeof rawValue === 'string' ? read.text(rawValue, rule, flag) : undefined;
  if (takes === 'choice')
    return typeof rawValue === 'string' ? read.choice(rawValue, choices, flag) : undefined;
  const texts = Array.isArray(rawValue) ? rawValue.map(String) : [];
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
