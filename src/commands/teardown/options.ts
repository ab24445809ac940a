import type { SecretAnswers } from '../../cli/key-options.ts';
import { DEFAULTS } from '../../defaults.ts';
import type { RawOptions } from '../../options/catalog/index.ts';
import { secretProblems } from '../../options/combinations.ts';
import { flagReader, readOptions } from '../../options/read-options.ts';

/** The options of `teardown` as commander stores them. */
export type TeardownOptions = RawOptions<'teardown'>;

/** The user's answers so far. */
export interface TeardownAnswers extends SecretAnswers {
  policyName: string;
  roleName: string;
  /** Which of the two names the user gave; the others are defaults. */
  givenNames: { policy: boolean; role: boolean };
  recoveryDays: number;
  includeUntagged: boolean;
  dryRun: boolean;
}

/** Reads options into typed values. Returns all problems, one sentence each. */
export function readTeardownAnswers(options: TeardownOptions): {
  answers: TeardownAnswers;
  problems: string[];
} {
  const problems: string[] = [];
  const values = readOptions('teardown', options, flagReader(problems));
  const { policyName, roleName } = values;
  const answers: TeardownAnswers = {
    ...values,
    policyName: policyName ?? DEFAULTS.policyName,
    roleName: roleName ?? DEFAULTS.roleName,
    givenNames: { policy: policyName !== undefined, role: roleName !== undefined },
    recoveryDays: Number(values.recoveryDays ?? DEFAULTS.recoveryDays),
  };
  return { answers, problems: [...problems, ...secretProblems(options)] };
}
