import type { StepName } from '../plan-types.ts';

/** Formats a whole number with thousands separators. `Intl.NumberFormat` takes longer to load than everything else here. */
export function formatCount(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

const RUN_AGAIN = 'Run the same command again when this is put right: it does only the rest.';

/** A command's messages about keys that can't be processed, and how to continue with them. */
export interface BatchEnding {
  /** The heading for keys that can't be processed, before anything is changed. */
  skippedTitle: (number: number, total: number) => string;
  /** How to continue if some keys failed. */
  howToContinue: string;
  /** How to continue if all keys failed. */
  howToContinueAfterAllFailed: string;
}

/** @param others a sentence about the keys that did not fail */
function endOf(done: string, others: string): BatchEnding {
  return {
    skippedTitle: (number, total) =>
      `${formatCount(number)} of ${formatCount(total)} keys cannot be ${done} as they are:`,
    howToContinue: `${others} ${RUN_AGAIN}`,
    howToContinueAfterAllFailed: RUN_AGAIN,
  };
}

export const batchEndings = {
  setup: endOf('set up', 'The other keys are in place.'),
  rotate: endOf('rotated', 'The other keys are rotated.'),
  rollback: endOf('put back', 'The other keys are those from before again.'),
  teardown: endOf('taken down', 'The other keys are taken down.'),
};

const UNCHANGED = 'Nothing has to be changed.';

/** Returns a function for the message that nothing is to be changed for all keys, or for some (`done`). */
function nothingToDo(every: string, state: string): (done: number, total: number) => string {
  return (done, total) => {
    if (total === 0) return `The manifest names no keys. ${UNCHANGED}`;
    if (done === total) return every;
    const [verb, pronoun] = done === 1 ? ['is', 'it'] : ['are', 'them'];
    return `${formatCount(done)} of ${formatCount(total)} keys ${verb} ${state}. Nothing is changed for ${pronoun}.`;
  };
}

export const batchMessages = {
  counted: (what: string, bar: string, done: number, total: number, remainingMs: number | undefined) => {
    const remainingTime = remainingMs === undefined ? '' : `, ${duration(remainingMs)} left`;
    return `${what}: ${bar}${formatCount(done)} of ${formatCount(total)}${remainingTime}`;
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
    secret: (number: number) => `${formatCount(number)} secrets`,
    policy: (number: number) => `${formatCount(number)} policies`,
    role: (number: number) => `${formatCount(number)} roles`,
  },
  keys: (number: number) => (number === 1 ? '1 key' : `${formatCount(number)} keys`),
  /** A message about one key of several. */
  ofOne: (name: string, sentence: string) => `${name}: ${sentence}`,
  resources: (number: number) => `${formatCount(number)} resources`,
  moreNotes: (number: number) => `and ${formatCount(number)} more notes; --dry-run shows them all`,

  failed: (number: number, total: number) =>
    total === 1 ? 'The one key failed:' : `${formatCount(number)} of ${formatCount(total)} keys failed:`,
  andOthers: (name: string, number: number) => `${name} and ${formatCount(number)} more`,
  more: (number: number) => `and ${formatCount(number)} more; --json has them all`,
  noneDone: 'Nothing was changed.',
  unreported: 'What was done for them by then:',
  failedShort: (number: number) => (number === 1 ? 'One key failed.' : `${formatCount(number)} keys failed.`),
  nothingToDo: {
    setup: nothingToDo(`Every key is in place already. ${UNCHANGED}`, 'in place already'),
    rotate: nothingToDo(`Every secret holds its key already. ${UNCHANGED}`, 'stored already'),
    rollback: nothingToDo(
      `Every key is the one before the last rotation already. ${UNCHANGED}`,
      'the ones before the last rotation already',
    ),
    teardown: nothingToDo('There is nothing left to take down.', 'taken down already'),
  },
  column: { key: 'key', why: 'why' },

  done: (number: number) =>
    number === 1 ? 'MediaConnect can read the key.' : `MediaConnect can read ${formatCount(number)} keys.`,
  doneUndecided: (number: number) =>
    `${number === 1 ? 'The key is' : `${formatCount(number)} keys are`} set up. The checks can't tell whether MediaConnect can read ${number === 1 ? 'it' : 'all of them'}.`,
  secretsInRegion: (region: string, number: number) => `${batchMessages.several.secret(number)} in ${region}`,
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

const SHORT_LIST_LENGTH = 12;

/** Lists the first items of a long list, and the number of the others. */
export function shortList(subjects: string[]): string {
  const more = subjects.length - SHORT_LIST_LENGTH;
  const shown = more > 0 ? [...subjects.slice(0, SHORT_LIST_LENGTH), `${formatCount(more)} more`] : subjects;
  return shown.join(', ');
}

/** Formats a count, such as `1 secret` or `1,000 secrets`. */
export function plural(number: number, what: string): string {
  return `${formatCount(number)} ${what}${number === 1 ? '' : 's'}`;
}
