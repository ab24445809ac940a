import { parseSecretArn } from '../aws/arn.ts';
import { partitionOf } from '../aws/regions.ts';
import { DEFAULTS } from '../defaults.ts';
import { regionsOf, type SetupAnswers } from '../options/setup-request.ts';
import { manifestMessages as messages } from './messages.ts';
import type { Mistakes } from './mistakes.ts';
import type { Fields } from './tree.ts';

/** An entry of the manifest, parsed. */
export interface Entry {
  /** The offset of the entry in the file. */
  offset: number;
  fields: Fields;
  answers: SetupAnswers;
}

/** The fields that must agree in all entries that name the same role or the same policy. */
const SHARED = [
  {
    nameField: 'roleName',
    defaultName: DEFAULTS.roleName,
    mustAgree: ['roleDescription', 'sourceAccount', 'sourceArns', 'permissionsBoundary', 'updateTrust'],
  },
  { nameField: 'policyName', defaultName: DEFAULTS.policyName, mustAgree: ['policyScope', 'policyPrefix'] },
] as const;

/** Reports contradictions between entries that are valid by themselves. */
export function checkEntriesAgree(
  entries: Entry[],
  lineOf: (offset: number) => number,
  mistakes: Mistakes,
): void {
  checkSecrets(entries, lineOf, mistakes);
  checkPartitions(entries, lineOf, mistakes);
  for (const { nameField, defaultName, mustAgree } of SHARED) {
    const nameOf = ({ answers }: Entry) => answers[nameField] ?? defaultName;
    const firstEntries = new Map<string, Entry>();
    for (const entry of entries) {
      const name = nameOf(entry);
      // IAM names are case-insensitive.
      const first = firstEntries.get(name.toLowerCase());
      if (!first) {
        firstEntries.set(name.toLowerCase(), entry);
        continue;
      }
      const line = lineOf(first.offset);
      const add = (field: string, sentence: string) =>
        mistakes.add(entry.fields.get(field)?.value.offset ?? entry.offset, sentence);
      if (nameOf(first) !== name) add(nameField, messages.spelling(nameField, line));
      for (const field of mustAgree)
        if (comparableValue(entry, field) !== comparableValue(first, field))
          add(field, messages.disagrees(field, nameField, line));
    }
  }
}

/** Returns a string that is equal for equal values. An omitted value equals its default. */
function comparableValue({ answers }: Entry, field: (typeof SHARED)[number]['mustAgree'][number]): string {
  const value = answers[field] ?? (field in DEFAULTS ? DEFAULTS[field as keyof typeof DEFAULTS] : '');
  return Array.isArray(value) ? [...value].sort().join(' ') : String(value);
}

/** Reports a secret that two entries name. */
function checkSecrets(entries: Entry[], lineOf: (offset: number) => number, mistakes: Mistakes): void {
  const firstEntries = new Map<string, Entry>();
  for (const entry of entries) {
    const field = entry.fields.get('secretName') ?? entry.fields.get('secretArns');
    for (const { region, name } of secretsOf(entry)) {
      const first = firstEntries.get(`${region} ${name}`);
      firstEntries.set(`${region} ${name}`, first ?? entry);
      if (first && first !== entry)
        mistakes.add(field?.value.offset ?? entry.offset, messages.sameSecret(region, lineOf(first.offset)));
    }
  }
}

/**
 * Reports entries in different partitions, because all Regions of an account are in one. `setupProblems` reports contradictions
 * within one entry.
 */
function checkPartitions(entries: Entry[], lineOf: (offset: number) => number, mistakes: Mistakes): void {
  const entriesWithPartition = entries.flatMap((entry) => {
    const [region] = regionsOf(entry.answers);
    return region === undefined ? [] : [{ entry, partition: partitionOf(region) }];
  });
  const [first] = entriesWithPartition;
  for (const { entry, partition } of entriesWithPartition) {
    if (!first || partition === first.partition) continue;
    const field = entry.fields.get('secretArns') ?? entry.fields.get('regions');
    mistakes.add(field?.value.offset ?? entry.offset, messages.partition(lineOf(first.entry.offset)));
  }
}

function secretsOf({ answers }: Entry): { region: string; name: string }[] {
  const { secretName: name, secretArns, regions } = answers;
  if (secretArns.length > 0) return secretArns.flatMap((arn) => parseSecretArn(arn) ?? []);
  return name === undefined ? [] : regions.map((region) => ({ region, name }));
}
