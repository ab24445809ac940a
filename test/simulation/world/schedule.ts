/**
 * The choices of a story, used up one after the other wherever more than one thing could happen next. Where there are none any
 * more, what came first is what happens.
 */
export class Schedule {
  readonly #choices: readonly number[];
  #used = 0;

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  /** Returns a choice, 0 or greater. */
  next(): number {
    const choice = this.#choices[this.#used] ?? 0;
    this.#used += 1;
    return choice;
  }
}

/** From here on a choice holds back the run whose turn it is. */
const FIRST_HOLD = 8;
/** The greatest choice that means something. */
export const MOST_CHOICE = 13;

/** For how many events a choice holds a run back; 0 for a choice that picks an event. */
export function holdOf(choice: number): number {
  return choice < FIRST_HOLD ? 0 : 3 * 2 ** (choice - FIRST_HOLD);
}
