import { stripVTControlCharacters } from 'node:util';

/**
 * Text from outside (AWS, files, the command line) made harmless for a terminal: escape sequences go, other control
 * characters and the marks that reverse the direction of writing become `�`.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(
    /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    '�',
  );
}
