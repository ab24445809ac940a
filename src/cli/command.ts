import type { Command } from 'commander';
import { environmentProblems } from './environment.ts';
import { usageFailure } from './failure-output.ts';
import { helpMessages } from './help.ts';
import { type CommonOptions, commonOptions, commonProblems } from './options.ts';

/** What commands are added with. */
export interface Registration {
  /** Called with the exit code of the command. */
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
  /** What runs when nothing is wrong; returns the exit code. It loads the AWS SDK, so that help and mistakes need not wait. */
  run(): Promise<number>;
}

/** Has a command read its options, report every mistake at once, and run. */
export function onRun<O extends object>(
  command: Command,
  { finish, problems }: Registration,
  read: (options: O, common: CommonOptions) => Promise<Reading>,
): void {
  command.action(async () => {
    preferFlags(command);
    const options = command.opts<Partial<CommonOptions> & O>();
    const common = commonOptions(options);
    const { problems: mistakes, asksForRegion, run } = await read(options, common);
    const outside = environmentProblems(process.env, common, asksForRegion);
    const all = [...problems, ...commonProblems(common), ...outside, ...mistakes];
    if (all.length > 0) throw usageFailure(all);
    finish(await run());
  });
}

const KEY_SOURCES = ['keyFile', 'keyEnv', 'generate'];
/** An option, and those that it takes the place of. */
const EXCLUDED_BY: readonly [string, readonly string[]][] = [
  ['secretArn', ['secretName', 'region', 'kmsKeyId', ...KEY_SOURCES]],
  ['secretName', ['secretArn']],
  ['rollback', KEY_SOURCES],
  ...KEY_SOURCES.map((name): [string, string[]] => [name, KEY_SOURCES.filter((each) => each !== name)]),
];

/** A flag wins over a variable, also over one of another option that does not go together with it. */
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
