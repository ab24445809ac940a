import * as rules from '../aws/names.ts';
import { inputWords as words } from '../report/words/input.ts';

/** Turns the text of options into typed values. What is wrong with one is noted, a sentence each. */
export type Reader = ReturnType<typeof reader>;

/** Makes a reader that notes mistakes in `problems`. */
export function reader(problems: string[]) {
  const report = (problem: string | undefined) => {
    if (problem) problems.push(problem);
    return problem === undefined;
  };
  return {
    text<K extends string>(key: K, value: string | undefined, rule: rules.Rule, flag: string) {
      return given(key, value !== undefined && report(rule(value, flag)) ? value : undefined);
    },
    list: (values: string[] | undefined, rule: rules.Rule, flag: string) =>
      (values ?? []).map((value) => value.trim()).filter((value) => report(rule(value, flag))),
    choice<T extends string>(value: string | undefined, choices: readonly T[], flag: string): T | undefined {
      const chosen = choices.find((choice) => choice === value);
      if (value !== undefined && chosen === undefined) report(words.oneOf(flag, choices));
      return chosen;
    },
    tags(values: string[] | undefined): rules.Tag[] {
      const tags = (values ?? []).flatMap((text) => {
        const tag = rules.parseTag(text);
        if (!tag) report(words.tagForm('--tag'));
        return tag && report(rules.tagProblem(tag, '--tag')) ? [tag] : [];
      });
      if (new Set(tags.map(({ key }) => key.toLowerCase())).size < tags.length)
        report(words.tagTwice('--tag'));
      if (tags.length > 49) report(words.tagCount('--tag', 49));
      return tags;
    },
  };
}

/** A member that is there only when it has a value. */
export function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: V });
}
