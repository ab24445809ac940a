// `npm run bench`: how fast and how frugal the program is, as ratios, because absolute times say more about the machine.
//
// - Times are wall clock from starting a process until it is gone. What is compared runs in turn (A B A B …); the figure is
//   the median of the ratios of all rounds, and beside it are the medians of the times.
// - `setup` runs in full: fresh names, no terminal, with its proof. It is held against `bare-calls.ts`, which is bundled as
//   the program is and makes only CreateSecret, CreatePolicy, CreateRole and AttachRolePolicy, and against the same four
//   calls made with the AWS CLI, where there is one.
// - Dependent round trips are the longest chain of requests in which each arrived after the answer to the one before had been
//   sent, by the sandbox's record, with 100 ms added to every answer so that nothing else is mistaken for waiting.
// - Peak memory is the greatest resident set (`process.resourceUsage().maxRSS`), in runs of its own.
// - Many keys (`setup --manifest`) run against a sandbox with the quotas that an account of AWS starts with and 30 ms of latency: once
//   each, as a run takes its twenty seconds whatever the machine does beside. A run is killed with SIGKILL.
// - `npm test` runs only when asked for: `npm run bench -- --tests`.
//
// The endpoint is a sandbox in a process of its own, or the one in AWS_ENDPOINT_URL; there, what the runs create stays.
// Ends with 1 if a figure misses its reach.
import { openEndpoint } from './endpoint.ts';
import { measureFleet, measureFleetMemory, measureKills } from './fleet.ts';
import {
  measureAgainstCli,
  measureMemory,
  measureRoundTrips,
  measureSetup,
  measureStart,
  measureTests,
} from './measures.ts';
import { type Row, table } from './table.ts';

const rows: Row[] = [];
const endpoint = await openEndpoint();
try {
  console.log(`Measuring against ${endpoint.name}…`);
  for (const measure of [measureStart, measureSetup, measureAgainstCli, measureRoundTrips, measureMemory]) {
    rows.push(...(await measure(endpoint)));
  }
} finally {
  endpoint.close();
}
for (const measure of [measureFleet, measureFleetMemory, measureKills]) rows.push(...(await measure()));
if (process.argv.includes('--tests')) rows.push(...(await measureTests()));

console.log(`\n${table(rows)}`);
if (rows.some(({ verdict }) => verdict === 'MISSED')) process.exitCode = 1;
