import type { Command } from 'commander';
import { environmentProblems } from './environment.ts';
import { type CommonOptions, commonOptions, commonProblems } from './options.ts';
import { usageFailure } from './usage.ts';

/** What commands are added with. */
export interface Registration {
  /** Is told the exit code of the command that ran. */
  finish(exitCode: number): void;
  /** Mistakes in the environment, which a command reports together with its own. */
  problems: string[];
}

/** What a command line has become. */
export interface Reading {
  /** What is wrong with it, a sentence each. */
  problems: string[];
  /** Whether the Region is to come from the environment. */
  asksForRegion: boolean;
  /** What runs when nothing is wrong; answers the exit code. It loads the AWS SDK, so that help and mistakes need not wait. */
  run(): Promise<number>;
}

/** Has a command read its options, report every mistake at once, and run. */
export function onRun<O extends object>(
  command: Command,
  { finish, problems }: Registration,
  read: (options: O, common: CommonOptions) => Promise<Reading>,
): void {
  command.action(async (options: Partial<CommonOptions> & O) => {
    const common = commonOptions(options);
    const { problems: mistakes, asksForRegion, run } = await read(options, common);
    const outside = environmentProblems(process.env, common, asksForRegion);
    const all = [...problems, ...commonProblems(common), ...outside, ...mistakes];
    if (all.length > 0) throw usageFailure(all);
    finish(await run());
  });
}
