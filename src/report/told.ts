import type { Told } from '../told.ts';
import { setupWords as words } from './words/setup.ts';

/** What is told, as one line. */
export function toldText(told: Told): string {
  if (typeof told === 'string') return told;
  if ('waysOut' in told) return words.waysOut(told.waysOut.map(({ flag, text }) => `${flag} (${text})`));
  return told.command === undefined ? told.remedy : `${told.remedy} ${told.command}`;
}
