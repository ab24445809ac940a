import { parseSecretArn } from '../aws/arn.ts';
import { inputWords as words } from '../options/messages.ts';
import type { Reader } from '../options/option-reader.ts';
import * as rules from '../options/rules.ts';

/** The options that name a secret which exists, as the parser returns them: text, not checked. */
export interface SecretOptions {
  secretName?: string;
  secretArn?: string[];
  region?: string[];
}

/** The same, read. */
export interface SecretAnswers {
  secretName?: string;
  secretArns: string[];
  regions: string[];
}

export function readSecretOptions(options: SecretOptions, read: Reader): SecretAnswers {
  return {
    ...read.text('secretName', options.secretName, rules.secretName, '--secret-name'),
    secretArns: read.list(options.secretArn, rules.secretArn, '--secret-arn'),
    regions: [...new Set(read.list(options.region, rules.region, '--region'))],
  };
}

/** What is wrong with options that are right by themselves but do not go together. */
export function secretProblems({ secretName, secretArn, region }: SecretOptions): string[] {
  if (secretArn === undefined) return [];
  const names = new Set(secretArn.map((arn) => parseSecretArn(arn.trim())?.name ?? ''));
  const named = secretName !== undefined || region !== undefined;
  return [
    ...(named ? [words.arnOrName] : []),
    ...(names.size > 1 && !names.has('') ? [words.arnsOfOneName] : []),
  ];
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
