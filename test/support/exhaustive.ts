/** Whether every case is to be run (`npm run test:faults`), and not only a representative part. */
export const exhaustive = process.env.FAULTS === 'all';

/** How many cases a property test runs: so many in `npm test`, and so many in `npm run test:faults`. */
export function runs(normal: number, all: number): number {
  return exhaustive ? all : normal;
}

/** All of the cases, or each `every`th of them in `npm test`. */
export function partOf<T>(cases: readonly T[], every: number): T[] {
  return exhaustive ? [...cases] : cases.filter((_, index) => index % every === 0);
}
