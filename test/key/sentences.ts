import { keyMessages, storedKeyMessages, storedWrongAlgorithm } from '../../src/key/messages.ts';

/** Arguments for the messages; each number in a message counts as `#`. */
const PARAMETERS: readonly unknown[][] = [
  [7, 7],
  [1, 1],
  [7, 'aes128', 7],
  ['aes128', 7],
  ['PATH', 'PATH'],
  ['--key-file PATH', 7],
  ['--key-file -', 7],
];

const SENTENCES = new Set(
  [...Object.values(keyMessages), ...Object.values(storedKeyMessages), storedWrongAlgorithm]
    .flatMap((word) =>
      typeof word === 'string'
        ? [word]
        : PARAMETERS.map((values) => String(Reflect.apply(word, undefined, values))),
    )
    .map(withoutNumbers),
);

/** Returns true if a message is one of the messages about keys, with nothing added but numbers. */
export function isSentence(message: string): boolean {
  return SENTENCES.has(withoutNumbers(message));
}

/** Returns the numbers in a message. */
export function numbersIn(message: string): number[] {
  return (message.match(/\d+/g) ?? []).map(Number);
}

function withoutNumbers(message: string): string {
  return message.replace(/\d+/g, '#');
}
