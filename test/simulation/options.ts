import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** The options of `npm run simulate`. */
export interface Options {
  /** The number of stories. */
  readonly stories: number;
  /** Determines all stories. */
  readonly seed: number;
  /** The number of the first story. */
  readonly from: number;
  /** The number of processes. */
  readonly jobs: number;
  /** The number of failures after which it ends. Failures that break the same rule in the same way count once. */
  readonly failures: number;
  readonly wire: boolean;
  /** Kinds of commands. Stories with other commands are skipped. */
  readonly only: readonly string[];
  /** Stories whose JSON matches this are skipped. */
  readonly skip: RegExp | undefined;
}

/** Reads the options from the command line. */
export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      stories: { ...text, default: '1000' },
      seed: { ...text, default: '1' },
      from: { ...text, default: '0' },
      jobs: { ...text, default: `${availableParallelism()}` },
      failures: { ...text, default: '1' },
      wire: { type: 'boolean', default: false },
      only: { ...text, default: '' },
      skip: text,
    },
  });
  const number = (name: 'stories' | 'seed' | 'from' | 'jobs' | 'failures') => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} takes a whole number`);
    return value;
  };
  const [stories, seed, from, jobs, failures] = [
    number('stories'),
    number('seed'),
    number('from'),
    number('jobs'),
    number('failures'),
  ];
  return {
    stories,
    seed,
    from,
    jobs: Math.max(1, jobs),
    failures: Math.max(1, failures),
    wire: values.wire,
    only: values.only.split(',').filter((kind) => kind !== ''),
    skip: values.skip === undefined ? undefined : new RegExp(values.skip),
  };
}

/** Returns true if a story is to be played. */
export function isWanted(
  { only, skip }: Pick<Options, 'only' | 'skip'>,
  story: { acts: readonly { commands: readonly { command: { kind: string } }[] }[] },
): boolean {
  if (skip?.test(JSON.stringify(story))) return false;
  const kinds = story.acts.flatMap(({ commands }) => commands.map(({ command }) => command.kind));
  return only.length === 0 || kinds.every((kind) => only.includes(kind));
}
