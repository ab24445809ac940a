import { EXIT, Failure, type Message } from '../failure.ts';
import { asSettings, inMembers } from './members.ts';
import { manifestMessages as messages } from './messages.ts';

/** A mistake and its offset in the file. */
export interface Mistake {
  at: number;
  sentence: string;
}

/** Collects all mistakes in a file, to report them together. */
export interface Mistakes {
  /** Adds a mistake. One that is reached again through an alias or a default counts once. */
  add(at: number, sentence: string): void;
  /** Reports something that looks like a key. Other mistakes are then not reported. */
  addKey(at: number): void;
  /** @throws Failure that lists all mistakes in file order, if there are any */
  throwIfAny(): void;
}

/** The most mistakes to print at once. */
const MOST_SHOWN = 50;

/**
 * @param path the file path as the user wrote it
 * @param placeOf returns a position such as `keys.yaml:12:5`
 */
export function collectMistakes(path: string, placeOf: (offset: number) => string): Mistakes {
  const found = new Map<string, Mistake>();
  const keys = new Set<number>();
  return {
    add: (at, sentence) => void found.set(`${at} ${sentence}`, { at, sentence }),
    addKey: (at) => void keys.add(at),
    throwIfAny() {
      const asKeys = [...keys].map((at) => ({ at, sentence: messages.keyInFile }));
      const others = [...found.values()].filter(({ at }) => !keys.has(at));
      if (asKeys.length + others.length === 0) return;
      const sorted = [...asKeys, ...others].sort((a, b) => a.at - b.at);
      const lines = sorted.map(({ at, sentence }) => messages.at(placeOf(at), sentence));
      throw manifestFailure(messages.title(path, lines.length), lines);
    },
  };
}

/**
 * Returns one failure for all mistakes in a manifest. A single mistake is shown without the title.
 * @param notes sentences that apply to all of them
 */
export function manifestFailure(title: string, lines: string[], notes: string[] = []): Failure {
  const [only = ''] = lines;
  const more = lines.length - MOST_SHOWN;
  const shown = more > 0 ? [...lines.slice(0, MOST_SHOWN), messages.more(more)] : lines;
  return new Failure(lines.length === 1 ? only : `${title}:`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: messages.hint,
    details: [...(lines.length === 1 ? [] : shown), ...notes],
  });
}

/** Returns a failure that names the manifest's fields instead of flags. A failure that already does so is unchanged. */
export function inManifest(failure: Failure): Failure {
  const {
    message,
    code,
    exitCode,
    details,
    hint,
    awsAction,
    awsCode,
    step,
    unconfirmedAction,
    stack,
    cause,
  } = failure;
  const inTerms = new Failure(inMembers(message), {
    code,
    exitCode,
    details: details.map(messageInManifest),
    hint: hint === undefined ? undefined : messageInManifest(hint),
    awsAction,
    awsCode,
    step,
    cause,
  });
  return Object.assign(inTerms, { unconfirmedAction, stack });
}

/** Returns a check, or a note, that names the manifest's fields instead of flags. */
export function checkInManifest<Check extends { detail: string; remedy?: string }>(check: Check): Check {
  const { detail, remedy } = check;
  return {
    ...check,
    detail: inMembers(detail),
    remedy: remedy === undefined ? undefined : inMembers(remedy),
  };
}

/** Returns a plan whose warnings name the manifest's fields instead of flags. */
export function planInManifest<Plan extends { warnings: string[] }>(plan: Plan): Plan {
  return { ...plan, warnings: plan.warnings.map(inMembers) };
}

function messageInManifest(message: Message): Message {
  if (typeof message === 'string') return inMembers(message);
  if ('remedy' in message) return { ...message, remedy: inMembers(message.remedy) };
  return {
    waysOut: message.waysOut.map(({ flag, text }) => ({ flag: asSettings(flag), text: inMembers(text) })),
  };
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
interface Place {
  line: number;
  column: number;
}

/** Returns a function that converts offsets in the text to positions. */
export function placesIn(text: string): (offset: number) => Place {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = lastNotAfter(starts, offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

function lastNotAfter(sorted: number[], value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
