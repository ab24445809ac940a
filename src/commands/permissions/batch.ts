import { expectedSecretArn, parseArn } from '../../aws/arn.ts';
import { regionsIn } from '../../cli/batch/manifest-secrets.ts';
import { runWithManifest } from '../../cli/batch/run-batch.ts';
import type { CommonOptions } from '../../cli/options.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { DEFAULTS, KEY_TYPE_TAG, TOOL_TAG } from '../../defaults.ts';
import { EXIT, type ExitCode, Failure } from '../../failure.ts';
import { groupedBy } from '../../grouping.ts';
import type { Manifest } from '../../manifest/members.ts';
import type { SetupAnswers } from '../../options/setup-request.ts';
import { type AccountRef, MANAGED_POLICY_LIMIT, measure } from '../../policy/index.ts';
import { permissionsMessages as messages } from './messages.ts';
import { byPrefix, needsOfAll, type PermissionRequest, passRole } from './needs/index.ts';
import type { PermissionsAnswers } from './options.ts';
import { type PermissionsReport, reportOf, showPermissions } from './output.ts';
import { accountFor } from './run.ts';

/**
 * Runs `permissions COMMAND --manifest` and returns the exit code. Prints failures.
 * @throws Failure if the manifest has mistakes
 */
export function runPermissionsManifest(
  path: string,
  answers: PermissionsAnswers,
  common: CommonOptions,
): Promise<number> {
  return runWithManifest(path, common, (run, manifest) => performPermissionsManifest(run, manifest, answers));
}

/**
 * Prints the policy for running a command with a manifest. If it is too long with the name of every secret, it uses their common
 * prefixes.
 */
export async function performPermissionsManifest(
  run: CommandRun,
  manifest: Manifest,
  answers: PermissionsAnswers,
): Promise<ExitCode> {
  const where = await accountFor(run, answers, regionsIn(manifest));
  const requests = requestsOf(manifest, answers, where);
  const report = (of: PermissionRequest[]) => reportFor(manifest, answers, of);
  const named = report(requests);
  const size = measure(named.policy);
  if (size <= MANAGED_POLICY_LIMIT) return show(run, named);
  const prefixed = requests.flatMap((request) => byPrefix(request) ?? []);
  const shorter = prefixed.length === requests.length ? report(prefixed) : named;
  if (measure(shorter.policy) > MANAGED_POLICY_LIMIT) return show(run, named);
  const patterns = new Set(prefixed.flatMap(({ secrets }) => secrets.map(({ arn }) => arn)));
  run.output.warn(
    messages.byPrefix(
      size,
      [...patterns].filter((arn) => arn.endsWith('*')),
    ),
  );
  return show(run, shorter);
}

function show({ output }: CommandRun, report: PermissionsReport): ExitCode {
  showPermissions(output, report);
  return EXIT.done;
}

function reportFor(
  manifest: Manifest,
  answers: PermissionsAnswers,
  requests: PermissionRequest[],
): PermissionsReport {
  const [first] = requests;
  if (!first) throw new Failure(messages.noKeys, { code: 'missing-options', exitCode: EXIT.usage });
  const [ofRoles = passRole(first)] = needsOfAll('create-flow', requests).required;
  return reportOf(answers, {
    where: first.where,
    needs: needsOfAll(answers.command, requests),
    ofRoles,
    bounded: requests.every(({ permissionsBoundary }) => permissionsBoundary !== undefined),
    wayOut: messages.wayOutOfManifest,
    roleArguments: ['--manifest', manifest.commandPath],
  });
}

/** Returns one request for all keys that need the same permissions. */
function requestsOf(manifest: Manifest, answers: PermissionsAnswers, where: AccountRef): PermissionRequest[] {
  const regions = regionsIn(manifest);
  const all = manifest.keys.map((key) => key.answers);
  // Tags are combined for all keys, because a policy or role gets the tags that its keys have in common.
  const tagKeys = [
    ...new Set([TOOL_TAG, KEY_TYPE_TAG, ...all.flatMap(({ tags }) => tags.map(({ key }) => key))]),
  ];
  const keys = all.map((each) => ({ secrets: secretsOf(each, where), wanted: wantedOf(each) }));
  return [...groupedBy(keys, ({ wanted }) => JSON.stringify(wanted)).values()].map((same) => ({
    ...answers,
    ...same[0].wanted,
    secrets: same.flatMap(({ secrets }) => secrets),
    where,
    regions,
    tagKeys,
    manifest: true,
  }));
}

function secretsOf(answers: SetupAnswers, where: AccountRef): PermissionRequest['secrets'] {
  const { secretName = '', secretArns, regions } = answers;
  return secretArns.length > 0
    ? secretArns.map((arn) => ({ arn, region: parseArn(arn)?.region ?? '' }))
    : regions.map((region) => ({ arn: expectedSecretArn(where, region, secretName), region }));
}

/** Returns the answers for a key that affect the permissions. */
function wantedOf(answers: SetupAnswers) {
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
