import type { SecretAnswers } from '../../cli/key-options.ts';
import type { RawOptions } from '../../options/catalog/index.ts';
import { keyProblems, secretProblems } from '../../options/combinations.ts';
import { inputMessages as messages } from '../../options/messages.ts';
import { flagReader, type KeyAnswers, readOptions, withKeySource } from '../../options/read-options.ts';

/** The options of `rotate` as commander stores them. */
export type RotateOptions = RawOptions<'rotate'>;

/** The user's answers so far. */
export interface RotateAnswers extends SecretAnswers, KeyAnswers {
  rollback: boolean;
  /** The role for the final checks. */
  roleName?: string;
  dryRun: boolean;
}

/** Reads options into typed values. Returns all problems, one sentence each. */
export function readRotateAnswers(options: RotateOptions): { answers: RotateAnswers; problems: string[] } {
  const problems: string[] = [];
  const answers: RotateAnswers = withKeySource(readOptions('rotate', options, flagReader(problems)));
  const { rollback, keyFile, keyEnv, generate } = options;
  const withKey = rollback && (keyFile ?? keyEnv ?? generate) !== undefined;
  return {
    answers,
    problems: [
      ...problems,
      ...secretProblems(options),
      ...keyProblems(options),
      ...(withKey ? [messages.rollbackTakesNoKey] : []),
    ],
  };
}
