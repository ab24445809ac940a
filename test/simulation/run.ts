import type { Fault } from './stories/story.ts';
import { isWrite, type Request } from './world/requests.ts';

/** A command that is being played, with its faults. */
export class Run {
  readonly name: string;
  readonly controller = new AbortController();
  /** The writes that were sent to AWS, in order, including rejected ones. */
  readonly writes: Write[] = [];
  state: 'running' | 'over' | 'killed' = 'running';
  /** The exit code; undefined while it runs, and after it was killed. */
  code: number | undefined;
  /** Its standard output and standard error. */
  log = '';
  /** The time at which it ended, on the clock of the story. */
  endedAt = Number.POSITIVE_INFINITY;
  /** True if it ended with an error that is a bug of the program. */
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

  /** The number of requests that can fail, without stale reads. */
  get faultCount(): number {
    return this.#faults.reduce(
      (sum, fault) => sum + (fault.kind === 'stale' ? 0 : 'times' in fault ? fault.times : 1),
      0,
    );
  }

  get staleCount(): number {
    return this.#faults.filter(({ kind }) => kind === 'stale').length;
  }

  /** The maximum age of its views of IAM, in milliseconds. */
  get oldestViewMs(): number {
    return Math.max(0, ...this.#faults.map((fault) => (fault.kind === 'stale' ? fault.seconds * 1000 : 0)));
  }

  get ended(): boolean {
    return this.state !== 'running';
  }

  /** Counts a request that is about to be carried out, and returns its faults. */
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

/** A write that was sent to AWS. */
export interface Write {
  /** Such as `iam:CreateRole`. */
  readonly name: string;
  /** When it was sent, on the clock of the story. */
  readonly at: number;
  /** The input, as JSON. */
  readonly input: string;
  /** True if AWS has answered with an error. */
  refused?: boolean;
}

/** The faults of one request. */
export interface Strike {
  lagMs: number;
  kind?: Exclude<Fault['kind'], 'stale'>;
}
