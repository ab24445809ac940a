/** How the value of a member is written. */
export type Takes = 'text' | 'list' | 'switch' | 'tags' | 'key';

/** A member of an entry, and the flag of `setup` that says the same. */
export interface MemberRule {
  takes: Takes;
  /** Absent for `key`, for which there are several. */
  flag?: string;
  /** Whether it belongs to one key and cannot be a default. */
  own?: boolean;
  /** Whether an empty list makes no sense. */
  filled?: boolean;
  /** For lists and maps: what stands in one. */
  example?: string;
}

/** What an entry can have, in the order of the documents. */
export const MEMBERS: ReadonlyMap<string, MemberRule> = new Map<string, MemberRule>(
  Object.entries({
    secretName: { takes: 'text', flag: '--secret-name', own: true },
    secretArns: {
      takes: 'list',
      flag: '--secret-arn',
      own: true,
      filled: true,
      example: 'arn:aws:secretsmanager:…',
    },
    regions: { takes: 'list', flag: '--region', filled: true, example: 'us-west-2' },
    key: { takes: 'key' },
    keyType: { takes: 'text', flag: '--key-type' },
    algorithm: { takes: 'text', flag: '--algorithm' },
    kmsKeyId: { takes: 'text', flag: '--kms-key-id' },
    policyName: { takes: 'text', flag: '--policy-name' },
    policyScope: { takes: 'text', flag: '--policy-scope' },
    policyPrefix: { takes: 'text', flag: '--policy-prefix' },
    roleName: { takes: 'text', flag: '--role-name' },
    roleDescription: { takes: 'text', flag: '--role-description' },
    sourceAccount: { takes: 'switch', flag: '--no-source-account' },
    sourceArns: { takes: 'list', flag: '--source-arn', example: 'arn:aws:mediaconnect:…' },
    permissionsBoundary: { takes: 'text', flag: '--permissions-boundary' },
    tags: { takes: 'tags', flag: '--tag', example: '{ team: playout }' },
    existingKey: { takes: 'text', flag: '--existing-key' },
    restore: { takes: 'switch', flag: '--restore' },
    updateTrust: { takes: 'switch', flag: '--update-trust' },
  }),
);

/** What `key` can have; just one of them. */
export const KEY_MEMBERS: ReadonlyMap<string, Pick<MemberRule, 'flag' | 'own'>> = new Map(
  Object.entries({
    env: { flag: '--key-env', own: true },
    file: { flag: '--key-file', own: true },
    generate: { flag: '--generate' },
    existing: {},
  }),
);

/** What the whole file has. An editor may note the schema in a JSON file as `$schema`. */
export const ROOT_MEMBERS = ['version', 'account', 'defaults', 'keys', '$schema'] as const;

const NAMES = new Map([
  ...[...MEMBERS].map(([name, { flag }]) => [flag, name] as const),
  ...[...KEY_MEMBERS].map(([name, { flag }]) => [flag, `key.${name}`] as const),
]);

/** What stands in a manifest for a flag, such as `regions` for `--region` or `key.file` for `--key-file`. */
export function memberOf(flag: string): string {
  return NAMES.get(flag) ?? flag;
}

/** A sentence about flags as a sentence about members. */
export function inMembers(sentence: string): string {
  return sentence.replace(FLAG, memberOf);
}

/** A sentence that says what flags to give, as one that says what to write: `restore: true` for `--restore`. */
export function asSettings(sentence: string): string {
  return sentence.replace(FLAG, (flag) => {
    const name = NAMES.get(flag);
    if (name === undefined) return flag;
    return MEMBERS.get(name)?.takes === 'switch' ? `${name}: true` : `${name}:`;
  });
}

/** The flags that a sentence names. */
export function flagsIn(sentence: string): string[] {
  return sentence.match(FLAG) ?? [];
}

/** A flag, and not a part of a name, in which AWS takes two hyphens too. */
const FLAG = /(?<![\w/+=.@-])--[a-z]+(?:-[a-z]+)*(?![\w/+=@-])/g;
