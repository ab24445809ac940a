// `npm run simulate -- [--stories N] [--seed S] [--from K] [--jobs J] [--failures N] [--wire] [--only KINDS] [--skip REGEXP]`:
// plays random stories on all cores, prints progress, and prints each failure as the smallest story that shows it. Exits with 1
// if there is a failure.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readOptions } from './options.ts';
import { type Message, playShard } from './shard.ts';

const SHARD = 'MC_SIMULATION_SHARD';
const args = process.argv.slice(2);
const options = readOptions(args);
const { [SHARD]: shard } = process.env;
if (shard !== undefined) {
  await playShard(options, Number(shard), (message) => process.send?.(message));
  process.disconnect();
} else {
  process.exitCode = await playAll();
}

/** Plays all stories in several processes, and returns the exit code. */
async function playAll(): Promise<number> {
  const begun = performance.now();
  const totals = { stories: 0, requests: 0 };
  const sorts = new Map<string, number>();
  const children: ChildProcess[] = [];
  const usual = () => {
    const seconds = (performance.now() - begun) / 1000;
    return `${totals.stories} stories, ${totals.requests} requests in ${seconds.toFixed(0)} s (${(totals.stories / seconds).toFixed(0)} a second)`;
  };
  const hear = (message: Message) => {
    if (message.kind === 'progress') {
      totals.stories += message.stories;
      totals.requests += message.requests;
      return;
    }
    const { sort, number, lines } = message;
    const times = sorts.get(sort) ?? 0;
    sorts.set(sort, times + 1);
    if (times > 0 || sorts.size > options.failures) return;
    console.log(`\n──── story ${number}: ${sort}\n${lines.join('\n')}\n`);
    if (sorts.size >= options.failures) for (const child of children) child.kill();
  };
  const progress = setInterval(() => console.log(usual()), 10_000);
  const codes = await Promise.all(
    Array.from({ length: options.jobs }, (_, nth) => {
      const child = fork(fileURLToPath(import.meta.url), args, {
        env: { ...process.env, [SHARD]: `${nth}` },
      });
      children.push(child);
      child.on('message', (message) => hear(message as Message));
      return new Promise<number | null>((resolve) => child.on('exit', resolve));
    }),
  );
  clearInterval(progress);
  console.log(usual());
  for (const sort of sorts.keys()) console.log(`failed: ${sort}`);
  // A process that was killed above, after enough failures, has no exit code.
  return sorts.size === 0 && codes.every((code) => code === 0) ? 0 : 1;
}
