import type { StepName } from '../plan-types.ts';

/** Formats a whole number with thousands separators. `Intl.NumberFormat` takes longer to load than everything else here. */
export function count(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

const ONLY_THE_REST = 'Run the same command again when this is put right: it does only the rest.';

/** Messages about the keys that can't be processed, and about the others. */
export interface BatchEnding {
  /** The heading for keys that can't be processed, before anything is changed. */
  leftOut: (number: number, all: number) => string;
  /** How to continue if some keys failed. */
  goOn: string;
  /** How to continue if all keys failed. */
  goOnWithAll: string;
}

function endOf(done: string, others: string): BatchEnding {
  return {
    leftOut: (number, all) => `${count(number)} of ${count(all)} keys cannot be ${done} as they are:`,
    goOn: `${others} ${ONLY_THE_REST}`,
    goOnWithAll: ONLY_THE_REST,
  };
}

export const batchEndings = {
  setup: endOf('set up', 'The other keys are in place.'),
  rotate: endOf('rotated', 'The other keys are rotated.'),
  rollback: endOf('put back', 'The other keys are those from before again.'),
  teardown: endOf('taken down', 'The other keys are taken down.'),
};

export const batchMessages = {
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
  keys: (number: number) => (number === 1 ? '1 key' : `${count(number)} keys`),
  /** A message about one key of several. */
  ofOne: (name: string, sentence: string) => `${name}: ${sentence}`,
  resources: (number: number) => `${count(number)} resources`,
  moreNotes: (number: number) => `and ${count(number)} more notes; --dry-run shows them all`,

  failed: (number: number, all: number) =>
    all === 1 ? 'The one key failed:' : `${count(number)} of ${count(all)} keys failed:`,
  andOthers: (name: string, number: number) => `${name} and ${count(number)} more`,
  more: (number: number) => `and ${count(number)} more; --json has them all`,
  noneDone: 'Nothing was changed.',
  doneByThen: 'What was done for them by then:',
  failedShort: (number: number) => (number === 1 ? 'One key failed.' : `${count(number)} keys failed.`),
  nothingToDo: {
    setup: (done: number, all: number) =>
      nothingToDo(done, all, 'Every key is in place already.', 'in place already'),
    rotate: (done: number, all: number) =>
      nothingToDo(done, all, 'Every secret holds its key already.', 'stored already'),
    rollback: (done: number, all: number) =>
      nothingToDo(
        done,
        all,
        'Every key is the one before the last rotation already.',
        'the ones before the last rotation already',
      ),
    teardown: (done: number, all: number) =>
      nothingToDo(done, all, 'There is nothing left to take down.', 'taken down already'),
  },
  column: { key: 'key', why: 'why' },

  done: (number: number) =>
    number === 1 ? 'MediaConnect can read the key.' : `MediaConnect can read ${count(number)} keys.`,
  doneOpen: (number: number) =>
    `${number === 1 ? 'The key is' : `${count(number)} keys are`} set up. The checks can't tell whether MediaConnect can read ${number === 1 ? 'it' : 'all of them'}.`,
  where: (region: string, number: number) => `${batchMessages.several.secret(number)} in ${region}`,
  generated:
    'Keys that were generated are only in Secrets Manager. The other end of the stream needs its key too; read one with, for example:',
  proven: 'Proven: MediaConnect may assume the roles, and the roles may read the keys.',
  arnsInJson:
    'Each flow takes the secret ARN of its own Region. --json prints them all, as "encryption": what the MediaConnect API takes for each key and Region.',
};

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 100 ? `about ${seconds} s` : `about ${Math.ceil(seconds / 60)} min`;
}

/** Says that nothing is left to do, for all keys or for some. */
function nothingToDo(done: number, all: number, every: string, what: string): string {
  if (all === 0) return 'The manifest names no keys. Nothing has to be changed.';
  if (done === all) return every.endsWith('down.') ? every : `${every} Nothing has to be changed.`;
  return `${count(done)} of ${count(all)} keys ${done === 1 ? 'is' : 'are'} ${what}. Nothing is changed for ${done === 1 ? 'it' : 'them'}.`;
}

const SHOWN = 12;

/** Lists the first items of a long list, and the number of the others. */
export function someOf(subjects: string[]): string {
  const more = subjects.length - SHOWN;
  const shown = more > 0 ? [...subjects.slice(0, SHOWN), `${count(more)} more`] : subjects;
  return shown.join(', ');
}

/** Formats a count, such as `1 secret` or `1,000 secrets`. */
export function many(number: number, what: string): string {
  return `${count(number)} ${what}${number === 1 ? '' : 's'}`;
}
