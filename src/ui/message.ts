import type { Told } from '../message.ts';
import { setupWords as words } from './messages.ts';
import { plain, plainCommand } from './plain.ts';

/** A line of what is told. */
export interface ToldLine {
  text: string;
  /** Whether it is a command, which is not broken, so that it can be copied. */
  whole: boolean;
}

/** What is told, with the command on a line of its own. */
export function toldLines(told: Told): ToldLine[] {
  if (typeof told === 'string' || 'waysOut' in told || told.command === undefined)
    return [{ text: plain(toldText(told)), whole: false }];
  const indent = /^ */.exec(told.remedy)?.[0] ?? '';
  return [
    { text: plain(told.remedy), whole: false },
    { text: `${indent}  ${plainCommand(told.command)}`, whole: true },
  ];
}

/** What is told, as one line. */
export function toldText(told: Told): string {
  if (typeof told === 'string') return told;
  if ('waysOut' in told) return words.waysOut(told.waysOut.map(({ flag, text }) => `${flag} (${text})`));
  return told.command === undefined ? told.remedy : `${told.remedy} ${told.command}`;
}
