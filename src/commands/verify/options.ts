import { readSecretOptions, type SecretAnswers, type SecretOptions } from '../../cli/key-options.ts';
import {
  type KeyAnswers,
  type KeyOptions,
  keyProblems,
  reader,
  readKeyOptions,
} from '../../options/key-options.ts';
import { inputMessages as messages } from '../../options/messages.ts';
import * as rules from '../../options/rules.ts';

/** The options of `verify` as the parser returns them: text, not checked. */
export interface VerifyOptions extends SecretOptions, Omit<KeyOptions, 'generate'> {
  policyName?: string;
  roleName?: string;
  roleArn?: string;
  flowArn?: string;
}

/** What is known of the user's wishes so far. */
export interface VerifyAnswers extends SecretAnswers, KeyAnswers {
  policyName?: string;
  roleName?: string;
  roleArn?: string;
  flowArn?: string;
}

/** Reads options into typed values. Returns every problem with them, a sentence each. */
export function readVerifyAnswers(options: VerifyOptions): { answers: VerifyAnswers; problems: string[] } {
  const problems: string[] = [];
  const read = reader(problems);
  const answers: VerifyAnswers = {
    ...readSecretOptions(options, read),
    ...readKeyOptions(options, read),
    ...read.text('policyName', options.policyName, rules.policyName, '--policy-name'),
    ...read.text('roleName', options.roleName, rules.roleName, '--role-name'),
    ...read.text('roleArn', options.roleArn, rules.roleArn, '--role-arn'),
    ...read.text('flowArn', options.flowArn, rules.flowArn, '--flow-arn'),
  };
  const { secretArn, secretName, region, roleName, roleArn } = options;
  const arnAndName = secretArn !== undefined && (secretName !== undefined || region !== undefined);
  return {
    answers,
    problems: [
      ...problems,
      ...(arnAndName ? [messages.arnOrName] : []),
      ...(roleName !== undefined && roleArn !== undefined ? [messages.roleOnce] : []),
      ...keyProblems(options),
    ],
  };
}
