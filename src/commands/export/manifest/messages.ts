/** Messages of `export manifest`: its help, comments in the file, and notes about what a manifest can't express. */
export const exportManifestHelp = {
  manifest: 'Print the manifest of what is set up in the account',
  examples: `Examples:
  mc-static-key export manifest
  mc-static-key export manifest --output keys.yaml
  mc-static-key export manifest --region us-west-2 --region eu-west-1 --json
`,
  titles: { secret: 'Where to look:', output: 'Where it goes:' },
};

export const exportManifestMessages = {
  header: (account: string) => [
    `What is set up in account ${account}, as mc-static-key export manifest has found it.`,
    'The keys stay where they are: each secret is used as it is.',
    'No key was read. For an SRT password whose secret has no tag that says so, add keyType: srt-password.',
  ],
  notesTitle: 'This is there too, but not in the manifest:',
  count: (keys: number) => (keys === 1 ? 'One key is in the manifest.' : `${keys} keys are in the manifest.`),
  moreNotes: (count: number) =>
    `and ${count} more: they are comments in the manifest, and "notes" with --json`,

  rolePath: (role: string, path: string) =>
    `Role ${role} has the path ${path}, which setup gives to no role; it uses the role as it is.`,
  roleTrust: (role: string) => `Role ${role}: whether MediaConnect may assume it is not sure, or it may not.`,
  roleUnseen: (role: string) => `Role ${role}: its policies could not be looked at.`,
  roleName: (role: string) => `Role ${role} has a name that setup gives to no role.`,
  roleText: (role: string, what: 'description' | 'boundary' | 'trust') =>
    `Role ${role} has a ${{ description: 'description', boundary: 'permissions boundary', trust: 'trust policy' }[what]} that a manifest does not take.`,
  inline: (role: string, policy: string) =>
    `Role ${role}: its policy ${policy} is inline; setup attaches policies.`,
  foreignPolicy: (role: string, policy: string) =>
    `Role ${role}: its policy ${policy} is AWS's own or has a path; setup uses policies of this account without one.`,
  partial: (policy: string, secret: string) =>
    `Policy ${policy} does not allow all that reading ${secret} takes.`,
  pattern: (policy: string, pattern: string) =>
    `Policy ${policy} allows what matches ${pattern}; the manifest has the secrets that are there now.`,
  untagged: (policy: string, pattern: string, count: number) =>
    `Policy ${policy} allows ${pattern}, under which there ${count === 1 ? 'is one secret' : `are ${count} secrets`} without the tag of mc-static-key. ${count === 1 ? 'It is' : 'They are'} not in the manifest.`,
  missing: (policy: string, named: string) => `Policy ${policy} names ${named}, which is not there.`,
  unseen: (policy: string, named: string) => `Policy ${policy} names ${named}, where nothing was looked for.`,
  unusable: (secret: string) => `Secret ${secret} cannot be read as it is: mc-static-key status says why.`,
  otherRole: (secret: string, role: string) =>
    `Secret ${secret} can be read by role ${role} too; in a manifest a secret has one role.`,
  unreadable: (secret: string, role: string) =>
    `Secret ${secret}: role ${role} may not read it, or that is not sure.`,
  loosePolicy: (policy: string) =>
    `Policy ${policy} was made by mc-static-key, and none of the roles has it.`,
  unknownTags: (policy: string) =>
    `Policy ${policy} is treated as a separate policy. Its tags could not be read. They may say that it continues another policy.`,
  looseSecret: (secret: string) => `Secret ${secret}: no role that was looked at has a policy that names it.`,
  tag: (secret: string) => `Secret ${secret} has a tag that a manifest does not take.`,
  notSeen: (what: string) => `Not looked at: ${what}`,
  secret: (name: string, region: string) => `${name} (${region})`,
  unnamed: 'Something has a name that looks like a key, and is left out.',
};
