import type { Fault } from './types.ts';

interface Armed {
  readonly fault: Fault;
  seen: number;
}

/** The faults that a test has asked for. */
export class Faults {
  readonly #armed: Armed[] = [];

  add(fault: Fault): void {
    this.#armed.push({ fault, seen: 0 });
  }

  clear(): void {
    this.#armed.length = 0;
  }

  /** Counts this request, and answers the fault that applies to it. Each fault counts every request that it matches. */
  next(service: string, action: string, region: string): Fault | undefined {
    const matching = this.#armed.filter(({ fault }) => matches(fault, service, action, region));
    const due = matching.find(isDue);
    for (const armed of matching) {
      armed.seen += 1;
    }
    return due?.fault;
  }
}

function matches(fault: Fault, service: string, action: string, region: string): boolean {
  const named =
    fault.action === undefined || fault.action === action || fault.action === `${service}:${action}`;
  return named && (fault.region === undefined || fault.region === region);
}

function isDue({ fault, seen }: Armed): boolean {
  const first = fault.skip ?? 0;
  return seen >= first && seen < first + (fault.times ?? 1);
}
