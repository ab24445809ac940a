import { EXIT, Failure } from '../failure.ts';
import { manifestWords as words } from './messages.ts';

/** A mistake, and where in the file it stands. */
export interface Mistake {
  at: number;
  sentence: string;
}

/** The mistakes of a file, collected to be told at once. */
export interface Mistakes {
  /** The same mistake in the same place, seen by way of an alias or a default, counts once. */
  add(at: number, sentence: string): void;
  /** Something that looks like a key; whatever else is wrong with it does not matter then. */
  addKey(at: number): void;
  /** @throws Failure that names them all in the order of the file, if there are any */
  throwIfAny(): void;
}

/** Nobody corrects more at a time. */
const MOST_SHOWN = 50;

/**
 * @param path the file, as the user knows it
 * @param placeOf says where something stands, as `keys.yaml:12:5`
 */
export function collectMistakes(path: string, placeOf: (offset: number) => string): Mistakes {
  const found = new Map<string, Mistake>();
  const keys = new Set<number>();
  return {
    add: (at, sentence) => void found.set(`${at} ${sentence}`, { at, sentence }),
    addKey: (at) => void keys.add(at),
    throwIfAny() {
      const asKeys = [...keys].map((at) => ({ at, sentence: words.keyInFile }));
      const others = [...found.values()].filter(({ at }) => !keys.has(at));
      if (asKeys.length + others.length === 0) return;
      const sorted = [...asKeys, ...others].sort((a, b) => a.at - b.at);
      const lines = sorted.map(({ at, sentence }) => words.at(placeOf(at), sentence));
      throw manifestFailure(words.title(path, lines.length), lines);
    },
  };
}

/**
 * One failure for all that is wrong with a manifest; a single mistake stands by itself, without the title.
 * @param notes sentences about them all
 */
export function manifestFailure(title: string, lines: string[], notes: string[] = []): Failure {
  const [only = ''] = lines;
  const more = lines.length - MOST_SHOWN;
  const shown = more > 0 ? [...lines.slice(0, MOST_SHOWN), words.more(more)] : lines;
  return new Failure(lines.length === 1 ? only : `${title}:`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: words.hint,
    details: [...(lines.length === 1 ? [] : shown), ...notes],
  });
}
