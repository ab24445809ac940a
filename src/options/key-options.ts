import { ALGORITHMS, type Algorithm, type KeySource, type KeyType } from '../key/index.ts';
import { inputWords as words } from './messages.ts';
import { given, type Reader } from './option-reader.ts';

/** The options that say where a key comes from and what it is, as the parser returns them: text, not checked. */
export interface KeyOptions {
  keyFile?: string;
  keyEnv?: string;
  generate?: string;
  keyType?: string;
  algorithm?: string;
}

/** The same, read. */
export interface KeyAnswers {
  keySource?: KeySource;
  keyType?: KeyType;
  algorithm?: Algorithm;
}

export function readKeyOptions(options: KeyOptions, read: Reader): KeyAnswers {
  const generate = read.choice(options.generate, ALGORITHMS, '--generate');
  return {
    ...keySourceOf(options, generate),
    ...given('keyType', read.choice(options.keyType, KEY_TYPES, '--key-type')),
    ...given('algorithm', read.choice(options.algorithm, ALGORITHMS, '--algorithm') ?? generate),
  };
}

function keySourceOf(
  { keyFile, keyEnv }: KeyOptions,
  algorithm: Algorithm | undefined,
): { keySource?: KeySource } {
  if (keyFile === '-') return { keySource: { kind: 'stdin' } };
  if (keyFile !== undefined) return { keySource: { kind: 'file', path: keyFile } };
  if (keyEnv !== undefined) return { keySource: { kind: 'env', name: keyEnv } };
  return algorithm ? { keySource: { kind: 'generate', algorithm } } : {};
}

/** What is wrong with key options that are right by themselves but do not go together. */
export function keyProblems({ keyFile, keyEnv, generate, keyType, algorithm }: KeyOptions): string[] {
  const sources = [keyFile, keyEnv, generate].filter((source) => source !== undefined);
  const srt = keyType === 'srt-password';
  return [
    ...(sources.length > 1 ? [words.keySources] : []),
    ...(srt && algorithm !== undefined ? [words.srtAlgorithm] : []),
    ...(srt && generate !== undefined ? [words.srtGenerate] : []),
    ...(generate !== undefined && algorithm !== undefined && generate !== algorithm
      ? [words.generateAlgorithm]
      : []),
    ...(keyEnv !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(keyEnv) ? [words.envName('--key-env')] : []),
  ];
}

/** What options with a fixed set of values take: for reading them, and for the completion of the shell. */

export const KEY_TYPES = ['static-key', 'srt-password'] as const;

export const POLICY_SCOPES = ['secrets', 'prefix', 'region', 'account'] as const;

export const EXISTING_KEY_ANSWERS = ['keep', 'replace'] as const;

export const TEMPLATE_FORMATS = ['yaml', 'json'] as const;

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];
