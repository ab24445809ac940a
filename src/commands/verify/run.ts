import { nameInIamArn, parseArn, parseSecretArn } from '../../aws/arn.ts';
import { readSecret } from '../../aws/secrets/index.ts';
import { type SecretTarget, type Verification, verification } from '../../checks/verify/index.ts';
import { verifyMessages as messages } from '../../checks/verify/report/messages.ts';
import { exitCodeOf, showChecks, verdictOf } from '../../checks/verify/report/report.ts';
import { encryptionSettingsOf } from '../../checks/verify/settings.ts';
import { missingFailure } from '../../cli/failure-output.ts';
import { printJson } from '../../cli/json.ts';
import { isPassword, keyOfFlags, placesOfArns, type SecretPlace, taggedType } from '../../cli/key-options.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { configuredRegions } from '../../cli/region-and-endpoints.ts';
import { type CommandRun, runCommand } from '../../cli/run-command.ts';
import { showAccount } from '../../cli/step-context.ts';
import { DEFAULTS } from '../../defaults.ts';
import type { ExitCode } from '../../failure.ts';
import type { KeyMaterial, KeyType } from '../../key/index.ts';
import { keyRules, keyTypeIsUnknown } from '../../options/setup-request.ts';
import { toAttempt } from '../../steps/observe.ts';
import { toolCommand } from '../../ui/commands.ts';
import { setupMessages } from '../../ui/messages.ts';
import type { VerifyAnswers } from './options.ts';

/** A run of `verify`. */
export interface VerifyRun extends CommandRun {
  answers: VerifyAnswers;
}

/** Runs `verify` and returns the exit code. Prints failures. */
export function runVerify(answers: VerifyAnswers, common: CommonOptions): Promise<number> {
  const { regions, secretArns, flowArn = '' } = answers;
  const regionsOfArns = [...secretArns, flowArn].flatMap((arn) => parseArn(arn)?.region ?? []);
  return runCommand(common, [...regions, ...regionsOfArns], (run) => performVerify({ ...run, answers }));
}

/** Reads and checks everything, and prints the result. Changes nothing. */
export async function performVerify(run: VerifyRun): Promise<ExitCode> {
  const { aws, progress, answers } = run;
  // The key is only compared with the values of the secrets.
  const key = (await keyOfFlags(run, () => taggedType(aws, namedPlaces(run))))?.key;
  const { policyName, flowArn } = answers;
  const secrets = await secretTargets(run, key);
  // If only a flow is given, the roles are those of the flow.
  const role = answers.roleArn ?? answers.roleName ?? (secrets.length > 0 ? DEFAULTS.roleName : undefined);
  await showAccount(run);
  progress.start(flowArn === undefined ? messages.looking : messages.lookingAtFlow);
  const result = await verification(aws, { groups: [{ secrets, role, policyName }], flowArn });
  progress.stop();
  await show(run, secrets, result);
  return exitCodeOf(result.checks);
}

/** Returns the secrets that the flags name. In a terminal, asks for what they don't give. */
async function secretTargets(run: VerifyRun, key: KeyMaterial | undefined): Promise<SecretTarget[]> {
  const { answers } = run;
  const places = await requestedPlaces(run);
  const isTypeGiven = !keyTypeIsUnknown(answers);
  const askedType =
    isTypeGiven || key || !run.interactive ? undefined : await askKeyTypeIfNeeded(run, places);
  const keyType = answers.keyType ?? askedType;
  const expectedKey = {
    ...keyRules({ ...answers, keyType }),
    key,
    keyTypeGuessed: isTypeGiven || askedType ? undefined : true,
  };
  const { policyName, roleArn, roleName = roleArn && nameInIamArn(roleArn) } = answers;
  return places.map((place) => ({ ...place, ...expectedKey, readAccess: { roleName, policyName } }));
}

/** Returns the secrets that the flags name, in the Regions of the flags or the configured one. Asks nothing. */
function namedPlaces({ aws, answers, common }: VerifyRun): SecretPlace[] {
  const { secretName, secretArns, regions } = answers;
  if (secretName === undefined) return placesOfArns(secretArns);
  const searchedRegions = regions.length > 0 ? regions : configuredRegions({ aws, common });
  return searchedRegions.map((region) => ({ id: secretName, region }));
}

/** Asks the user for the key type of secrets without the tag, if the answer affects a verdict. Returns undefined if it doesn't. */
async function askKeyTypeIfNeeded(run: VerifyRun, places: SecretPlace[]): Promise<KeyType | undefined> {
  const attempts = places.map(({ region, id }) =>
    toAttempt(() => readSecret(run.aws, region, id, { withPolicy: false })),
  );
  const secrets = (await Promise.all(attempts)).flatMap((attempt) =>
    'value' in attempt ? (attempt.value ?? []) : [],
  );
  const affectsVerdict = secrets.some(({ content }) => isPassword(content));
  if (!affectsVerdict || secrets.some(({ keyType }) => keyType)) return undefined;
  const { askKeyType } = await import('../../cli/questions/key.ts');
  return askKeyType();
}

/** Returns the secrets that the flags name or the user chooses. Empty if only a flow is given. */
async function requestedPlaces(run: VerifyRun): Promise<SecretPlace[]> {
  const { secretName, secretArns, flowArn } = run.answers;
  if (secretArns.length > 0) return placesOfArns(secretArns);
  if (secretName === undefined && flowArn !== undefined) return [];
  const { name, regions } = await nameAndRegions(run);
  return regions.map((region) => ({ id: name, region }));
}

/**
 * Returns the name of the secret and its Regions, from the flags, the configuration or the user.
 * @throws Failure that lists what is missing, for a run that can't prompt
 */
async function nameAndRegions(run: VerifyRun): Promise<{ name: string; regions: string[] }> {
  const { answers, common, interactive } = run;
  const { example } = DEFAULTS;
  const name = answers.secretName ?? (common.sandbox ? example.secretName : undefined);
  const regions = answers.regions.length > 0 ? answers.regions : configuredRegions(run);
  if (name !== undefined && regions.length > 0) return { name, regions };
  if (interactive) {
    const { askRegions, askWhichSecret } = await import('../../cli/questions/secret.ts');
    const answeredRegions = regions.length > 0 ? regions : await askRegions(run);
    return { name: name ?? (await askWhichSecret(run, answeredRegions[0])), regions: answeredRegions };
  }
  throw missingFailure([
    ...(name === undefined ? [setupMessages.missingItems.existingOrFlow] : []),
    ...(regions.length === 0 ? [setupMessages.missingItems.region] : []),
  ]);
}

async function show(
  { aws, output, answers }: VerifyRun,
  secrets: SecretTarget[],
  { checks, pairs }: Verification,
): Promise<void> {
  const { account, partition } = await aws.identity();
  if (!output.options.json) {
    const permissionsCommand = (needsOptional: boolean) =>
      toolCommand('permissions', 'verify', ...permissionOptions(answers, secrets, needsOptional));
    return showChecks(output, checks, [], { account, all: answers.all, permissionsCommand });
  }
  const verdict = verdictOf(checks);
  const encryption = ['ok', 'warning'].includes(verdict) ? encryptionSettingsOf(pairs) : undefined;
  printJson(output, { account, partition, verdict, checks, encryption });
}

/** Returns the options with which `permissions verify` prints the permissions of this run. */
function permissionOptions(
  { roleName, roleArn, flowArn }: VerifyAnswers,
  secrets: SecretTarget[],
  needsOptional: boolean,
): string[] {
  const ids = [...new Set(secrets.map(({ id }) => id))];
  const names = ids.filter((id) => !parseSecretArn(id));
  const regions = names.length > 0 ? [...new Set(secrets.map(({ region }) => region))] : [];
  const option = (flag: string, values: (string | undefined)[]) =>
    values.flatMap((value) => (value === undefined ? [] : [flag, value]));
  return [
    ...option('--secret-name', names),
    ...option('--region', regions),
    ...option(
      '--secret-arn',
      ids.filter((id) => parseSecretArn(id)),
    ),
    ...option('--role-name', [roleName]),
    ...option('--role-arn', [roleArn]),
    ...option('--flow-arn', [flowArn]),
    ...(needsOptional ? ['--optional'] : []),
  ];
}
