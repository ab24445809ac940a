import {
  type ManifestEntry,
  type SecretRolePair,
  type Verification,
  type VerifyGroup,
  verification,
} from '../../checks/verify/index.ts';
import { checksByArn, showKeys, verdictOn } from '../../checks/verify/report/batch.ts';
import { verifyMessages as messages } from '../../checks/verify/report/messages.ts';
import { exitCodeOf, type ReportOptions, verdictOf } from '../../checks/verify/report/report.ts';
import type { VerifiedKey } from '../../checks/verify/result.ts';
import { encryptionSettingsOf } from '../../checks/verify/settings.ts';
import { placesOf, rotatesOnlyWrong, verifiedEntry } from '../../cli/batch/manifest-secrets.ts';
import { runWithManifest } from '../../cli/batch/run-batch.ts';
import { printJson } from '../../cli/json.ts';
import { placesOfArns, taggedType } from '../../cli/key-options.ts';
import type { CommonOptions } from '../../cli/options.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { showAccount } from '../../cli/step-context.ts';
import type { ExitCode } from '../../failure.ts';
import type { CheckedKey } from '../../key/index.ts';
import type { Manifest } from '../../manifest/fields.ts';
import { checkInManifest, loadAvailableKeys } from '../../manifest/index.ts';
import { keyRules, keyTypeIsUnknown, type SetupAnswers } from '../../options/setup-request.ts';
import { groupedBy } from '../../text.ts';
import { shortList } from '../../ui/batch-messages.ts';
import { toolCommand } from '../../ui/commands.ts';
import { setupMessages } from '../../ui/messages.ts';
import { counter } from '../../ui/progress.ts';
import type { VerifyOptions } from './options.ts';

/**
 * Runs `verify --manifest` and returns the exit code. Prints failures.
 * @throws Failure if the manifest has mistakes
 */
export function runVerifyManifest(
  path: string,
  common: CommonOptions,
  { all = false }: Pick<VerifyOptions, 'all'> = {},
): Promise<number> {
  return runWithManifest(path, common, (run, manifest) => performVerifyManifest(run, manifest, all));
}

/** Verifies all secrets of all keys, with the role and the policy of each entry. Changes nothing. */
export async function performVerifyManifest(
  run: CommandRun,
  manifest: Manifest,
  all = false,
): Promise<ExitCode> {
  const { aws, progress } = run;
  const groups = await groupsOf(run, manifest);
  await showAccount(run);
  progress.start(messages.lookingAtAll);
  const secrets = groups.flatMap((group) => group.secrets);
  const result = await verification(aws, { groups }, counter(progress, secrets.length));
  progress.stop();
  const permissionsCommand = (needsOptional: boolean) =>
    toolCommand(
      ...['permissions', 'verify', '--manifest', manifest.commandPath],
      ...(needsOptional ? ['--optional'] : []),
    );
  const checks = result.checks.map(checkInManifest);
  await show(run, { ...result, checks }, { all, permissionsCommand });
  return exitCodeOf(result.checks);
}

async function groupsOf({ aws, output, keyInput }: CommandRun, manifest: Manifest): Promise<VerifyGroup[]> {
  const { keys, warnings, unavailable } = await loadAvailableKeys(manifest, keyInput, (entry) =>
    taggedType(aws, placesOf(entry)),
  );
  for (const warning of warnings) output.warn(`${setupMessages.warning}: ${warning}`);
  if (unavailable.length > 0) {
    const note = messages.notCompared(unavailable.length, shortList(unavailable));
    output.warn(`${setupMessages.warning}: ${note}`);
  }
  // A key that isn't available here would stop the whole `rotate` run, so `rotate` is then no fix.
  const rotates = unavailable.length === 0 && rotatesOnlyWrong(manifest);
  return manifest.keys.map((key, index) =>
    groupOf(key.answers, keys[index], verifiedEntry(key, { path: manifest.commandPath, rotates })),
  );
}

function groupOf(
  answers: SetupAnswers,
  checked: CheckedKey | undefined,
  manifest: ManifestEntry,
): VerifyGroup {
  const { secretName: name = '', secretArns, regions, policyName } = answers;
  const places =
    secretArns.length > 0 ? placesOfArns(secretArns) : regions.map((region) => ({ id: name, region }));
  const expectedKey = {
    ...keyRules(answers),
    key: checked?.key,
    keyTypeGuessed: keyTypeIsUnknown(answers) || undefined,
    manifest,
  };
  const secrets = places.map((place) => ({ ...place, ...expectedKey }));
  return { secrets, role: manifest.roleName, policyName };
}

async function show(
  { aws, output }: CommandRun,
  { checks, pairs }: Verification,
  options: ReportOptions,
): Promise<void> {
  const { account, partition } = await aws.identity();
  if (!output.options.json) return showKeys(output, checks, keysOf(pairs), { ...options, account });
  const checksOfArn = checksByArn(checks);
  const usablePairs = pairs.filter(({ secret, role }) =>
    ['ok', 'warning'].includes(verdictOn({ secrets: [secret], role }, checksOfArn)),
  );
  const encryption = encryptionSettingsOf(usablePairs);
  printJson(output, { account, partition, verdict: verdictOf(checks), checks, encryption });
}

/** Returns the secrets and the role of each manifest entry. */
function keysOf(pairs: SecretRolePair[]): VerifiedKey[] {
  const groups = groupedBy(pairs, ({ manifestPosition = '' }) => manifestPosition);
  return [...groups.values()].map((group) => ({
    secrets: group.map(({ secret }) => secret),
    role: group[0].role,
  }));
}
