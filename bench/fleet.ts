import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, killedAfter, peakMemory, program, run, timed } from './child.ts';
import { openWithQuotas } from './endpoint.ts';
import type { ServedRequest } from './sandbox-server.ts';
import { atLeast, atMost, type Row } from './table.ts';

const REGIONS = ['us-west-2', 'eu-west-1'];
/** Secrets that AWS lets an account create in a second and Region. */
const QUOTA = 50;
const LATENCY_MS = 30;
const MANY = 1_000;
const MEMORY_ROUNDS = 3;
const KILLED_KEYS = 40;
const KILLS = 8;
const ALL_SECRETS = KILLED_KEYS * REGIONS.length;

/**
 * `setup --manifest` for many keys, in two Regions, against AWS's default quotas and a latency of 30 ms. The whole run counts,
 * from its start to its end. A second's worth of the quota is there in the beginning, which is a twentieth of it here.
 */
export async function measureFleet(): Promise<Row[]> {
  const { fresh, again } = await inAccount(MANY, async (setup) => ({
    fresh: await timed(setup),
    again: await timed(setup),
  }));
  const tenth = await inAccount(MANY / 10, timed);
  const ideal = (MANY / QUOTA) * 1000;
  return [
    atLeast(
      0.9,
      ideal / fresh,
      '1,000 keys in 2 Regions, against the quota',
      `${s(fresh)} against ${s(ideal)}`,
    ),
    atMost(0.25, again / fresh, 'the same with nothing to do, against the first time', s(again)),
    atMost(10.5, fresh / tenth, 'the same, against 100 keys', `${s(fresh)} against ${s(tenth)}`, '×'),
  ];
}

/** The peak memory for 1,000 keys against that for 10; a run without work is not what is looked at. */
export async function measureFleetMemory(): Promise<Row[]> {
  const pairs: { many: number; few: number }[] = [];
  for (let round = 0; round < MEMORY_ROUNDS; round += 1) {
    pairs.push({ many: await inAccount(MANY, peakMemory), few: await inAccount(10, peakMemory) });
  }
  const [middle] = pairs.sort((a, b) => a.many / a.few - b.many / b.few).slice(Math.floor(pairs.length / 2));
  const { many = Number.NaN, few = Number.NaN } = middle ?? {};
  const detail = `${mib(many)} against ${mib(few)}`;
  return [atMost(1.3, many / few, 'peak memory at 1,000 keys, against 10 keys', detail, '×')];
}

/** Runs that are killed at one moment or another, and run again: the same end, and nothing made twice. */
export async function measureKills(): Promise<Row[]> {
  const whole = await inAccount(KILLED_KEYS, timed);
  let good = 0;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    good += Number(await endsTheSame((whole * kill) / (KILLS + 1)));
  }
  const measure = `killed at ${KILLS} moments and run again: the same end, nothing twice`;
  return [atLeast(KILLS, good, measure, `${KILLED_KEYS} keys in 2 Regions`)];
}

/**
 * Whether a run that was killed is finished by the next one, and one more finds all of it in place: a secret for each key and
 * Region, with the same key in both, one policy that allows them, one role.
 */
async function endsTheSame(killMs: number): Promise<boolean> {
  let answers: string[] = [];
  let requests: ServedRequest[] = [];
  await inAccount(
    KILLED_KEYS,
    async (setup) => {
      await killedAfter(killMs, setup);
      answers = [await run(setup), await run(setup)];
    },
    (record) => {
      requests = record;
    },
    // A run that fails is a figure, and no reason to measure nothing else.
  ).catch(() => undefined);
  const [, again] = answers;
  return again !== undefined && isWhole(JSON.parse(again)) && madeOnce(requests);
}

interface Resources {
  secrets: { action: string }[];
  policies: { action: string }[];
  roles: { action: string }[];
}

/** `setup` says `kept` of what holds the right key, allows it to be read, and may be assumed. */
function isWhole({ secrets, policies, roles }: Resources): boolean {
  const kept = [...secrets, ...policies, ...roles].filter(({ action }) => action === 'kept');
  return kept.length === ALL_SECRETS + 2 && secrets.length === ALL_SECRETS && roles.length === 1;
}

/** Nothing was made twice, and nothing was written over. */
function madeOnce(requests: ServedRequest[]): boolean {
  const made = (action: string) =>
    requests.filter((request) => request.action === action && request.status === 200).length;
  const counts = ['CreateSecret', 'CreatePolicy', 'CreateRole', 'PutSecretValue', 'CreatePolicyVersion'].map(
    made,
  );
  return counts.join() === [ALL_SECRETS, 1, 1, 0, 0].join();
}

/** Does something with the command that sets up so many keys, in an account in which there is nothing yet. */
async function inAccount<T>(
  keys: number,
  work: (setup: Command) => Promise<T>,
  look: (requests: ServedRequest[]) => void = () => undefined,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mc-static-key-bench-'));
  const endpoint = await openWithQuotas();
  let done: { value: T } | undefined;
  try {
    const manifest = join(folder, 'keys.yaml');
    await writeFile(manifest, manifestOf(keys));
    const setup = program(['setup', '--manifest', manifest, '--yes', '--json'], endpoint.env);
    look(
      (await endpoint.record?.(LATENCY_MS, async () => {
        done = { value: await work(setup) };
      })) ?? [],
    );
  } finally {
    endpoint.close();
    await rm(folder, { recursive: true });
  }
  if (!done) throw new Error('nothing was measured');
  return done.value;
}

function manifestOf(keys: number): string {
  const names = Array.from({ length: keys }, (_, at) => `live/feed-${String(at + 1).padStart(4, '0')}`);
  return [
    'version: 1',
    'defaults:',
    `  regions: [${REGIONS.join(', ')}]`,
    '  key: { generate: aes256 }',
    '  policyScope: prefix',
    '  policyPrefix: live/',
    'keys:',
    ...names.map((name) => `  - secretName: ${name}`),
    '',
  ].join('\n');
}

function s(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function mib(kib: number): string {
  return `${(kib / 1024).toFixed(0)} MiB`;
}
