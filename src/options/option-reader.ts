import type { Tag } from '../aws/tags.ts';
import { inputWords as words } from './messages.ts';
import * as rules from './rules.ts';

/** Turns texts that were given into typed values. What is wrong with one is noted, a sentence each. */
export type Reader = ReturnType<typeof readerOf>;

/** Hears what is wrong with what was given. */
export interface Listener {
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
      if (value !== undefined && chosen === undefined) report(words.oneOf(nameOf(flag), choices), flag);
      return chosen;
    },
    tags(values: string[] | undefined): Tag[] {
      const flag = '--tag';
      const tags = (values ?? []).flatMap((text) => {
        const tag = rules.parseTag(text);
        if (!tag) report(words.tagForm(flag), flag);
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
