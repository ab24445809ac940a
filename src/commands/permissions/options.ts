import { parseArn } from '../../aws/arn.ts';
import { partitionOf } from '../../aws/regions.ts';
import type { OptionValues, RawOptions } from '../../options/catalog/index.ts';
import { kmsKeyProblems, secretProblems } from '../../options/combinations.ts';
import { inputMessages } from '../../options/messages.ts';
import { flagReader, readOptions } from '../../options/read-options.ts';
import type { PermissionCommand } from './needs/types.ts';

type FullCommandName = `permissions ${PermissionCommand}`;

/** The options of `permissions COMMAND` as commander stores them. Each command has some of them. */
export type PermissionsOptions = RawOptions<FullCommandName>;

/** The values of the options. Options that a command doesn't take have their defaults. */
export interface PermissionsValues
  extends Omit<OptionValues<FullCommandName>, 'tags' | 'existingKey' | 'manifest'> {
  command: PermissionCommand;
  tagKeys: string[];
  replace: boolean;
}

/** The values of options that a command doesn't take. */
const NOT_TAKEN = {
  secretArns: [],
  restore: false,
  updateTrust: false,
  rollback: false,
  includeUntagged: false,
  dryRun: false,
  optional: false,
};

/** Reads options into typed values. Returns the problems, one sentence each. */
export function readPermissionsValues(
  command: PermissionCommand,
  options: PermissionsOptions,
): { answers: PermissionsValues; problems: string[] } {
  const problems: string[] = [];
  const values = readOptions<FullCommandName>(`permissions ${command}`, options, flagReader(problems));
  const { tags = [], existingKey, manifest: _, ...others } = values;
  const answers: PermissionsValues = {
    ...NOT_TAKEN,
    ...others,
    command,
    tagKeys: tags.map(({ key }) => key),
    replace: existingKey === 'replace',
  };
  return { answers, problems: [...problems, ...combinationProblems(command, options, answers)] };
}

/** Returns the problems of options that don't go together. */
function combinationProblems(
  command: PermissionCommand,
  options: PermissionsOptions,
  { regions, secretArns, flowArn = '', permissionsBoundary = '', roleArn = '' }: PermissionsValues,
): string[] {
  // `setup` accepts ARNs of different secrets.
  const acceptedProblems = command === 'setup' ? [inputMessages.arnsOfOneName] : [];
  const arns = [...secretArns, flowArn, permissionsBoundary, roleArn].flatMap((arn) => parseArn(arn) ?? []);
  const partitions = new Set([...arns.map(({ partition }) => partition), ...regions.map(partitionOf)]);
  return [
    ...secretProblems(options).filter((problem) => !acceptedProblems.includes(problem)),
    ...kmsKeyProblems(options),
    ...(options.roleName !== undefined && options.roleArn !== undefined ? [inputMessages.roleOnce] : []),
    ...(partitions.size > 1 ? [inputMessages.partitions(inputMessages.regionsAndArns)] : []),
  ];
}
