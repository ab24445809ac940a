import { regionsIn } from '../../cli/batch/manifest-secrets.ts';
import { runWithManifest } from '../../cli/batch/run-batch.ts';
import type { CommonOptions } from '../../cli/options.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { DEFAULTS, KEY_TYPE_TAG, TOOL_TAG } from '../../defaults.ts';
import { EXIT, type ExitCode, Failure } from '../../failure.ts';
import type { Manifest } from '../../manifest/fields.ts';
import type { SetupAnswers } from '../../options/setup-request.ts';
import { type AccountRef, MANAGED_POLICY_LIMIT, policySize } from '../../policy/index.ts';
import { groupedBy } from '../../text.ts';
import { permissionsMessages as messages } from './messages.ts';
import { needsOfAll, type PermissionRequest, passRole, withCommonPrefixes } from './needs/index.ts';
import type { PermissionsValues } from './options.ts';
import { type PermissionsReport, reportOf, showPermissions } from './output.ts';
import { accountFor, secretsOf } from './run.ts';

/**
 * Runs `permissions COMMAND --manifest` and returns the exit code. Prints failures.
 * @throws Failure if the manifest has mistakes
 */
export function runPermissionsManifest(
  path: string,
  answers: PermissionsValues,
  common: CommonOptions,
): Promise<number> {
  return runWithManifest(path, common, (run, manifest) => performPermissionsManifest(run, manifest, answers));
}

/**
 * Prints the policy for running a command with a manifest. If the policy would be too long with the name of every secret, it has
 * the names' common prefixes instead.
 */
export async function performPermissionsManifest(
  run: CommandRun,
  manifest: Manifest,
  answers: PermissionsValues,
): Promise<ExitCode> {
  const accountRef = await accountFor(run, answers, regionsIn(manifest));
  const requests = requestsOf(manifest, answers, accountRef);
  const fullReport = reportFor(manifest, answers, requests);
  const size = policySize(fullReport.policy);
  if (size <= MANAGED_POLICY_LIMIT) return show(run, fullReport);
  const prefixRequests = requests.flatMap((request) => withCommonPrefixes(request) ?? []);
  if (prefixRequests.length < requests.length) return show(run, fullReport);
  const shorterReport = reportFor(manifest, answers, prefixRequests);
  if (policySize(shorterReport.policy) > MANAGED_POLICY_LIMIT) return show(run, fullReport);
  const arns = prefixRequests.flatMap(({ secrets }) => secrets.map(({ arn }) => arn));
  const patterns = new Set(arns.filter((arn) => arn.endsWith('*')));
  run.output.warn(messages.byPrefix(size, [...patterns]));
  return show(run, shorterReport);
}

function show({ output }: CommandRun, report: PermissionsReport): ExitCode {
  showPermissions(output, report);
  return EXIT.done;
}

function reportFor(
  manifest: Manifest,
  answers: PermissionsValues,
  requests: PermissionRequest[],
): PermissionsReport {
  const [first] = requests;
  if (!first) throw new Failure(messages.noKeys, { code: 'missing-options', exitCode: EXIT.usage });
  const [passAllRoles = passRole(first)] = needsOfAll('create-flow', requests).required;
  return reportOf(answers, {
    accountRef: first.accountRef,
    needs: needsOfAll(answers.command, requests),
    passRole: passAllRoles,
    hasBoundary: requests.every(({ permissionsBoundary }) => permissionsBoundary !== undefined),
    tooLongHint: messages.tooLongHintForManifest,
    roleArguments: ['--manifest', manifest.commandPath],
  });
}

/** Groups the keys that need the same permissions, and returns one request for each group. */
function requestsOf(
  manifest: Manifest,
  answers: PermissionsValues,
  accountRef: AccountRef,
): PermissionRequest[] {
  const regions = regionsIn(manifest);
  const allAnswers = manifest.keys.map((key) => key.answers);
  // All requests get the tags of all keys, because a policy or role gets the tags that its keys have in common.
  const customTagKeys = allAnswers.flatMap(({ tags }) => tags.map(({ key }) => key));
  const tagKeys = [...new Set([TOOL_TAG, KEY_TYPE_TAG, ...customTagKeys])];
  const keys = allAnswers.map((keyAnswers) => ({
    secrets: secretsOf(keyAnswers, accountRef),
    relevantAnswers: relevantAnswers(keyAnswers),
  }));
  const groups = groupedBy(keys, (key) => JSON.stringify(key.relevantAnswers));
  return [...groups.values()].map((group) => ({
    ...answers,
    ...group[0].relevantAnswers,
    secrets: group.flatMap(({ secrets }) => secrets),
    accountRef,
    regions,
    tagKeys,
    manifest: true,
  }));
}

/** Returns the answers for a key that affect the permissions. */
function relevantAnswers(answers: SetupAnswers) {
  const { policyName, roleName, kmsKeyId, permissionsBoundary, restore, updateTrust } = answers;
  return {
    byArn: answers.secretArns.length > 0 || answers.existing,
    policyName: policyName ?? DEFAULTS.policyName,
    roleName: roleName ?? DEFAULTS.roleName,
    kmsKeyId,
    permissionsBoundary,
    replace: answers.existingKey === 'replace',
    restore,
    updateTrust,
  };
}
