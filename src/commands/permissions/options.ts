import { isAccountId, parseArn } from '../../aws/arn.ts';
import { partitionOf } from '../../aws/regions.ts';
import {
  readSecretOptions,
  type SecretAnswers,
  type SecretOptions,
  secretProblems,
} from '../../cli/key-options.ts';
import { EXISTING_KEY_ANSWERS, reader } from '../../options/key-options.ts';
import { inputMessages } from '../../options/messages.ts';
import * as rules from '../../options/rules.ts';
import { kmsKeyProblems } from '../../options/setup-options.ts';
import { permissionsMessages as messages } from './messages.ts';
import type { PermissionCommand } from './needs/types.ts';

/** The options of `permissions COMMAND` as the parser returns them: text, not checked. Each command has some of them. */
export interface PermissionsOptions extends SecretOptions {
  kmsKeyId?: string;
  policyName?: string;
  roleName?: string;
  roleArn?: string;
  permissionsBoundary?: string;
  tag?: string[];
  existingKey?: string;
  restore?: boolean;
  updateTrust?: boolean;
  rollback?: boolean;
  includeUntagged?: boolean;
  flowArn?: string;
  dryRun?: boolean;
  accountId?: string;
  optional?: boolean;
}

/** The same, read. */
export interface PermissionsAnswers extends SecretAnswers {
  command: PermissionCommand;
  kmsKeyId?: string;
  policyName?: string;
  roleName?: string;
  roleArn?: string;
  permissionsBoundary?: string;
  tagKeys: string[];
  replace: boolean;
  restore: boolean;
  updateTrust: boolean;
  rollback: boolean;
  includeUntagged: boolean;
  flowArn?: string;
  dryRun: boolean;
  /** The account, where it is not asked of AWS. */
  accountId?: string;
  /** Whether the policy is to hold what the command can do without as well. */
  optional: boolean;
}

/** Reads options into typed values. Returns every problem with them, a sentence each. */
export function readPermissionsAnswers(
  command: PermissionCommand,
  options: PermissionsOptions,
): { answers: PermissionsAnswers; problems: string[] } {
  const problems: string[] = [];
  const read = reader(problems);
  const existingKey = read.choice(options.existingKey, EXISTING_KEY_ANSWERS, '--existing-key');
  const answers: PermissionsAnswers = {
    command,
    ...readSecretOptions(options, read),
    ...read.text('kmsKeyId', options.kmsKeyId, rules.kmsKeyId, '--kms-key-id'),
    ...read.text('policyName', options.policyName, rules.policyName, '--policy-name'),
    ...read.text('roleName', options.roleName, rules.roleName, '--role-name'),
    ...read.text('roleArn', options.roleArn, rules.roleArn, '--role-arn'),
    ...read.text(
      'permissionsBoundary',
      options.permissionsBoundary,
      rules.boundaryArn,
      '--permissions-boundary',
    ),
    ...read.text('flowArn', options.flowArn, flowArn, '--flow-arn'),
    ...read.text('accountId', options.accountId, accountId, '--account-id'),
    ...switches(options),
    tagKeys: read.tags(options.tag).map(({ key }) => key),
    replace: existingKey === 'replace',
  };
  return { answers, problems: [...problems, ...combinations(command, options, answers)] };
}

function switches(options: PermissionsOptions) {
  return {
    restore: options.restore ?? false,
    updateTrust: options.updateTrust ?? false,
    rollback: options.rollback ?? false,
    includeUntagged: options.includeUntagged ?? false,
    dryRun: options.dryRun ?? false,
    optional: options.optional ?? false,
  };
}

function combinations(
  command: PermissionCommand,
  options: PermissionsOptions,
  { regions, secretArns, flowArn: flow = '', permissionsBoundary = '', roleArn = '' }: PermissionsAnswers,
): string[] {
  // `setup` takes the ARNs of different secrets.
  const several = command === 'setup' ? [inputMessages.arnsOfOneName] : [];
  const arns = [...secretArns, flow, permissionsBoundary, roleArn].flatMap((arn) => parseArn(arn) ?? []);
  const partitions = new Set([...arns.map(({ partition }) => partition), ...regions.map(partitionOf)]);
  return [
    ...secretProblems(options).filter((problem) => !several.includes(problem)),
    ...kmsKeyProblems(options),
    ...(options.roleName !== undefined && options.roleArn !== undefined ? [inputMessages.roleOnce] : []),
    ...(partitions.size > 1 ? [inputMessages.partitions(inputMessages.regionsAndArns)] : []),
  ];
}

const accountId: rules.Rule = (value, what) =>
  isAccountId(value) ? undefined : inputMessages.accountId(what);

const flowArn: rules.Rule = (value, what) => {
  const arn = parseArn(value);
  return arn?.service === 'mediaconnect' && /^(flow|routerInput|routerOutput):/.test(arn.resource)
    ? undefined
    : messages.flowArn(what);
};
