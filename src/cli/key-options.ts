import { parseSecretArn } from '../aws/arn.ts';
import { allSettledOrThrow } from '../aws/requests/concurrency.ts';
import { describeSecret } from '../aws/secrets/index.ts';
import type { Aws } from '../aws/session.ts';
import {
  type CheckedKey,
  checkKeyOfUnknownType,
  checkKeyText,
  type FindKeyType,
  type KeyType,
  keyReader,
  type UncheckedKey,
} from '../key/index.ts';
import type { KeyAnswers } from '../options/read-options.ts';
import { keyRules, keyTypeIsUnknown } from '../options/setup-request.ts';
import { toAttempt } from '../steps/observe.ts';
import { setupMessages } from '../ui/messages.ts';
import type { CommandRun } from './run-command.ts';

/**
 * Reads the key that the options name; undefined if they name none. This happens before any request to AWS, because credentials
 * lookup may start a program that would inherit the key.
 * @throws Failure if it can't be read
 */
export async function readKeyOfFlags({
  answers: { keySource },
  keyInput,
}: Pick<CommandRun, 'keyInput'> & { answers: KeyAnswers }): Promise<UncheckedKey | undefined> {
  return keySource && keyReader(keyInput)(keySource);
}

/**
 * Returns the checked key. Prints warnings about it immediately.
 * @param findType reads the type of a key that may be a password, if the options don't give it
 * @throws Failure if it is not a valid key
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
  return results.flatMap((each) => ('value' in each ? (each.value?.keyType ?? []) : []))[0];
}

/** The values of the options that name an existing secret. */
export interface SecretAnswers {
  secretName?: string;
  secretArns: string[];
  regions: string[];
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
