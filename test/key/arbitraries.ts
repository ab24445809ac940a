import fc from 'fast-check';

/** One seed for all property tests of keys, so that failures are reproducible. */
export const SEED = 20_250_301;

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: length, maxLength: length });

/** Valid static keys, in either case of letters. */
export const validKey = fc.oneof(digits(32), digits(48), digits(64));

/** What people type and paste: any script, binary data, and keys with something around or inside them. */
export const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 90 }),
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefgO:-, \n\r\t"=+/{}'), maxLength: 90 }),
  fc
    .tuple(fc.string({ maxLength: 4 }), validKey, fc.string({ unit: 'grapheme', maxLength: 4 }))
    .map((parts) => parts.join('')),
  validKey.map((key) => JSON.stringify({ key })),
  validKey.map((key) => Buffer.from(key, 'hex').toString('base64')),
);
