import type { Command } from 'commander';
import { attributeOf, NEW_SECRET_OPTIONS } from '../options/catalog/index.ts';
import { environmentProblems } from './environment.ts';
import { usageFailure } from './failure-output.ts';
import { helpMessages } from './help.ts';
import { type CommonOptions, commonOptions, commonProblems } from './options.ts';

/** What each command gets from the program. */
export interface CommandSetup {
  /** Called with the command's exit code. */
  finish(exitCode: number): void;
  /** Problems with environment variables, which a command reports together with its own. */
  problems: string[];
}

/** A command line after its options were read. */
export interface ParsedCommand {
  /** Problems, one sentence each. */
  problems: string[];
  /** True if the Region comes from the environment. */
  usesConfiguredRegion: boolean;
  /**
   * Runs the command if there are no problems, and returns the exit code. Only this loads the AWS SDK, so that help and mistakes
   * don't wait for the SDK.
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

const KEY_SOURCES = ['keyFile', 'keyEnv', 'generate'];

/** An option, and the options that it overrides. */
const OVERRIDES: readonly [string, readonly string[]][] = [
  ['secretArn', NEW_SECRET_OPTIONS.map(attributeOf)],
  ['secretName', ['secretArn']],
  ['rollback', KEY_SOURCES],
  ...KEY_SOURCES.map((name): [string, string[]] => [name, KEY_SOURCES.filter((each) => each !== name)]),
];

/** Removes the values of environment variables that a flag overrides: for the same choice, or for an incompatible option. */
function preferFlags(command: Command): void {
  const isFrom = (source: string, name: string) => command.getOptionValueSource(name) === source;
  const overridden = OVERRIDES.flatMap(([name, others]) => (isFrom('cli', name) ? others : []));
  const commandOptions = command.options
    .filter(({ helpGroupHeading }) => helpGroupHeading !== helpMessages.commonTitle)
    .map((option) => option.attributeName());
  const names = isFrom('cli', 'manifest') ? commandOptions : overridden;
  for (const name of names)
    if (isFrom('env', name)) command.setOptionValueWithSource(name, undefined, undefined);
}
