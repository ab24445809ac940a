import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/** What `npm run simulate` is asked for. */
export interface Options {
  /** How many stories are played. */
  readonly stories: number;
  /** Decides all of them; another one has others. */
  readonly seed: number;
  /** The number of the first one. */
  readonly from: number;
  /** How many processes play. */
  readonly jobs: number;
  /** After how many failures it ends. Those that break the same rule in the same way count once. */
  readonly failures: number;
  readonly wire: boolean;
  /** Kinds of commands: stories with others are passed over. */
  readonly only: readonly string[];
  /** Stories whose JSON has a match for this are passed over. */
  readonly skip: RegExp | undefined;
}

/** Reads the command line. */
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

/** Whether a story is played. */
export function isWanted(
  { only, skip }: Pick<Options, 'only' | 'skip'>,
  story: { acts: readonly { commands: readonly { command: { kind: string } }[] }[] },
): boolean {
  if (skip?.test(JSON.stringify(story))) return false;
  const kinds = story.acts.flatMap(({ commands }) => commands.map(({ command }) => command.kind));
  return only.length === 0 || kinds.every((kind) => only.includes(kind));
}
