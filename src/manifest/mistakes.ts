import { EXIT, Failure, type Message } from '../failure.ts';
import { flagsToFields, flagsToSettings } from './fields.ts';
import { manifestMessages as messages } from './messages.ts';

/** A mistake and its offset in the file. */
export interface Mistake {
  offset: number;
  sentence: string;
}

/** The mistakes in a file, collected to report them together. */
export interface Mistakes {
  /** Adds a mistake. If an alias or a default leads to the same mistake again, it counts once. */
  add(offset: number, sentence: string): void;
  /** Adds the mistake that something looks like a key. Other mistakes at this offset are then not reported. */
  addKeyInFile(offset: number): void;
  /** @throws Failure that lists all mistakes in file order, if there are any */
  throwIfAny(): void;
}

/** The most mistakes to print at once. */
const MOST_SHOWN = 50;

/**
 * Starts to collect the mistakes in a file.
 * @param name the name of the file for messages
 * @param positionOf returns a position such as `keys.yaml:12:5`
 */
export function collectMistakes(name: string, positionOf: (offset: number) => string): Mistakes {
  const found = new Map<string, Mistake>();
  const keyOffsets = new Set<number>();
  return {
    add: (offset, sentence) => void found.set(`${offset} ${sentence}`, { offset, sentence }),
    addKeyInFile: (offset) => void keyOffsets.add(offset),
    throwIfAny() {
      const keyMistakes = [...keyOffsets].map((offset) => ({ offset, sentence: messages.keyInFile }));
      const otherMistakes = [...found.values()].filter(({ offset }) => !keyOffsets.has(offset));
      if (keyMistakes.length + otherMistakes.length === 0) return;
      const sorted = [...keyMistakes, ...otherMistakes].sort((a, b) => a.offset - b.offset);
      const lines = sorted.map(({ offset, sentence }) => messages.atPosition(positionOf(offset), sentence));
      throw manifestFailure(messages.title(name, lines.length), lines);
    },
  };
}

/**
 * Returns one failure for all mistakes in a manifest. A single mistake is shown without the title.
 * @param notes sentences that apply to all mistakes
 */
export function manifestFailure(title: string, lines: string[], notes: string[] = []): Failure {
  const [firstLine = ''] = lines;
  const unshown = lines.length - MOST_SHOWN;
  const shown = unshown > 0 ? [...lines.slice(0, MOST_SHOWN), messages.more(unshown)] : lines;
  return new Failure(lines.length === 1 ? firstLine : `${title}:`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: messages.hint,
    details: [...(lines.length === 1 ? [] : shown), ...notes],
  });
}

/** Returns a failure that names the manifest's fields instead of flags. A failure that already does so is unchanged. */
export function inManifest(failure: Failure): Failure {
  const { message, details, hint, unconfirmedAction, stack, cause } = failure;
  const translated = new Failure(flagsToFields(message), {
    ...failure,
    details: details.map(messageInManifest),
    hint: hint && messageInManifest(hint),
    cause,
  });
  return Object.assign(translated, { unconfirmedAction, stack });
}

/** Returns a check, or a note, that names the manifest's fields instead of flags. */
export function checkInManifest<Check extends { detail: string; remedy?: string }>(check: Check): Check {
  const { detail, remedy } = check;
  return { ...check, detail: flagsToFields(detail), remedy: remedy && flagsToFields(remedy) };
}

/** Returns a plan whose warnings name the manifest's fields instead of flags. */
export function planInManifest<Plan extends { warnings: string[] }>(plan: Plan): Plan {
  return { ...plan, warnings: plan.warnings.map(flagsToFields) };
}

function messageInManifest(message: Message): Message {
  if (typeof message === 'string') return flagsToFields(message);
  if ('remedy' in message) return { ...message, remedy: flagsToFields(message.remedy) };
  const resolutions = message.resolutions.map(({ flag, text }) => ({
    flag: flagsToSettings(flag),
    text: flagsToFields(text),
  }));
  return { resolutions };
}

/**
 * Runs work for a manifest.
 * @throws Failure that names the manifest's fields instead of flags
 */
export async function asManifest<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Failure ? inManifest(error) : error;
  }
}

/** A position in a file. Both numbers start at 1. */
interface Position {
  line: number;
  column: number;
}

/** Returns a function that converts offsets in the text to positions. */
export function positionsIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let offset = text.indexOf('\n'); offset >= 0; offset = text.indexOf('\n', offset + 1))
    starts.push(offset + 1);
  return (offset) => {
    const line = lastNotAfter(starts, offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

/** Returns the index of the last number that is not greater than the value, by binary search. */
function lastNotAfter(sorted: number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
