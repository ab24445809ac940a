import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { Random } from '../stories/random.ts';
import { Clock } from './clock.ts';

/**
 * Time and randomness of the process while a story is played: everything that the program, the SDK and the sandbox take from
 * Node comes from one clock and one seed. At other times, everything is Node's own.
 */
interface Play {
  readonly clock: Clock;
  /** Randomness in what the program does, such as pauses. */
  readonly chance: Random;
  /** Randomness in generated values: IDs and ARN suffixes. */
  readonly ids: Random;
  readonly uuids: Random;
  readonly bytes: Random;
}

let play: Play | undefined;

/** Starts the time of a story. */
export function beginTime(seed: number): Clock {
  if (play) throw new Error('another story is being played');
  const [chance, ids, uuids, bytes] = [1, 2, 3, 4].map((stream) => new Random(seed, stream));
  if (!chance || !ids || !uuids || !bytes) throw new Error('there is a stream for each');
  play = { clock: new Clock(), chance, ids, uuids, bytes };
  return play.clock;
}

/** Restores the time of Node. */
export function endTime(): void {
  play = undefined;
}

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  Date: globalThis.Date,
  now: performance.now.bind(performance),
  random: Math.random,
  sleep: timers.setTimeout,
  randomInt: crypto.randomInt,
  randomUUID: crypto.randomUUID,
  randomBytes: crypto.randomBytes,
};

/** Returns the real time, in milliseconds. */
export function realNow(): number {
  return real.now();
}

/** Waits for one turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => real.setImmediate(resolve));
}

/** Replaces Node's functions for time and randomness, until the returned function is called. */
export function installTime(): () => void {
  const patched = {
    setTimeout: (fire: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      play ? play.clock.set(() => fire(...args), ms) : real.setTimeout(fire, ms, ...args),
    setInterval: (fire: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      play ? play.clock.set(() => fire(...args), ms, ms) : real.setInterval(fire, ms, ...args),
    clearTimeout: (timer: unknown) =>
      play ? play.clock.clear(timer) : real.clearTimeout(timer as NodeJS.Timeout),
    clearInterval: (timer: unknown) =>
      play ? play.clock.clear(timer) : real.clearInterval(timer as NodeJS.Timeout),
    Date: virtualDate(),
  };
  Object.assign(globalThis, patched);
  performance.now = () => (play ? play.clock.now : real.now());
  Math.random = () => (play ? play.chance.fraction() : real.random());
  Object.assign(timers, { setTimeout: sleep });
  Object.assign(crypto, { randomInt, randomUUID, randomBytes });
  syncBuiltinESMExports();
  return () => {
    for (const name of ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date'] as const)
      Object.assign(globalThis, { [name]: real[name] });
    Reflect.deleteProperty(performance, 'now');
    Math.random = real.random;
    Object.assign(timers, { setTimeout: real.sleep });
    for (const name of ['randomInt', 'randomUUID', 'randomBytes'] as const)
      Object.assign(crypto, { [name]: real[name] });
    syncBuiltinESMExports();
  };
}

function virtualDate(): DateConstructor {
  return new Proxy(real.Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 && play ? [play.clock.date] : args, newTarget),
    get: (target, name) => (name === 'now' && play ? currentDate : Reflect.get(target, name)),
  });
}

function currentDate(): number {
  return play ? play.clock.date : real.Date.now();
}

function sleep<T>(ms = 0, value?: T, options: { signal?: AbortSignal } = {}): Promise<T> {
  if (!play) return real.sleep(ms, value as T, options);
  const { clock } = play;
  return new Promise<T>((resolve, reject) => {
    const { signal } = options;
    const abort = () => {
      clock.clear(timer);
      reject(Object.assign(new Error('The operation was aborted'), { name: 'AbortError' }));
    };
    const timer = clock.set(() => {
      signal?.removeEventListener('abort', abort);
      resolve(value as T);
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

function randomInt(least: number, limit?: number): number {
  const [from, to] = limit === undefined ? [0, least] : [least, limit];
  return play ? from + play.ids.below(to - from) : real.randomInt(from, to);
}

function randomUUID(): string {
  if (!play) return real.randomUUID();
  const digits = play.uuids.hex(32);
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `a${digits.slice(17, 20)}`,
  ];
  return `${parts.join('-')}-${digits.slice(20)}`;
}

function randomBytes(size: number): Buffer {
  return play ? Buffer.from(play.bytes.hex(size * 2), 'hex') : real.randomBytes(size);
}
