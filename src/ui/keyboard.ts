import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ReadStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { forceRawMode } from './terminal.ts';

/** The maximum length of an answer, in characters. A prompt redraws for each character, so longer input would take minutes. */
const LONGEST_ANSWER = 1_200;

/** Fewer characters can arrive at once when somebody types fast over a slow connection. */
const PASTED_CHARACTERS = 8;

/** After a pause this long, in milliseconds, input counts as another paste. */
const QUIET_MS = 300;

/** Control characters that keyboards don't send, and bidirectional marks. A prompt would print them if pasted text has them. */
const NOT_TYPED = /[\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Input after which the answer starts anew: Enter, after which an invalid answer is emptied, and Ctrl-U. */
const STARTING_ANEW = ['\r', '\n', '\x15'];

/** What the terminal sends for Ctrl-Z in raw mode. */
const SUSPEND = '\x1a';

/** What the terminal sends for a Ctrl-D that was typed before raw mode, when nothing was reading. */
const EARLIER_CTRL_D = '\0';

/**
 * Turns line breaks inside a paste into spaces. Otherwise the first line would be the whole answer: of a key that is wrapped, a part of
 * it that is a valid key by itself.
 */
function oneLine(text: string): string {
  return printableLength(text) < PASTED_CHARACTERS ? text : text.replace(/[\r\n]+(?=[^\r\n])/g, ' ');
}

/** Events other than input for the answer. */
export interface KeyboardEvents {
  /** Ctrl-Z was pressed. */
  onSuspend(): void;
  /** There is no more input: end of input, a closed terminal, or a Ctrl-D from before this question. */
  onEnd(): void;
}

/** The input for one question: a stream with raw mode, as prompts need it. */
export interface Keyboard {
  keys: PassThrough & { isTTY: boolean; setRawMode: (on: boolean) => void };
  /** Leaves raw mode while the process is suspended. */
  suspend(): void;
  /** Restores raw mode if the question has set it. */
  resume(): void;
  /** Returns true if the latest answer was pasted: at least `PASTED_CHARACTERS` of it arrived at once. */
  hasPasted(): boolean;
  /** Releases the terminal for the next question. */
  close(): void;
}

/**
 * Reads the terminal for one question. If the wrong file is pasted, only the start comes through, enough for the answer to be
 * refused as too long. The rest is dropped, so that its line breaks don't answer later questions.
 */
export function openKeyboard(terminal: ReadStream, { onSuspend, onEnd }: KeyboardEvents): Keyboard {
  let isRaw = false;
  const keys = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(on: boolean) {
      isRaw = on;
      terminal.setRawMode(on);
    },
  });
  const decoder = new StringDecoder();
  const limitPaste = pasteLimiter();
  let isFirst = true;
  let isPasted = false;
  let isNewAnswer = true;
  const onData = (bytes: Buffer) => {
    if (isFirst && bytes.toString('latin1').endsWith(EARLIER_CTRL_D)) return onEnd();
    isFirst = false;
    const text = oneLine(limitPaste(decoder.write(bytes).replace(NOT_TYPED, '')));
    if (isNewAnswer) isPasted = false;
    isNewAnswer = STARTING_ANEW.some((key) => text.endsWith(key));
    if (printableLength(text) >= PASTED_CHARACTERS) isPasted = true;
    const suspendIndex = text.indexOf(SUSPEND);
    // Input after Ctrl-Z was meant for the shell.
    keys.write(suspendIndex < 0 ? text : text.slice(0, suspendIndex));
    if (suspendIndex >= 0) onSuspend();
  };
  terminal.on('data', onData);
  for (const event of END_EVENTS) terminal.on(event, onEnd);
  if (terminal.readableEnded || terminal.destroyed) onEnd();
  else terminal.resume();
  return {
    keys,
    suspend: () => void (isRaw && terminal.setRawMode(false)),
    resume: () => void (isRaw && forceRawMode(terminal)),
    hasPasted: () => isPasted,
    close() {
      terminal.off('data', onData);
      for (const event of END_EVENTS) terminal.off(event, onEnd);
      terminal.pause();
      keys.destroy();
    },
  };
}

/** Returns the number of characters that a held key, such as Backspace or an arrow, does not send. */
function printableLength(text: string): number {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, '').length;
}

/** The events that end the input. Reading a closed terminal fails with an error. */
const END_EVENTS = ['end', 'error'] as const;

/** Returns a filter that passes text up to the maximum length of an answer, then drops everything until there is a pause. */
function pasteLimiter(): (text: string) => string {
  let length = 0;
  let latestMs = 0;
  let isDropping = false;
  return (text) => {
    if (performance.now() - latestMs > QUIET_MS) [length, isDropping] = [0, false];
    // Measured after the prompt has redrawn, because drawing time is not a pause.
    setImmediate(() => {
      latestMs = performance.now();
    });
    if (isDropping) return '';
    const allowedLength = LONGEST_ANSWER - length;
    length += text.length;
    isDropping = text.length > allowedLength;
    return text.slice(0, allowedLength);
  };
}
