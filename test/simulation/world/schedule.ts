/**
 * The choices of a story. Each one is used once, where several events could happen next. Without a choice, the oldest event
 * happens.
 */
export class Schedule {
  readonly #choices: readonly number[];
  #used = 0;

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  /** Returns the next choice, 0 or greater. */
  next(): number {
    const choice = this.#choices[this.#used] ?? 0;
    this.#used += 1;
    return choice;
  }
}

/** Choices from this one on hold back the run whose turn it is. */
const FIRST_HOLD = 8;
/** The greatest choice that has a meaning. */
export const MOST_CHOICE = 13;

/** Returns the number of events for which a choice holds a run back; 0 for a choice that picks an event. */
export function holdOf(choice: number): number {
  return choice < FIRST_HOLD ? 0 : 3 * 2 ** (choice - FIRST_HOLD);
}
