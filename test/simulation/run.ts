import type { Fault } from './stories/story.ts';
import { isWrite, type Request } from './world/requests.ts';

/** A command that is being played, with what goes wrong with it. */
export class Run {
  readonly name: string;
  readonly controller = new AbortController();
  /** Changes that AWS has been asked for, in order, also those that it refused. */
  readonly writes: Write[] = [];
  state: 'running' | 'over' | 'killed' = 'running';
  /** The exit code; absent while it runs, and when it was killed. */
  code: number | undefined;
  /** What it has written, to standard output and standard error. */
  log = '';
  /** When it ended, on the clock of the story. */
  endedAt = Number.POSITIVE_INFINITY;
  /** True when it ended with an error that is a defect of the program. */
  defect = false;
  readonly #faults: readonly Fault[];
  readonly #counts = { any: 0, write: 0, iam: 0 };

  constructor(name: string, faults: readonly Fault[] = []) {
    this.name = name;
    this.#faults = faults;
  }

  get disturbed(): boolean {
    return this.#faults.length > 0;
  }

  /** How many requests something may go wrong with, stale reads left out. */
  get faultCount(): number {
    return this.#faults.reduce(
      (sum, fault) => sum + (fault.kind === 'stale' ? 0 : 'times' in fault ? fault.times : 1),
      0,
    );
  }

  get staleCount(): number {
    return this.#faults.filter(({ kind }) => kind === 'stale').length;
  }

  /** How old its views of IAM were at the most, in milliseconds. */
  get oldestViewMs(): number {
    return Math.max(0, ...this.#faults.map((fault) => (fault.kind === 'stale' ? fault.seconds * 1000 : 0)));
  }

  get ended(): boolean {
    return this.state !== 'running';
  }

  /** Counts a request that is about to be carried out, and returns what goes wrong with it. */
  strike({ service, action }: Pick<Request, 'service' | 'action'>): Strike {
    const write = isWrite(action);
    const at = { any: this.#counts.any, write: this.#counts.write, iam: this.#counts.iam };
    this.#counts.any += 1;
    if (write) this.#counts.write += 1;
    if (service === 'iam') this.#counts.iam += 1;
    const strike: Strike = { lagMs: 0 };
    for (const fault of this.#faults) {
      if (fault.kind === 'stale') {
        const stale = service === 'iam' && at.iam >= fault.from && at.iam < fault.from + fault.count;
        if (stale) strike.lagMs = Math.max(strike.lagMs, fault.seconds * 1000);
        continue;
      }
      if (fault.on === 'write' && !write) continue;
      const nth = at[fault.on] - fault.at;
      if (nth >= 0 && nth < ('times' in fault ? fault.times : 1)) strike.kind ??= fault.kind;
    }
    return strike;
  }
}

/** A change that AWS has been asked for. */
export interface Write {
  /** Such as `iam:CreateRole`. */
  readonly name: string;
  /** When it was sent, on the clock of the story. */
  readonly at: number;
  /** The input, as JSON. */
  readonly input: string;
  /** Whether AWS has answered with an error. */
  refused?: boolean;
}

/** What goes wrong with a request. */
export interface Strike {
  lagMs: number;
  kind?: Exclude<Fault['kind'], 'stale'>;
}
