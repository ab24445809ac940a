import { expectedSecretArn, parseArn, parseSecretArn } from '../../aws/arn.ts';
import { partitionOf } from '../../aws/regions.ts';
import { missingFailure } from '../../cli/failure-output.ts';
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
import type { PermissionsAnswers } from './options.ts';
import { reportOf, showPermissions } from './output.ts';

/** Runs `permissions COMMAND` and returns the exit code. Prints failures. */
export function runPermissions(answers: PermissionsAnswers, common: CommonOptions): Promise<number> {
  return runCommand(common, namedRegions(answers), (run) => performPermissions(run, answers));
}

/** Prints the policy. The only AWS call reads the account, if it was not given. */
export async function performPermissions(
  run: CommandRun,
  givenAnswers: PermissionsAnswers,
): Promise<ExitCode> {
  const answers = run.common.sandbox ? withExample(givenAnswers) : givenAnswers;
  const regions = await regionsFor(run, answers);
  demandNames(answers, regions);
  const accountRef = await accountFor(run, answers, regions);
  const request = requestOf(answers, accountRef, regions);
  const { command, roleName, permissionsBoundary } = answers;
  const report = reportOf(answers, {
    accountRef,
    needs: needsOf(command, request),
    passRole: passRole(request),
    hasBoundary: permissionsBoundary !== undefined,
    tooLongHint: messages.tooLongHint,
    roleArguments: [
      ...(roleName === undefined ? [] : ['--role-name', roleName]),
      // The Region determines the role's partition, and the endpoint for reading the account.
      ...namedRegions(answers)
        .slice(0, 1)
        .flatMap((region) => ['--region', region]),
    ],
  });
  showPermissions(run.output, report);
  return EXIT.done;
}

/** In the sandbox, the guide's example replaces a missing secret name, as in `setup`. */
function withExample(answers: PermissionsAnswers): PermissionsAnswers {
  const { secretName, secretArns } = answers;
  return secretArns.length > 0
    ? answers
    : { ...answers, secretName: secretName ?? DEFAULTS.example.secretName };
}

/** Returns the Regions in the flags, including those in ARNs. */
function namedRegions({ regions, secretArns, flowArn }: PermissionsAnswers): string[] {
  const arns = [...secretArns, ...(regions.length + secretArns.length === 0 && flowArn ? [flowArn] : [])];
  return [...new Set([...regions, ...arns.flatMap((arn) => parseArn(arn)?.region ?? [])])];
}

async function regionsFor(run: CommandRun, answers: PermissionsAnswers): Promise<string[]> {
  const regions = namedRegions(answers);
  if (regions.length > 0) return regions;
  if (!takesConfiguredRegion(answers.command)) return [EVERY_REGION];
  return configuredRegions(run);
}

function demandNames({ command, secretName, secretArns }: PermissionsAnswers, regions: string[]): void {
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
  { accountId }: PermissionsAnswers,
  [region = '']: string[],
): Promise<AccountRef> {
  // Where the policy is for every Region, the configured one says which partition.
  const [regionOfAccount = ''] = region === EVERY_REGION ? configuredRegions(run) : [region];
  if (accountId !== undefined) return { account: accountId, partition: partitionOf(regionOfAccount) };
  const { account, partition } = await run.aws.identity();
  return { account, partition };
}

function requestOf(
  answers: PermissionsAnswers,
  accountRef: AccountRef,
  regions: string[],
): PermissionRequest {
  const { secretName = '', secretArns, tagKeys, policyName, roleName } = answers;
  return {
    ...answers,
    accountRef,
    regions,
    secrets:
      secretArns.length > 0
        ? secretArns.map((arn) => ({ arn, region: parseSecretArn(arn)?.region ?? '' }))
        : regions.map((region) => ({ arn: expectedSecretArn(accountRef, region, secretName), region })),
    byArn: secretArns.length > 0,
    policyName: policyName ?? DEFAULTS.policyName,
    roleName: roleName ?? DEFAULTS.roleName,
    tagKeys: [TOOL_TAG, KEY_TYPE_TAG, ...tagKeys],
    manifest: false,
  };
}
