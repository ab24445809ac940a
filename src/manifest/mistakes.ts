import { EXIT, Failure, type Message } from '../failure.ts';
import { asSettings, inMembers } from './members.ts';
import { manifestMessages as messages } from './messages.ts';

/** A mistake, and where in the file it stands. */
export interface Mistake {
  at: number;
  sentence: string;
}

/** Collects the mistakes of a file, so that all are reported at once. */
export interface Mistakes {
  /** The same mistake in the same place, seen by way of an alias or a default, counts once. */
  add(at: number, sentence: string): void;
  /** Something that looks like a key; whatever else is wrong with it does not matter then. */
  addKey(at: number): void;
  /** @throws Failure that names them all in the order of the file, if there are any */
  throwIfAny(): void;
}

/** The most that are printed at once. */
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
 * One failure for all that is wrong with a manifest; a single mistake stands by itself, without the title.
 * @param notes sentences about them all
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

/** Returns a failure in terms of the manifest's fields instead of flags. One that is in these terms already stays as it is. */
export function inManifest(failure: Failure): Failure {
  const { message, code, exitCode, details, hint, awsAction, awsCode, step, inDoubt, stack, cause } = failure;
  const inTerms = new Failure(inMembers(message), {
    code,
    exitCode,
    details: details.map(messageInManifest),
    ...(hint === undefined ? {} : { hint: messageInManifest(hint) }),
    ...(awsAction === undefined ? {} : { awsAction }),
    ...(awsCode === undefined ? {} : { awsCode }),
    ...(step === undefined ? {} : { step }),
    cause,
  });
  return Object.assign(inTerms, { inDoubt, ...(stack === undefined ? {} : { stack }) });
}

/** Returns a check, or a note, in terms of the manifest's fields. */
export function checkInManifest<Check extends { detail: string; remedy?: string }>(check: Check): Check {
  const { detail, remedy } = check;
  return {
    ...check,
    detail: inMembers(detail),
    ...(remedy === undefined ? {} : { remedy: inMembers(remedy) }),
  };
}

/** Returns the warnings of a plan in terms of the manifest's fields. */
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
 * Does what a manifest says.
 * @throws Failure in terms of the manifest's fields
 */
export async function asManifest<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Failure ? inManifest(error) : error;
  }
}
