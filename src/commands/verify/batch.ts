import {
  type ManifestEntry,
  type SecretRolePair,
  type Verification,
  type VerifyGroup,
  verification,
} from '../../checks/verify/index.ts';
import { checksByArn, showKeys, verdictOn } from '../../checks/verify/report/batch.ts';
import { verifyMessages as messages } from '../../checks/verify/report/messages.ts';
import { exitCodeOf, verdictOf } from '../../checks/verify/report/report.ts';
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
import { groupedBy } from '../../grouping.ts';
import type { CheckedKey } from '../../key/index.ts';
import type { Manifest } from '../../manifest/fields.ts';
import { checkInManifest, loadAvailableKeys } from '../../manifest/index.ts';
import { keyRules, keyTypeIsUnknown, type SetupAnswers } from '../../options/setup-request.ts';
import { setupMessages } from '../../ui/messages.ts';
import { counter } from '../../ui/progress.ts';

/**
 * Runs `verify --manifest` and returns the exit code. Prints failures.
 * @throws Failure if the manifest has mistakes
 */
export function runVerifyManifest(path: string, common: CommonOptions): Promise<number> {
  return runWithManifest(path, common, performVerifyManifest);
}

/** Verifies all secrets of all keys, with the role and the policy of each entry. Changes nothing. */
export async function performVerifyManifest(run: CommandRun, manifest: Manifest): Promise<ExitCode> {
  const { aws, progress } = run;
  const groups = await groupsOf(run, manifest);
  await showAccount(run);
  progress.start(messages.lookingAtAll);
  const secrets = groups.flatMap((group) => group.secrets);
  const result = await verification(aws, { groups }, counter(progress, secrets.length));
  progress.stop();
  await show(run, { ...result, checks: result.checks.map(checkInManifest) });
  return exitCodeOf(result.checks);
}

async function groupsOf({ aws, output, keyInput }: CommandRun, manifest: Manifest): Promise<VerifyGroup[]> {
  const { keys, warnings, unavailable } = await loadAvailableKeys(manifest, keyInput, (entry) =>
    taggedType(aws, placesOf(entry)),
  );
  for (const warning of warnings) output.warn(`${setupMessages.warning}: ${warning}`);
  if (unavailable.length > 0) output.warn(`${setupMessages.warning}: ${messages.notCompared(unavailable)}`);
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

async function show({ aws, output }: CommandRun, { checks, pairs }: Verification): Promise<void> {
  if (!output.options.json) return showKeys(output, checks, keysOf(pairs));
  const { account, partition } = await aws.identity();
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
