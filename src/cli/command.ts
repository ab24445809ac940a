import type { Command } from 'commander';
import { environmentProblems } from './environment.ts';
import { usageFailure } from './failure-output.ts';
import { helpMessages } from './help.ts';
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

const KEY_SOURCES = ['keyFile', 'keyEnv', 'generate'];
/** An option, and the options that it overrides. */
const EXCLUDED_BY: readonly [string, readonly string[]][] = [
  ['secretArn', ['secretName', 'region', 'kmsKeyId', ...KEY_SOURCES]],
  ['secretName', ['secretArn']],
  ['rollback', KEY_SOURCES],
  ...KEY_SOURCES.map((name): [string, string[]] => [name, KEY_SOURCES.filter((each) => each !== name)]),
];

/** A flag takes precedence over an environment variable, including one for an incompatible option. */
function preferFlags(command: Command): void {
  const isFrom = (source: string, name: string) => command.getOptionValueSource(name) === source;
  const overtaken = EXCLUDED_BY.flatMap(([name, others]) => (isFrom('cli', name) ? others : []));
  const own = command.options
    .filter(({ helpGroupHeading }) => helpGroupHeading !== helpMessages.commonTitle)
    .map((option) => option.attributeName());
  const all = isFrom('cli', 'manifest') ? own : overtaken;
  for (const name of all)
    if (isFrom('env', name)) command.setOptionValueWithSource(name, undefined, undefined);
}
