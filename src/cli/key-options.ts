import { parseSecretArn } from '../aws/arn.ts';
import { allSettledOrThrow } from '../aws/requests/concurrency.ts';
import { describeSecret } from '../aws/secrets/index.ts';
import type { Aws } from '../aws/session.ts';
import {
  type CheckedKey,
  checkOfOpenType,
  checkRead,
  type FindKeyType,
  type KeyType,
  keyReader,
  type UncheckedKey,
} from '../key/index.ts';
import type { KeyAnswers } from '../options/read-options.ts';
import { hasOpenType, keyRules } from '../options/setup-request.ts';
import { tried } from '../steps/observe.ts';
import { setupMessages } from '../ui/messages.ts';
import type { CommandRun } from './run-command.ts';

/**
 * Reads the key that the options name; nothing where they name none. This comes before any request to AWS, for which a
 * program may be started that would inherit the key.
 * @throws Failure when it cannot be read
 */
export async function readKeyOfFlags({
  answers: { keySource },
  keyInput,
}: Pick<CommandRun, 'keyInput'> & { answers: KeyAnswers }): Promise<UncheckedKey | undefined> {
  return keySource && keyReader(keyInput)(keySource);
}

/**
 * Returns the key that was read, checked. Warnings about it are printed at once.
 * @param findType looks for the type of a key that may be a password, where the options say no type
 * @throws Failure when it is not a key
 */
export async function checkKeyOfFlags(
  unchecked: UncheckedKey,
  { answers, output }: Pick<CommandRun, 'output'> & { answers: KeyAnswers },
  findType?: FindKeyType,
): Promise<CheckedKey> {
  const rules = keyRules(answers);
  const { warnings, ...checked } =
    findType && hasOpenType(answers)
      ? await checkOfOpenType(unchecked, rules, findType)
      : checkRead(unchecked, rules);
  for (const warning of warnings) output.insist(`${setupMessages.warning}: ${warning}`);
  return checked;
}

/** Reads and checks the key that the options name; nothing where they name none. */
export async function keyOfFlags(
  run: Pick<CommandRun, 'keyInput' | 'output'> & { answers: KeyAnswers },
  findType?: FindKeyType,
): Promise<CheckedKey | undefined> {
  const unchecked = await readKeyOfFlags(run);
  return unchecked && checkKeyOfFlags(unchecked, run, findType);
}

/** A secret in a Region, by its name or ARN. */
export interface SecretPlace {
  id: string;
  region: string;
}

/**
 * Returns the key type that a tag on one of the secrets names, if any. A secret that cannot be read is passed over.
 * @throws Failure when the credentials are not taken, or are for another account than is expected
 */
export async function taggedType(aws: Aws, places: readonly SecretPlace[]): Promise<KeyType | undefined> {
  if (places.length === 0) return undefined;
  // A secret of the same name in another account says nothing about this key.
  await aws.identity();
  const looks = places.map(({ region, id }) => tried(() => describeSecret(aws, region, id)));
  const found = await allSettledOrThrow(looks);
  return found.flatMap((each) => ('value' in each ? (each.value?.keyType ?? []) : []))[0];
}

/** The options that name a secret which exists, read. */
export interface SecretAnswers {
  secretName?: string;
  secretArns: string[];
  regions: string[];
}

/** The secret that is meant, by its name, and the Regions that were named; none means every Region it lives in. */
export function meantBy({ secretName, secretArns, regions }: SecretAnswers): {
  name: string | undefined;
  regions: string[];
} {
  const arns = secretArns.flatMap((arn) => parseSecretArn(arn) ?? []);
  const [first] = arns;
  return first
    ? { name: first.name, regions: [...new Set(arns.map(({ region }) => region))] }
    : { name: secretName, regions };
}
