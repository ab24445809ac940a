import type { StepName } from '../plan-types.ts';

/** Formats a whole number with thousands separators. `Intl.NumberFormat` takes longer to load than everything else here. */
export function formatCount(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

const RUN_AGAIN = 'Fix this, then run the same command again.';

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
    skippedTitle: (number, total) => `${formatCount(number)} of ${formatCount(total)} keys can't be ${done}:`,
    howToContinue: `${others} ${RUN_AGAIN} Finished keys are skipped.`,
    howToContinueAfterAllFailed: `${RUN_AGAIN} Finished parts are skipped.`,
  };
}

export const batchEndings = {
  setup: endOf('set up', 'The other keys are set up.'),
  rotate: endOf('rotated', 'The other keys are rotated.'),
  rollback: endOf('rolled back', 'The other keys are rolled back.'),
  teardown: endOf('removed', 'The other keys are removed.'),
};

const NO_CHANGES = 'No changes needed.';

/** Returns a function for the message that all keys, or only some (`done`), need no changes. */
function nothingToDo(every: string, state: string): (done: number, total: number) => string {
  return (done, total) => {
    if (total === 0) return `The manifest names no keys. ${NO_CHANGES}`;
    if (done === total) return every;
    const verb = done === 1 ? 'is' : 'are';
    return `${formatCount(done)} of ${formatCount(total)} keys ${verb} ${state}.`;
  };
}

export const batchMessages = {
  counted: (what: string, bar: string, done: number, total: number, remainingMs: number | undefined) => {
    const remainingTime = remainingMs === undefined ? '' : `, ${duration(remainingMs)} left`;
    return `${what}: ${bar}${formatCount(done)} of ${formatCount(total)}${remainingTime}`;
  },
  progress: {
    'store-secret': 'Storing the keys',
    'read-policy': 'Creating the policies',
    'trust-role': 'Creating the roles',
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
  moreNotes: (number: number) => `${formatCount(number)} more warnings (--dry-run shows all)`,

  failed: (number: number, total: number) =>
    total === 1 ? '1 key failed:' : `${formatCount(number)} of ${formatCount(total)} keys failed:`,
  andOthers: (name: string, number: number) => `${name} and ${formatCount(number)} more`,
  more: (number: number) => `and ${formatCount(number)} more (--json lists all)`,
  noneDone: 'Nothing was changed.',
  unreported: 'Completed before the failure:',
  failedShort: (number: number) => (number === 1 ? '1 key failed.' : `${formatCount(number)} keys failed.`),
  nothingToDo: {
    setup: nothingToDo(`All keys are already set up. ${NO_CHANGES}`, 'already set up'),
    rotate: nothingToDo(`All secrets already hold their keys. ${NO_CHANGES}`, 'already stored'),
    rollback: nothingToDo(`All keys are already rolled back. ${NO_CHANGES}`, 'already rolled back'),
    teardown: nothingToDo(`All keys are already removed. ${NO_CHANGES}`, 'already removed'),
  },
  column: { key: 'KEY', why: 'PROBLEM' },
  /** The options that resolve a conflict of one key of several. */
  fix: (settings: string[]) => `Fix: ${settings.join(' | ')}`,

  secretsInRegion: (region: string, number: number) => `${batchMessages.several.secret(number)} in ${region}`,
  verified: 'Verified: MediaConnect can assume the roles, and the roles can read the secrets.',
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
