import { examples } from '../../../cli/help.ts';

/** Messages of `export manifest`: its help, comments in the file, and notes about what a manifest can't express. */
export const exportManifestHelp = {
  manifest: 'Export a manifest of the setup found in the account',
  examples: examples(
    'mc-static-key export manifest --output keys.yaml',
    'mc-static-key export manifest --region us-west-2 --region eu-west-1 --json',
  ),
  titles: { secret: 'Search:', output: 'Output:' },
};

export const exportManifestMessages = {
  header: (account: string) => [
    `Setup found in account ${account} by mc-static-key export manifest.`,
    'This manifest contains no keys. Each secret is used as is.',
    'No key was read. For an SRT password whose secret has no key type tag, add keyType: srt-password.',
  ],
  notesTitle: 'Not included in the manifest:',
  count: (keys: number) => {
    if (keys === 0) return 'No setup found. The manifest is empty.';
    return keys === 1 ? '1 key written.' : `${keys} keys written.`;
  },
  moreNotes: (count: number) =>
    `${count} more are not included. See the comments in the manifest, or "notes" with --json.`,

  rolePath: (role: string, path: string) =>
    `Role ${role} has the path ${path}. setup uses it as is, but creates roles without a path.`,
  roleTrust: (role: string) => `Role ${role}: MediaConnect can't assume it, or this couldn't be checked.`,
  roleUnseen: (role: string) => `Role ${role}: its policies couldn't be read.`,
  roleName: (role: string) => `Role ${role}: setup doesn't accept this role name.`,
  roleText: (role: string, what: 'description' | 'boundary' | 'trust') =>
    `Role ${role}: its ${{ description: 'description', boundary: 'permissions boundary', trust: 'trust policy' }[what]} isn't valid in a manifest.`,
  inline: (role: string, policy: string) =>
    `Role ${role}: policy ${policy} is inline. setup uses attached policies.`,
  foreignPolicy: (role: string, policy: string) =>
    `Role ${role}: policy ${policy} is AWS managed or has a path. setup uses customer managed policies without a path.`,
  partial: (policy: string, secret: string) =>
    `Policy ${policy} doesn't grant everything that is needed to read ${secret}.`,
  pattern: (policy: string, pattern: string) =>
    `Policy ${policy} covers all secrets that match ${pattern}. The manifest has the existing ones.`,
  untagged: (policy: string, pattern: string, count: number) =>
    `Policy ${policy} covers ${pattern}. ${count === 1 ? '1 matching secret' : `${count} matching secrets`} without the tag mc-static-key ${count === 1 ? 'is' : 'are'} not in the manifest.`,
  missing: (policy: string, named: string) => `Policy ${policy} names ${named}, which doesn't exist.`,
  unseen: (policy: string, named: string) => `Policy ${policy} names ${named}, which was not searched for.`,
  unusable: (secret: string) =>
    `Secret ${secret} can't be used as is. To find out why, run mc-static-key status.`,
  otherRole: (secret: string, role: string) =>
    `Secret ${secret}: role ${role} can also read it. In a manifest, a secret has one role.`,
  unreadable: (secret: string, role: string) =>
    `Secret ${secret}: role ${role} can't read it, or this couldn't be checked.`,
  loosePolicy: (policy: string) =>
    `Policy ${policy} was created by mc-static-key, but is not attached to any of the roles.`,
  unknownTags: (policy: string) =>
    `Policy ${policy} is treated as a separate policy, because its tags couldn't be read. It may continue another policy.`,
  looseSecret: (secret: string) => `Secret ${secret}: no policy of the checked roles names it.`,
  tag: (secret: string) => `Secret ${secret} has a tag that isn't valid in a manifest.`,
  notSeen: (what: string) => `Not checked: ${what}`,
  secret: (name: string, region: string) => `${name} (${region})`,
  unnamed: 'A resource whose name looks like a key is not included.',
};
