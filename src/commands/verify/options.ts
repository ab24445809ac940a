import type { SecretAnswers } from '../../cli/key-options.ts';
import type { RawOptions } from '../../options/catalog/index.ts';
import { keyProblems } from '../../options/combinations.ts';
import { inputMessages as messages } from '../../options/messages.ts';
import { flagReader, type KeyAnswers, readOptions, withKeySource } from '../../options/read-options.ts';

/** The options of `verify` as commander stores them. */
export type VerifyOptions = RawOptions<'verify'>;

/** The user's answers so far. */
export interface VerifyAnswers extends SecretAnswers, KeyAnswers {
  policyName?: string;
  roleName?: string;
  roleArn?: string;
  flowArn?: string;
  /** True to list the checks that passed too. */
  all: boolean;
}

/** Reads options into typed values. Returns all problems, one sentence each. */
export function readVerifyAnswers(options: VerifyOptions): { answers: VerifyAnswers; problems: string[] } {
  const problems: string[] = [];
  const answers: VerifyAnswers = withKeySource(readOptions('verify', options, flagReader(problems)));
  const { secretArn, secretName, region, roleName, roleArn } = options;
  const hasArnAndName = secretArn !== undefined && (secretName !== undefined || region !== undefined);
  return {
    answers,
    problems: [
      ...problems,
      ...(hasArnAndName ? [messages.arnOrName] : []),
      ...(roleName !== undefined && roleArn !== undefined ? [messages.roleOnce] : []),
      ...keyProblems(options),
    ],
  };
}
