/** Words of runs for many keys. */

const counted = new Intl.NumberFormat('en-US');

/** A number as a person reads it. */
export function count(number: number): string {
  return counted.format(number);
}

export const fleetWords = {
  counted: (what: string, bar: string, done: number, total: number, leftMs: number | undefined) => {
    const left = leftMs === undefined ? '' : `, ${duration(leftMs)} left`;
    return `${what}: ${bar}${count(done)} of ${count(total)}${left}`;
  },
};

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 100 ? `about ${seconds} s` : `about ${Math.ceil(seconds / 60)} min`;
}
