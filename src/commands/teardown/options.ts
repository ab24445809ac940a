import {
  readSecretOptions,
  type SecretAnswers,
  type SecretOptions,
  secretProblems,
} from '../../cli/key-options.ts';
import { DEFAULTS } from '../../defaults.ts';
import { reader } from '../../options/key-options.ts';
import * as rules from '../../options/rules.ts';
import { teardownMessages as messages } from './messages.ts';

/** The options of `teardown` as the parser returns them: text, not checked. */
export interface TeardownOptions extends SecretOptions {
  policyName?: string;
  roleName?: string;
  recoveryDays?: string;
  includeUntagged?: boolean;
  dryRun?: boolean;
}

/** What is known of the user's wishes so far. */
export interface TeardownAnswers extends SecretAnswers {
  policyName: string;
  roleName: string;
  /** Which of the two were given; the others are defaults. */
  given: { policy: boolean; role: boolean };
  recoveryDays: number;
  includeUntagged: boolean;
  dryRun: boolean;
}

/** Reads options into typed values. Returns every problem with them, a sentence each. */
export function readTeardownAnswers(options: TeardownOptions): {
  answers: TeardownAnswers;
  problems: string[];
} {
  const problems: string[] = [];
  const read = reader(problems);
  const { policyName, roleName, recoveryDays: days = `${DEFAULTS.recoveryDays}` } = options;
  const recoveryDays = /^\d{1,2}$/.test(days) ? Number(days) : Number.NaN;
  const answers: TeardownAnswers = {
    policyName: DEFAULTS.policyName,
    roleName: DEFAULTS.roleName,
    ...readSecretOptions(options, read),
    ...read.text('policyName', policyName, rules.policyName, '--policy-name'),
    ...read.text('roleName', roleName, rules.roleName, '--role-name'),
    given: { policy: policyName !== undefined, role: roleName !== undefined },
    recoveryDays,
    includeUntagged: options.includeUntagged ?? false,
    dryRun: options.dryRun ?? false,
  };
  const inWindow = recoveryDays >= 7 && recoveryDays <= 30;
  return {
    answers,
    problems: [
      ...problems,
      ...secretProblems(options),
      ...(inWindow ? [] : [messages.recoveryDays('--recovery-days')]),
    ],
  };
}
