import { availableParallelism } from 'node:os';
import { callWithAwsCli, hasAwsCli } from './aws-cli.ts';
import { bareCalls, npmTest, peakMemory, program, run, runs, timed } from './child.ts';
import type { Endpoint } from './endpoint.ts';
import { type Comparison, compare } from './repeat.ts';
import { dependentRoundTrips } from './round-trips.ts';
import { freshSubject, type Subject, setupArguments } from './subject.ts';
import { atLeast, atMost, notMeasured, type Row } from './table.ts';

const START_ROUNDS = 21;
const SETUP_ROUNDS = 21;
const CLI_ROUNDS = 3;
const MEMORY_ROUNDS = 5;
const ADDED_LATENCY_MS = 100;

/** `--help` and `--version`, against a Node.js that does nothing. */
export async function measureStart({ env }: Endpoint): Promise<Row[]> {
  const nothing = () => timed({ file: process.execPath, args: ['-e', '0'], env });
  const { help, version } = await compare(START_ROUNDS, nothing, {
    help: () => timed(program(['--help'], env)),
    version: () => timed(program(['--version'], env)),
  });
  return [
    atMost(1.5, help.ratio, '--help, against node -e 0', both(help, ms), '×'),
    atMost(1.5, version.ratio, '--version, against node -e 0', both(version, ms), '×'),
  ];
}

/** A fresh `setup` with its proof, against the four bare calls made by a bundled script. */
export async function measureSetup({ env }: Endpoint): Promise<Row[]> {
  const bare = () => timed(bareCalls(freshSubject(env).env));
  const { fresh } = await compare(SETUP_ROUNDS, bare, { fresh: () => timed(setup(freshSubject(env))) });
  return [atMost(1.6, fresh.ratio, 'setup, against the four bare calls', both(fresh, ms), '×')];
}

/** A fresh `setup` with its proof, against the four calls made with the AWS CLI. */
export async function measureAgainstCli({ env }: Endpoint): Promise<Row[]> {
  const measure = 'setup, against the AWS CLI';
  if (!(await hasAwsCli(env))) return [notMeasured(measure, 'there is no AWS CLI here')];
  const { cli } = await compare(CLI_ROUNDS, () => timed(setup(freshSubject(env))), {
    async cli() {
      const started = performance.now();
      await callWithAwsCli(freshSubject(env));
      return performance.now() - started;
    },
  });
  const detail = `${ms(cli.yardstick)} against ${ms(cli.figure)}`;
  return [atLeast(5, cli.ratio, measure, detail, '× faster')];
}

/** How many round trips a `setup` has to wait for one after the other, with everything and with nothing to do. */
export async function measureRoundTrips({ env, record }: Endpoint): Promise<Row[]> {
  const fresh = 'dependent round trips, fresh, with proof';
  const again = 'dependent round trips, nothing to do';
  if (!record) {
    return [fresh, again].map((measure) => notMeasured(measure, 'only a sandbox of the bench can tell'));
  }
  const subject = freshSubject(env);
  const row = async (reach: number, measure: string) => {
    const requests = await record(ADDED_LATENCY_MS, async () => void (await run(setup(subject))));
    return atMost(reach, dependentRoundTrips(requests), measure, `${requests.length} requests`);
  };
  return [await row(7, fresh), await row(4, again)];
}

/** The peak memory of a fresh `setup`, against that of the script with the four bare calls. */
export async function measureMemory({ env }: Endpoint): Promise<Row[]> {
  const bare = () => peakMemory(bareCalls(freshSubject(env).env));
  const { peak } = await compare(MEMORY_ROUNDS, bare, { peak: () => peakMemory(setup(freshSubject(env))) });
  return [atMost(1.5, peak.ratio, 'peak memory, against the four bare calls', both(peak, mib), '×')];
}

/** `npm test`, whole, in an environment without the bench's settings. Tests that fail are fast for the wrong reason. */
export async function measureTests(): Promise<Row[]> {
  const measure = 'npm test, whole, on 2 cores';
  const started = performance.now();
  const passed = await runs(npmTest(process.env));
  const seconds = (performance.now() - started) / 1000;
  const row = atMost(90, seconds, measure, `on ${availableParallelism()} here`, ' s');
  return [passed ? row : { ...row, verdict: 'MISSED', detail: 'tests fail' }];
}

function setup(subject: Subject) {
  return program(setupArguments(subject), subject.env);
}

function both({ figure, yardstick }: Comparison, shown: (figure: number) => string): string {
  return `${shown(figure)} against ${shown(yardstick)}`;
}

function ms(milliseconds: number): string {
  return `${milliseconds.toFixed(0)} ms`;
}

function mib(kib: number): string {
  return `${(kib / 1024).toFixed(0)} MiB`;
}
