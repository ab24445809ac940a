import { keyMessages, storedKeyMessages, storedOtherAlgorithm } from '../../src/key/messages.ts';

/** Values that the sentences are made with; what stands for a number shows as `#`. */
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
  [...Object.values(keyMessages), ...Object.values(storedKeyMessages), storedOtherAlgorithm]
    .flatMap((word) =>
      typeof word === 'string'
        ? [word]
        : PARAMETERS.map((values) => String(Reflect.apply(word, undefined, values))),
    )
    .map(withoutNumbers),
);

/** Whether a message is one of the sentences about keys, with nothing added but numbers. */
export function isSentence(message: string): boolean {
  return SENTENCES.has(withoutNumbers(message));
}

/** The numbers that a message names. */
export function numbersIn(message: string): number[] {
  return (message.match(/\d+/g) ?? []).map(Number);
}

function withoutNumbers(message: string): string {
  return message.replace(/\d+/g, '#');
}
