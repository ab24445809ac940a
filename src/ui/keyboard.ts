import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ReadStream } from 'node:tty';
import { forceRawMode } from './terminal.ts';

/** No answer to any question is as long. A prompt draws itself anew for each character, so that more would take minutes. */
const LONGEST_ANSWER = 1_200;

/** What goes on after so many milliseconds is another paste. */
const QUIET_MS = 300;

/**
 * Controls that no keyboard sends, and marks that reverse the direction of writing: a paste may hold them, and a prompt
 * would show them to the terminal.
 */
const NO_KEYS = /[\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** What Ctrl-Z sends in raw mode. */
const SUSPEND = '\x1a';

/** What the terminal makes of a Ctrl-D that was typed before it was in raw mode; nothing reads then. */
const EARLIER_CTRL_D = '\0';

/** What the keyboard does besides sending the characters of an answer. */
export interface KeyboardEvents {
  /** Ctrl-Z. */
  onSuspend(): void;
  /** There will be no more keys, or none have come since an earlier question: end of input, or a terminal that is gone. */
  onEnd(): void;
}

/** The keys of one question, as prompts take them: a stream that can be switched to single keys as the terminal can. */
export interface Keyboard {
  keys: PassThrough & { isTTY: boolean; setRawMode: (on: boolean) => void };
  /** Leaves raw mode while the process is stopped. */
  suspend(): void;
  /** Restores raw mode if the question has set it. */
  resume(): void;
  /** Leaves the terminal to the next question. */
  close(): void;
}

/**
 * Reads the terminal for one question. Of a flood (the wrong file pasted) the beginning comes through, enough for the
 * answer to be refused as too long; the rest is dropped with the line breaks in it, so that it answers no later question.
 */
export function openKeyboard(terminal: ReadStream, { onSuspend, onEnd }: KeyboardEvents): Keyboard {
  let raw = false;
  const keys = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(on: boolean) {
      raw = on;
      terminal.setRawMode(on);
    },
  });
  const decoder = new StringDecoder();
  const pass = dam();
  let first = true;
  const onData = (bytes: Buffer) => {
    if (first && bytes.toString('latin1').endsWith(EARLIER_CTRL_D)) return onEnd();
    first = false;
    const text = pass(decoder.write(bytes).replace(NO_KEYS, ''));
    const suspendAt = text.indexOf(SUSPEND);
    // What was typed after Ctrl-Z was meant for the shell.
    keys.write(suspendAt < 0 ? text : text.slice(0, suspendAt));
    if (suspendAt >= 0) onSuspend();
  };
  terminal.on('data', onData);
  for (const end of ENDS) terminal.on(end, onEnd);
  if (terminal.readableEnded || terminal.destroyed) onEnd();
  else terminal.resume();
  return {
    keys,
    suspend: () => void (raw && terminal.setRawMode(false)),
    resume: () => void (raw && forceRawMode(terminal)),
    close() {
      terminal.off('data', onData);
      for (const end of ENDS) terminal.off(end, onEnd);
      terminal.pause();
      keys.destroy();
    },
  };
}

/** A terminal that was closed fails to be read. */
const ENDS = ['end', 'error'] as const;

/** Lets text through until there is more than any answer has; then nothing more, until there is a pause. */
function dam(): (text: string) => string {
  let length = 0;
  let latest = 0;
  let flooded = false;
  return (text) => {
    if (performance.now() - latest > QUIET_MS) [length, flooded] = [0, false];
    // Only when the prompt has drawn it: the time that takes is no pause.
    setImmediate(() => {
      latest = performance.now();
    });
    if (flooded) return '';
    const room = LONGEST_ANSWER - length;
    length += text.length;
    flooded = text.length > room;
    return text.slice(0, room);
  };
}
