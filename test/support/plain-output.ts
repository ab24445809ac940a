import { Chalk } from 'chalk';
import { commandLines } from '../../src/ui/commands.ts';
import { type Output, wrap } from '../../src/ui/output.ts';

/** What a terminal of this width shows, without colors. */
export interface PlainOutput extends Output {
  /** The lines of the result. */
  results(): string[];
  /** The lines of the messages. */
  messages(): string[];
}

export function plainOutput({ columns = 80, quiet = false } = {}): PlainOutput {
  const paint = new Chalk({ level: 0 });
  const results: string[] = [];
  const messages: string[] = [];
  return {
    options: { json: false, quiet, debug: false, color: false },
    paint,
    paintResult: paint,
    width: columns,
    resultWidth: columns,
    result: (text) => void results.push(text),
    prose: (text) => wrap(text, columns),
    command: (text) => commandLines(text, columns).join('\n'),
    info: (text = '') => void messages.push(wrap(text, columns)),
    warn: (text) => void messages.push(wrap(text, columns)),
    results: () => results.join('\n').split('\n'),
    messages: () => messages.join('\n').split('\n'),
  };
}
