import { expectedSecretArn, parseArn } from '../../aws/arn.ts';
import { partitionOf } from '../../aws/regions.ts';
import { missingFailure } from '../../cli/failure-output.ts';
import type { SecretAnswers } from '../../cli/key-options.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { configuredRegions } from '../../cli/region-and-endpoints.ts';
import { type CommandRun, runCommand } from '../../cli/run-command.ts';
import { DEFAULTS, KEY_TYPE_TAG, TOOL_TAG } from '../../defaults.ts';
import { EXIT, type ExitCode } from '../../failure.ts';
import type { AccountRef } from '../../policy/index.ts';
import { setupMessages } from '../../ui/messages.ts';
import { permissionsMessages as messages } from './messages.ts';
import {
  EVERY_REGION,
  needsOf,
  type PermissionRequest,
  passRole,
  takesConfiguredRegion,
} from './needs/index.ts';
import type { PermissionsValues } from './options.ts';
import { reportOf, showPermissions } from './output.ts';

/** Runs `permissions COMMAND` and returns the exit code. Prints failures. */
export function runPermissions(answers: PermissionsValues, common: CommonOptions): Promise<number> {
  return runCommand(common, namedRegions(answers), (run) => performPermissions(run, answers));
}

/** Prints the policy. Calls AWS only to read the account, if the user didn't give it. */
export async function performPermissions(
  run: CommandRun,
  givenAnswers: PermissionsValues,
): Promise<ExitCode> {
  const answers = run.common.sandbox ? withExample(givenAnswers) : givenAnswers;
  const regions = regionsFor(run, answers);
  demandInputs(answers, regions);
  const accountRef = await accountFor(run, answers, regions);
  const request = requestOf({ ...answers, regions }, accountRef);
  const { command, roleName, permissionsBoundary } = answers;
  const [firstRegion] = namedRegions(answers);
  const report = reportOf(answers, {
    accountRef,
    needs: needsOf(command, request),
    passRole: passRole(request),
    hasBoundary: permissionsBoundary !== undefined,
    tooLongHint: messages.tooLongHint,
    roleArguments: [
      ...(roleName === undefined ? [] : ['--role-name', roleName]),
      // The Region determines the role's partition, and the endpoint for reading the account.
      ...(firstRegion === undefined ? [] : ['--region', firstRegion]),
    ],
  });
  showPermissions(run.output, report);
  return EXIT.done;
}

/** In the sandbox, the guide's example replaces a missing secret name, as in `setup`. */
function withExample(answers: PermissionsValues): PermissionsValues {
  if (answers.secretArns.length > 0) return answers;
  return { ...answers, secretName: answers.secretName ?? DEFAULTS.example.secretName };
}

/** Returns the Regions in the flags, including those in ARNs. */
function namedRegions({ regions, secretArns, flowArn }: PermissionsValues): string[] {
  const arns = [...secretArns, ...(regions.length + secretArns.length === 0 && flowArn ? [flowArn] : [])];
  return [...new Set([...regions, ...arns.flatMap((arn) => parseArn(arn)?.region ?? [])])];
}

function regionsFor(run: CommandRun, answers: PermissionsValues): string[] {
  const regions = namedRegions(answers);
  if (regions.length > 0) return regions;
  return takesConfiguredRegion(answers.command) ? configuredRegions(run) : [EVERY_REGION];
}

function demandInputs({ command, secretName, secretArns }: PermissionsValues, regions: string[]): void {
  const needsSecret = command !== 'status' && command !== 'create-flow';
  const { missingItems } = setupMessages;
  const missing = [
    ...(needsSecret && secretName === undefined && secretArns.length === 0 ? [missingItems.existing] : []),
    ...(regions.length === 0 ? [missingItems.region] : []),
  ];
  if (missing.length > 0) throw missingFailure(missing, setupMessages.missingFlagsHint);
}

/** Returns the account that the policy is for: the given one, or the caller's. */
export async function accountFor(
  run: CommandRun,
  { accountId }: PermissionsValues,
  [region = '']: string[],
): Promise<AccountRef> {
  // If the policy is for every Region, the configured Region determines the partition.
  const [knownRegion = ''] = region === EVERY_REGION ? configuredRegions(run) : [region];
  if (accountId !== undefined) return { account: accountId, partition: partitionOf(knownRegion) };
  const { account, partition } = await run.aws.identity();
  return { account, partition };
}

function requestOf(answers: PermissionsValues, accountRef: AccountRef): PermissionRequest {
  const { secretArns, tagKeys, policyName, roleName } = answers;
  return {
    ...answers,
    accountRef,
    secrets: secretsOf(answers, accountRef),
    byArn: secretArns.length > 0,
    policyName: policyName ?? DEFAULTS.policyName,
    roleName: roleName ?? DEFAULTS.roleName,
    tagKeys: [TOOL_TAG, KEY_TYPE_TAG, ...tagKeys],
    manifest: false,
  };
}

/** Returns the secrets by ARN: those that the answers name, or one in each Region. */
export function secretsOf(
  { secretName = '', secretArns, regions }: SecretAnswers,
  accountRef: AccountRef,
): PermissionRequest['secrets'] {
  return secretArns.length > 0
    ? secretArns.map((arn) => ({ arn, region: parseArn(arn)?.region ?? '' }))
    : regions.map((region) => ({ arn: expectedSecretArn(accountRef, region, secretName), region }));
}
