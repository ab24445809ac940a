import {
  readSecretOptions,
  type SecretAnswers,
  type SecretOptions,
  secretProblems,
} from '../../cli/key-options.ts';
import {
  type KeyAnswers,
  type KeyOptions,
  keyProblems,
  reader,
  readKeyOptions,
} from '../../options/key-options.ts';
import { inputMessages as messages } from '../../options/messages.ts';
import * as rules from '../../options/rules.ts';

/** The options of `rotate` as the parser returns them: text, not checked. */
export interface RotateOptions extends SecretOptions, KeyOptions {
  rollback?: boolean;
  roleName?: string;
  dryRun?: boolean;
}

/** What is known of the user's wishes so far. */
export interface RotateAnswers extends SecretAnswers, KeyAnswers {
  rollback: boolean;
  /** The role that the checks at the end look at. */
  roleName?: string;
  dryRun: boolean;
}

/** Reads options into typed values. Returns every problem with them, a sentence each. */
export function readRotateAnswers(options: RotateOptions): { answers: RotateAnswers; problems: string[] } {
  const problems: string[] = [];
  const read = reader(problems);
  const answers: RotateAnswers = {
    ...readSecretOptions(options, read),
    ...readKeyOptions(options, read),
    ...read.text('roleName', options.roleName, rules.roleName, '--role-name'),
    rollback: options.rollback ?? false,
    dryRun: options.dryRun ?? false,
  };
  const withKey = options.rollback && answers.keySource !== undefined;
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
