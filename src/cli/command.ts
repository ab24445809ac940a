import type { Command } from 'commander';
import { environmentProblems } from './environment.ts';
import { usageFailure } from './failure-output.ts';
import { preferFlags } from './flag-precedence.ts';
import { type CommonOptions, commonOptions, commonProblems } from './options.ts';

/** What the commands of the program share. */
export interface CommandSetup {
  /** Called with the command's exit code. */
  finish(exitCode: number): void;
  /** Problems with the environment, which a command reports together with its own. */
  problems: string[];
}

/** A command line after its options were read. */
export interface ParsedCommand {
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
  { finish, problems }: CommandSetup,
  read: (options: O, common: CommonOptions) => Promise<ParsedCommand>,
): void {
  command.action(async () => {
    preferFlags(command);
    const options = command.opts<Partial<CommonOptions> & O>();
    const common = commonOptions(options);
    const parsed = await read(options, common);
    const allProblems = [
      ...problems,
      ...commonProblems(common),
      ...environmentProblems(process.env, common, parsed.usesConfiguredRegion),
      ...parsed.problems,
    ];
    if (allProblems.length > 0) throw usageFailure(allProblems);
    finish(await parsed.run());
  });
}
