import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ReadStream } from 'node:tty';

/** No answer to any question is as long. A prompt draws itself anew for each character, so that more would take minutes. */
const LONGEST_ANSWER = 1_200;

/** What goes on after so many milliseconds is another paste. */
const QUIET_MS = 300;

/**
 * Controls that no keyboard sends, and marks that reverse the direction of writing: a paste may hold them, and a prompt
 * would show them to the terminal.
 */
const NO_KEYS = /[\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The keys of one question, as prompts take them: a stream that can be switched to single keys as the terminal can. */
export interface Keyboard {
  keys: PassThrough & { isTTY: boolean; setRawMode: (on: boolean) => void };
  /** Leaves the terminal to the next question. */
  close(): void;
}

/**
 * Reads the terminal for one question. Of a flood (the wrong file pasted) the beginning comes through, enough for the
 * answer to be refused as too long; the rest is dropped with the line breaks in it, so that it answers no later question.
 */
export function openKeyboard(terminal: ReadStream): Keyboard {
  const keys = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => void terminal.setRawMode(on),
  });
  const decoder = new StringDecoder();
  const pass = dam();
  const onData = (bytes: Buffer) => void keys.write(pass(decoder.write(bytes).replace(NO_KEYS, '')));
  const onEnd = () => void keys.end();
  terminal.on('data', onData);
  terminal.on('end', onEnd);
  terminal.resume();
  return {
    keys,
    close() {
      terminal.off('data', onData);
      terminal.off('end', onEnd);
      terminal.pause();
      keys.destroy();
    },
  };
}

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
