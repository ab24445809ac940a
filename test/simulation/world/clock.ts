/** A function to call at a time. */
interface Timer {
  at: number;
  /** The order of timers for the same time. */
  readonly number: number;
  /** The interval of a repeating timer, in milliseconds. */
  readonly every: number | undefined;
  /** The run that set it, so that a killed run leaves no timers. */
  readonly owner: unknown;
  fire: (() => void) | undefined;
}

/** The time at which every story begins. */
const BEGINNING = Date.UTC(2026, 0, 15, 9);

/** A clock that advances only on request. All times are milliseconds since its creation. */
export class Clock {
  #now = 0;
  #count = 0;
  /** A heap with the earliest timer first. */
  readonly #timers: Timer[] = [];
  /** The current run, which owns the timers that are set. */
  owner: unknown;

  get now(): number {
    return this.#now;
  }

  /** The date, in milliseconds since the epoch. */
  get date(): number {
    return BEGINNING + this.#now;
  }

  set(fire: () => void, afterMs: number, every?: number): Timer {
    const at = this.#now + Math.max(1, Number.isFinite(afterMs) ? afterMs : 1);
    const timer: Timer = { at, number: this.#count, every, owner: this.owner, fire };
    this.#count += 1;
    this.#insert(timer);
    return timer;
  }

  clear(timer: unknown): void {
    if (typeof timer === 'object' && timer !== null && 'fire' in timer) timer.fire = undefined;
  }

  /** Drops all timers of a run. */
  drop(owner: unknown): void {
    for (const timer of this.#timers) if (timer.owner === owner) timer.fire = undefined;
  }

  /** Returns the time of the next timer; undefined if there is none. */
  next(): number | undefined {
    while (this.#timers[0] && !this.#timers[0].fire) this.#shift();
    return this.#timers[0]?.at;
  }

  /** Advances the clock. Timers wait until `fire` is called. */
  pass(ms: number): void {
    this.#now += ms;
  }

  /** Fires the next timer, and advances the clock to its time if needed. */
  fire(): void {
    if (this.next() === undefined) return;
    const timer = this.#shift();
    if (!timer?.fire) return;
    this.#now = Math.max(this.#now, timer.at);
    this.owner = timer.owner;
    const { fire } = timer;
    if (timer.every === undefined) timer.fire = undefined;
    else {
      timer.at = this.#now + timer.every;
      this.#insert(timer);
    }
    fire();
  }

  #insert(timer: Timer): void {
    const heap = this.#timers;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || isBefore(above, timer)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
  }

  #shift(): Timer | undefined {
    const heap = this.#timers;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      if (!left) break;
      const child = right && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
      const below = heap[child];
      if (!below || isBefore(last, below)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.number < b.number);
}
