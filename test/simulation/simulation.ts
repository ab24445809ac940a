import type { SandboxState } from '../../src/sandbox/sandbox-state.ts';
import type { Run, Write } from './run.ts';
import type { Clock } from './world/clock.ts';
import {
  type Answer,
  connectionLost,
  isWrite,
  type Request,
  requestAborted,
  type Send,
} from './world/requests.ts';
import { holdOf, type Schedule } from './world/schedule.ts';
import { turn } from './world/virtual-time.ts';

/** A request that waits to be carried out, or a response that waits to be received. */
interface Event {
  readonly run: Run;
  readonly request: Request;
  readonly since: number;
  /** Undefined until the request is carried out. */
  answer?: Answer;
  readonly settle: (answer: Answer) => void;
}

/** The time that a request takes, and that a response takes, in milliseconds. */
const ON_THE_WAY_MS = 5;
/** The maximum time for which an event is held back, in milliseconds. After that, the SDK would abort the request. */
const MOST_HELD_MS = 15_000;
/** A run with more events or writes than this counts as endless. */
const MOST_EVENTS = 5_000;
const MOST_WRITES = 80;

/** Thrown for a run that does not end. */
export class Endless extends Error {}

/**
 * Plays runs concurrently. After each event, all code runs until every run waits for AWS or for a timer. Then the schedule
 * decides what happens next: a request is carried out, a response is received, or time passes.
 */
export class Simulation {
  readonly sandbox: SandboxState;
  readonly clock: Clock;
  readonly #schedule: Schedule;
  readonly #turns: number;
  #events: Event[] = [];
  #arrived: Event[] = [];
  #runs: Run[] = [];
  #held: { run: Run; events: number } | undefined;

  /**
   * @param turns the number of turns of the event loop until every run waits: the SDK's own clients need more than one
   */
  constructor(sandbox: SandboxState, clock: Clock, schedule: Schedule, turns = 1) {
    this.#turns = turns;
    this.sandbox = sandbox;
    this.clock = clock;
    this.#schedule = schedule;
  }

  /** Returns the function that sends the requests of a run. */
  sender(run: Run): Send {
    return (request) =>
      new Promise((resolve, reject) => {
        const settle = (answer: Answer) => {
          request.signal?.removeEventListener('abort', abort);
          if ('error' in answer) reject(answer.error);
          else resolve(answer.value);
        };
        const abort = () => settle({ error: requestAborted() });
        request.signal?.addEventListener('abort', abort, { once: true });
        this.#arrived.push({ run, request, since: this.clock.now, settle });
      });
  }

  /**
   * Plays the runs until all have ended.
   * @throws Endless if one does not
   */
  async play(runs: readonly { run: Run; begin: () => Promise<void> }[]): Promise<void> {
    this.#runs = runs.map(({ run }) => run);
    for (const { run, begin } of runs) {
      this.clock.owner = run;
      void begin().then(
        () => this.#end(run),
        () => this.#end(run),
      );
      await this.#settle();
    }
    for (let events = 0; this.#runs.some((run) => !run.ended); events += 1) {
      if (events > MOST_EVENTS) throw new Endless(`${this.#open()} goes on for ever`);
      await this.#step();
    }
    this.#events = [];
    this.#arrived = [];
  }

  #end(run: Run): void {
    if (run.state === 'running') run.state = 'over';
    run.endedAt = this.clock.now;
  }

  #open(): string {
    return this.#runs
      .filter((run) => !run.ended)
      .map(({ name }) => name)
      .join(', ');
  }

  /** Runs all code until every run waits. */
  async #settle(): Promise<void> {
    for (let count = 0; count < this.#turns; count += 1) await turn();
    this.#receive();
  }

  /** Adds the requests that were sent since the last event, in an order that does not depend on the clients. */
  #receive(): void {
    if (this.#arrived.length === 0) return;
    const arrived = this.#arrived;
    this.#arrived = [];
    if (arrived.length > 1) arrived.sort(inOrder);
    for (const event of arrived) if (event.run.state === 'running') this.#events.push(event);
  }

  async #step(): Promise<void> {
    const event = this.#choose();
    if (event === undefined) {
      this.clock.fire();
    } else if (!event.answer) {
      const wakes = this.#carryOut(event);
      if (!wakes) return;
    } else {
      this.#events.splice(this.#events.indexOf(event), 1);
      this.clock.pass(ON_THE_WAY_MS);
      this.clock.owner = event.run;
      event.settle(event.answer);
    }
    await this.#settle();
  }

  /** Returns the next event; undefined if a timer fires next. */
  #choose(): Event | undefined {
    const { now } = this.clock;
    const timer = this.clock.next();
    if (timer !== undefined && timer <= now) return undefined;
    let open = this.#events;
    if (this.#held) {
      const { run } = this.#held;
      this.#held.events -= 1;
      if (this.#held.events <= 0 || run.ended) this.#held = undefined;
      const others = open.filter((event) => event.run !== run);
      const overdue = open.some((event) => event.run === run && now - event.since > MOST_HELD_MS);
      if (others.length === 0 && timer !== undefined && timer - now < MOST_HELD_MS && !overdue && this.#held)
        return undefined;
      if (others.length > 0 && !overdue) open = others;
    }
    const [first] = open;
    if (!first) {
      if (timer === undefined) throw new Endless(`${this.#open()} waits for nothing`);
      return undefined;
    }
    if (open.length === 1 && this.#runs.length === 1) return first;
    const choice = this.#schedule.next();
    const hold = holdOf(choice);
    if (hold === 0) return open[choice % open.length];
    if (this.#runs.length > 1) this.#held = { run: first.run, events: hold };
    return open.find((event) => event.run !== first.run) ?? first;
  }

  /** Carries a request out. Returns true if a run notices it at once. */
  #carryOut(event: Event): boolean {
    const { run, request } = event;
    const { kind, lagMs } = run.strike(request);
    const name = `${request.service}:${request.action}`;
    const write = isWrite(request.action);
    const leave = () => this.#events.splice(this.#events.indexOf(event), 1);
    if (kind === 'interrupt') {
      this.clock.owner = run;
      run.controller.abort();
    }
    if (kind === 'kill-before') {
      this.#kill(run);
      return true;
    }
    this.clock.pass(ON_THE_WAY_MS);
    if (write && run.writes.length >= MOST_WRITES) throw new Endless(`${run.name} sends changes for ever`);
    const sent: Write = {
      name,
      at: this.clock.now,
      input: write ? request.input() : '',
    };
    if (write) run.writes.push(sent);
    if (kind === 'lost-before') {
      event.answer = { error: connectionLost() };
      sent.refused = true;
    } else {
      const refuse = kind === 'throttle' || kind === 'internal-error' ? { refuse: kind } : {};
      event.answer = request.deliver({ lagMs, ...refuse });
      sent.refused = 'error' in event.answer || event.answer.refused === true;
      if (kind === 'lost-after') event.answer = { error: connectionLost() };
    }
    if (kind === 'kill-after') {
      this.#kill(run);
      return true;
    }
    // The response comes after the events that are waiting already.
    leave();
    this.#events.push(event);
    return kind === 'interrupt';
  }

  #kill(run: Run): void {
    run.state = 'killed';
    this.#events = this.#events.filter((event) => event.run !== run);
    this.clock.drop(run);
  }
}

/** Compares inputs only if everything else is equal, because serializing them takes time. */
function inOrder(a: Event, b: Event): number {
  const [first, second] = [keyOf(a), keyOf(b)];
  if (first !== second) return first < second ? -1 : 1;
  return a.request.input() < b.request.input() ? -1 : 1;
}

function keyOf({ run, request: { service, region, action } }: Event): string {
  return `${run.name} ${service} ${region} ${action}`;
}
