import { parseArn, parseSecretArn } from '../aws/arn.ts';
import { allSettledOrThrow } from '../aws/requests/concurrency.ts';
import { describeSecret } from '../aws/secrets/index.ts';
import type { SecretContent } from '../aws/secrets/versions.ts';
import type { Aws } from '../aws/session.ts';
import {
  type CheckedKey,
  checkKeyOfUnknownType,
  checkKeyText,
  checkStoredKey,
  type FindKeyType,
  type KeyType,
  keyReader,
  mayBePassword,
  type UncheckedKey,
} from '../key/index.ts';
import type { KeyAnswers } from '../options/read-options.ts';
import { keyRules, keyTypeIsUnknown } from '../options/setup-request.ts';
import { toAttempt } from '../steps/observe.ts';
import { setupMessages } from '../ui/messages.ts';
import { missingFailure } from './failure-output.ts';
import type { CommandRun } from './run-command.ts';

/**
 * Reads the key that the options name; undefined if they name none. Call it before any request to AWS, because credentials lookup
 * may start a program, which would inherit a key in the environment.
 * @throws Failure if the key can't be read
 */
export async function readKeyOfFlags({
  answers: { keySource },
  keyInput,
}: Pick<CommandRun, 'keyInput'> & { answers: KeyAnswers }): Promise<UncheckedKey | undefined> {
  return keySource && keyReader(keyInput)(keySource);
}

/**
 * Checks a key, and prints warnings about it immediately.
 * @param findType reads the key type of a key that may be a password, if the options don't give the type
 * @throws Failure if the key is invalid
 */
export async function checkKeyOfFlags(
  unchecked: UncheckedKey,
  { answers, output }: Pick<CommandRun, 'output'> & { answers: KeyAnswers },
  findType?: FindKeyType,
): Promise<CheckedKey> {
  const rules = keyRules(answers);
  const { warnings, ...checked } =
    findType && keyTypeIsUnknown(answers)
      ? await checkKeyOfUnknownType(unchecked, rules, findType)
      : checkKeyText(unchecked, rules);
  for (const warning of warnings) output.warn(`${setupMessages.warning}: ${warning}`);
  return checked;
}

/** Reads and checks the key that the options name; undefined if they name none. */
export async function keyOfFlags(
  run: Pick<CommandRun, 'keyInput' | 'output'> & { answers: KeyAnswers },
  findType?: FindKeyType,
): Promise<CheckedKey | undefined> {
  const unchecked = await readKeyOfFlags(run);
  return unchecked && checkKeyOfFlags(unchecked, run, findType);
}

/** A secret in a Region. */
export interface SecretPlace {
  /** The name or the ARN. */
  id: string;
  region: string;
}

/**
 * Returns the key type from a tag on one of the secrets, if any. Skips secrets that can't be read.
 * @throws Failure if the credentials are invalid or belong to a different account than expected
 */
export async function taggedType(aws: Aws, places: readonly SecretPlace[]): Promise<KeyType | undefined> {
  if (places.length === 0) return undefined;
  // A secret with the same name in a different account says nothing about this key.
  await aws.identity();
  const reads = places.map(({ region, id }) => toAttempt(() => describeSecret(aws, region, id)));
  const results = await allSettledOrThrow(reads);
  return results.flatMap((result) => ('value' in result ? (result.value?.keyType ?? []) : []))[0];
}

/** Returns the secrets with these ARNs. */
export function placesOfArns(arns: readonly string[]): SecretPlace[] {
  return arns.map((id) => ({ id, region: parseArn(id)?.region ?? '' }));
}

/** Returns true if the value of a secret is not a valid static key and may be an SRT password. */
export function isPassword(content: SecretContent): boolean {
  if (content.kind !== 'text') return false;
  return checkStoredKey(content.key, { keyType: 'static-key' }).length > 0 && mayBePassword(content.key);
}

/** The values of the options that name an existing secret. */
export interface SecretAnswers {
  secretName?: string;
  secretArns: string[];
  regions: string[];
}

/**
 * Demands the answers that a run without prompts needs: the secret, and the confirmation.
 * @param missingKeyOptions the options for the key, if the command needs a key and none of them is given
 * @throws Failure that lists everything that is missing
 */
export function demandAnswers(
  { secretName, secretArns, dryRun }: SecretAnswers & { dryRun: boolean },
  { yes: isConfirmed }: { yes: boolean },
  missingKeyOptions: string[] = [],
): void {
  const { existing, yes } = setupMessages.missingItems;
  const missing = [
    ...(secretName === undefined && secretArns.length === 0 ? [existing] : []),
    ...missingKeyOptions,
    ...(isConfirmed || dryRun ? [] : [yes]),
  ];
  if (missing.length > 0) throw missingFailure(missing);
}

/** Returns the secret's name and Regions. In a terminal, shows the account, and asks for the secret if no option names it. */
export async function resolveSecret(
  run: CommandRun & { answers: SecretAnswers },
  intro: string,
): Promise<{ name: string; regions: string[] }> {
  const { name, regions } = namedSecret(run.answers);
  if (!run.interactive) return { name: name ?? '', regions };
  const { askAccountAndSecret } = await import('./questions/secret.ts');
  return { name: await askAccountAndSecret(run, intro, name), regions };
}

/** Returns the name and the Regions that the options give for a secret. No Regions: all Regions that have the secret. */
export function namedSecret({ secretName, secretArns, regions }: SecretAnswers): {
  name: string | undefined;
  regions: string[];
} {
  const arns = secretArns.flatMap((arn) => parseSecretArn(arn) ?? []);
  const [firstArn] = arns;
  return firstArn
    ? { name: firstArn.name, regions: [...new Set(arns.map(({ region }) => region))] }
    : { name: secretName, regions };
}
