import { parseSecretArn } from '../aws/arn.ts';
import { partitionOf } from '../aws/regions.ts';
import { DEFAULTS } from '../defaults.ts';
import { regionsOf, type SetupAnswers } from '../options/setup-request.ts';
import { manifestMessages as messages } from './messages.ts';
import type { Mistakes } from './mistakes.ts';
import type { Members } from './tree.ts';

/** An entry of the manifest, parsed. */
export interface Entry {
  at: number;
  members: Members;
  answers: SetupAnswers;
}

/** Settings that entries with the same name (such as a role) must agree on. */
const SHARED = [
  {
    name: 'roleName',
    otherwise: DEFAULTS.roleName,
    alike: ['roleDescription', 'sourceAccount', 'sourceArns', 'permissionsBoundary', 'updateTrust'],
  },
  { name: 'policyName', otherwise: DEFAULTS.policyName, alike: ['policyScope', 'policyPrefix'] },
] as const;

/** Reports contradictions between entries that are valid by themselves. */
export function checkAcross(entries: Entry[], lineOf: (offset: number) => number, mistakes: Mistakes): void {
  checkSecrets(entries, lineOf, mistakes);
  checkPartitions(entries, lineOf, mistakes);
  for (const { name, otherwise, alike } of SHARED) {
    const first = new Map<string, Entry>();
    for (const entry of entries) {
      const spelled = entry.answers[name] ?? otherwise;
      // IAM names are case-insensitive.
      const known = first.get(spelled.toLowerCase());
      first.set(spelled.toLowerCase(), known ?? entry);
      if (!known) continue;
      const line = lineOf(known.at);
      const add = (member: string, sentence: string) =>
        mistakes.add(entry.members.get(member)?.value.at ?? entry.at, sentence);
      if ((known.answers[name] ?? otherwise) !== spelled) add(name, messages.spelling(name, line));
      for (const member of alike.filter((each) => formOf(entry, each) !== formOf(known, each)))
        add(member, messages.disagrees(member, name, line));
    }
  }
}

/** Returns a string that is equal for equal values. An omitted value equals its default. */
function formOf({ answers }: Entry, member: (typeof SHARED)[number]['alike'][number]): string {
  const value = answers[member] ?? (member in DEFAULTS ? DEFAULTS[member as keyof typeof DEFAULTS] : '');
  return Array.isArray(value) ? [...value].sort().join(' ') : String(value);
}

function checkSecrets(entries: Entry[], lineOf: (offset: number) => number, mistakes: Mistakes): void {
  const first = new Map<string, Entry>();
  for (const entry of entries) {
    const { at, members } = entry;
    for (const { region, name } of secretsOf(entry)) {
      const known = first.get(`${region} ${name}`);
      first.set(`${region} ${name}`, known ?? entry);
      const place = members.get('secretName') ?? members.get('secretArns');
      if (known && known !== entry)
        mistakes.add(place?.value.at ?? at, messages.sameSecret(region, lineOf(known.at)));
    }
  }
}

/** All Regions of an account are in one partition. Contradictions within one entry are reported elsewhere. */
function checkPartitions(entries: Entry[], lineOf: (offset: number) => number, mistakes: Mistakes): void {
  const placed = entries.flatMap((entry) => {
    const [region] = regionsOf(entry.answers);
    return region === undefined ? [] : [{ entry, partition: partitionOf(region) }];
  });
  const [first] = placed;
  for (const { entry, partition } of placed) {
    if (!first || partition === first.partition) continue;
    const { members, at } = entry;
    const place = members.get('secretArns') ?? members.get('regions');
    mistakes.add(place?.value.at ?? at, messages.partition(lineOf(first.entry.at)));
  }
}

function secretsOf({ answers }: Entry): { region: string; name: string }[] {
  const { secretName: name, secretArns, regions } = answers;
  if (secretArns.length > 0) return secretArns.flatMap((arn) => parseSecretArn(arn) ?? []);
  return name === undefined ? [] : regions.map((region) => ({ region, name }));
}
