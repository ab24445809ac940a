import { DEFAULTS } from '../../defaults.ts';
import type { KeyType } from '../../key/index.ts';
import { shellWord } from '../shell.ts';

/** A command of this program, as a shell takes it. */
export function own(...words: string[]): string {
  return shell('mc-static-key', ...words);
}

/** A command of the AWS CLI, as a shell takes it. */
export function aws(...words: string[]): string {
  return shell('aws', ...words);
}

function shell(...words: string[]): string {
  return words.map(shellWord).join(' ');
}

/** Without the option, a key is checked as a static one. */
export function keyTypeOption(keyType: KeyType): string[] {
  return keyType === DEFAULTS.keyType ? [] : ['--key-type', keyType];
}

/** The `rotate` that stores a key from a file, in these Regions and no other. */
export function rotateCommand(name: string, regions: string[], keyType: KeyType): string {
  const where = regions.flatMap((region) => ['--region', region]);
  return own('rotate', '--secret-name', name, ...where, ...keyTypeOption(keyType), '--key-file', 'KEY-FILE');
}
