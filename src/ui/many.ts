import { count } from './batch-messages.ts';

const SHOWN = 12;

/** The first ones of a long list, and how many more there are. */
export function someOf(subjects: string[]): string {
  const more = subjects.length - SHOWN;
  const shown = more > 0 ? [...subjects.slice(0, SHOWN), `${count(more)} more`] : subjects;
  return shown.join(', ');
}

/** A number of things, such as `1 secret` or `1,000 secrets`. */
export function many(number: number, what: string): string {
  return `${count(number)} ${what}${number === 1 ? '' : 's'}`;
}
