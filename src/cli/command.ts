import type { Command } from 'commander';
import { environmentProblems, preferFlags } from './environment.ts';
import { usageFailure } from './failure-output.ts';
import { type CommonOptions, commonOptions, commonProblems } from './options.ts';

/** What is needed to add commands. */
export interface Registration {
  /** Called with the command's exit code. */
  finish(exitCode: number): void;
  /** Problems with the environment, which a command reports together with its own. */
  problems: string[];
}

/** The result of reading a command line. */
export interface Reading {
  /** Problems, one sentence each. */
  problems: string[];
  /** True if the Region comes from the environment. */
  usesConfiguredRegion: boolean;
  /**
   * Runs the command if there are no problems, and returns the exit code. Loads the AWS SDK, so that help and mistakes don't wait
   * for it.
   */
  run(): Promise<number>;
}

/** Makes a command read its options, report all problems at once, and run. */
export function onRun<O extends object>(
  command: Command,
  { finish, problems }: Registration,
  read: (options: O, common: CommonOptions) => Promise<Reading>,
): void {
  command.action(async () => {
    preferFlags(command);
    const options = command.opts<Partial<CommonOptions> & O>();
    const common = commonOptions(options);
    const { problems: mistakes, usesConfiguredRegion, run } = await read(options, common);
    const outside = environmentProblems(process.env, common, usesConfiguredRegion);
    const all = [...problems, ...commonProblems(common), ...outside, ...mistakes];
    if (all.length > 0) throw usageFailure(all);
    finish(await run());
  });
}
