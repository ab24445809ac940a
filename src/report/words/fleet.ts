import type { StepName } from '../types.ts';

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
  progress: {
    'store-secret': 'Storing the keys',
    'read-policy': 'Setting up the read policies',
    'trust-role': 'Setting up the roles',
  } satisfies Record<StepName, string>,
  stepDone: {
    'store-secret': 'Secrets in place',
    'read-policy': 'Read policies in place',
    'trust-role': 'Roles in place',
  } satisfies Record<StepName, string>,
  several: {
    secret: (number: number) => `${count(number)} secrets`,
    policy: (number: number) => `${count(number)} policies`,
    role: (number: number) => `${count(number)} roles`,
  },
  moreNotes: (number: number) => `and ${count(number)} more notes; --dry-run shows them all`,

  leftOut: (number: number, all: number) =>
    `${count(number)} of ${count(all)} keys cannot be set up as they are:`,
  failed: (number: number, all: number) => `${count(number)} of ${count(all)} keys failed:`,
  more: (number: number) => `and ${count(number)} more; --json has them all`,
  goOn: 'The other keys are in place. Run the same command again when this is put right: it does only the rest.',
  noneDone: 'Nothing was changed.',
  failedShort: (number: number) => (number === 1 ? 'One key failed.' : `${count(number)} keys failed.`),
  nothingToDo: 'Every key is in place already. Nothing has to be changed.',
  column: { key: 'key', why: 'why' },

  done: (number: number) =>
    number === 1 ? 'MediaConnect can read the key.' : `MediaConnect can read ${count(number)} keys.`,
  where: (region: string, number: number) => `${fleetWords.several.secret(number)} in ${region}`,
  arnsInJson:
    'Each flow takes the secret ARN of its own Region. --json prints them all, as "encryption": what the MediaConnect API takes for each key and Region.',
};

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 100 ? `about ${seconds} s` : `about ${Math.ceil(seconds / 60)} min`;
}
