import type { Tag } from '../aws/tags.ts';
import { ALGORITHMS, type Algorithm, type KeySource, type KeyType } from '../key/index.ts';
import { inputMessages as messages } from './messages.ts';
import * as rules from './rules.ts';

/** The options that say where a key comes from and what it is, as the parser returns them: text, not checked. */
export interface KeyOptions {
  keyFile?: string;
  keyEnv?: string;
  generate?: string;
  keyType?: string;
  algorithm?: string;
}

/** The same, read. */
export interface KeyAnswers {
  keySource?: KeySource;
  keyType?: KeyType;
  algorithm?: Algorithm;
}

export function readKeyOptions(options: KeyOptions, read: Reader): KeyAnswers {
  const generate = read.choice(options.generate, ALGORITHMS, '--generate');
  return {
    ...keySourceOf(options, generate),
    ...given('keyType', read.choice(options.keyType, KEY_TYPES, '--key-type')),
    ...given('algorithm', read.choice(options.algorithm, ALGORITHMS, '--algorithm') ?? generate),
  };
}

function keySourceOf(
  { keyFile, keyEnv }: KeyOptions,
  algorithm: Algorithm | undefined,
): { keySource?: KeySource } {
  if (keyFile === '-') return { keySource: { kind: 'stdin' } };
  if (keyFile !== undefined) return { keySource: { kind: 'file', path: keyFile } };
  if (keyEnv !== undefined) return { keySource: { kind: 'env', name: keyEnv } };
  return algorithm ? { keySource: { kind: 'generate', algorithm } } : {};
}

/** What is wrong with key options that are right by themselves but do not go together. */
export function keyProblems({ keyFile, keyEnv, generate, keyType, algorithm }: KeyOptions): string[] {
  const sources = [keyFile, keyEnv, generate].filter((source) => source !== undefined);
  const srt = keyType === 'srt-password';
  return [
    ...(sources.length > 1 ? [messages.keySources] : []),
    ...(srt && algorithm !== undefined ? [messages.srtAlgorithm] : []),
    ...(srt && generate !== undefined ? [messages.srtGenerate] : []),
    ...(generate !== undefined && algorithm !== undefined && generate !== algorithm
      ? [messages.generateAlgorithm]
      : []),
    ...(keyEnv !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(keyEnv)
      ? [messages.envName('--key-env')]
      : []),
  ];
}

/** What options with a fixed set of values take: for reading them, and for the completion of the shell. */

export const KEY_TYPES = ['static-key', 'srt-password'] as const;

export const POLICY_SCOPES = ['secrets', 'prefix', 'region', 'account'] as const;

export const EXISTING_KEY_ANSWERS = ['keep', 'replace'] as const;

export const TEMPLATE_FORMATS = ['yaml', 'json'] as const;

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** Turns texts that were given into typed values. What is wrong with one is noted, a sentence each. */
export type Reader = ReturnType<typeof readerOf>;

/** Hears what is wrong with what was given. */
interface Listener {
  /** What the user knows an option as: the flag itself, or the member of a file that stands for it. */
  nameOf(flag: string): string;
  /** @param index which one of several values it is about */
  report(problem: string, flag: string, index?: number): void;
}

/** Makes a reader of flags that notes mistakes in `problems`. */
export function reader(problems: string[]): Reader {
  return readerOf({ nameOf: (flag) => flag, report: (problem) => void problems.push(problem) });
}

/** Makes a reader of options, wherever they were given. */
export function readerOf({ nameOf, report }: Listener) {
  const fits = (problem: string | undefined, flag: string, index?: number) => {
    if (problem) report(problem, flag, index);
    return problem === undefined;
  };
  return {
    text<K extends string>(key: K, value: string | undefined, rule: rules.Rule, flag: string) {
      return given(key, value !== undefined && fits(rule(value, nameOf(flag)), flag) ? value : undefined);
    },
    list: (values: string[] | undefined, rule: rules.Rule, flag: string) =>
      (values ?? [])
        .map((value) => value.trim())
        .filter((value, index) => fits(rule(value, nameOf(flag)), flag, index)),
    choice<T extends string>(value: string | undefined, choices: readonly T[], flag: string): T | undefined {
      const chosen = choices.find((choice) => choice === value);
      if (value !== undefined && chosen === undefined) report(messages.oneOf(nameOf(flag), choices), flag);
      return chosen;
    },
    tags(values: string[] | undefined): Tag[] {
      const flag = '--tag';
      const tags = (values ?? []).flatMap((text) => {
        const tag = rules.parseTag(text);
        if (!tag) report(messages.tagForm(flag), flag);
        return tag && fits(rules.tagProblem(tag, flag), flag) ? [tag] : [];
      });
      for (const problem of rules.tagListProblems(tags, flag)) report(problem, flag);
      return tags;
    },
  };
}

/** A member that is there only when it has a value. */
export function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: V });
}
