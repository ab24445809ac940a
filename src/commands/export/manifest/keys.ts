import { commonTags } from '../../../aws/tags.ts';
import { groupedBy } from '../../../grouping.ts';
import type { SeenSecret } from '../../../inventory/secrets.ts';
import { tagProblem } from '../../../options/rules.ts';
import { exportManifestWords as words } from './messages.ts';
import { type Scope, scopeOf } from './policy.ts';
import type { ExportedKey, RoleMembers } from './types.ts';

/** A secret in one Region that a role reads by a policy. */
export interface Reading {
  role: RoleMembers;
  /** As the manifest names it: of a chain `NAME`, `NAME-2`, … the first. */
  policyName: string;
  /** The document of the policy that allows it, as JSON text. */
  document: string;
  secret: SeenSecret;
}

/** One entry for each name that one role reads by one policy, with all its Regions, sorted by name. */
export function keysOf(readings: Reading[]): { keys: ExportedKey[]; notes: string[] } {
  const scopes = scopesOf(readings);
  const entries = groupedBy(readings, ({ role, policyName, secret }) =>
    [secret.name, role.roleName, policyName].join(' '),
  );
  const notes = [...scopes].flatMap(([policy, { patterns }]) =>
    patterns.map((pattern) => words.pattern(policy, pattern)),
  );
  const keys = [...entries.values()].map((group) => {
    const [{ policyName, secret, role }] = group;
    // The tags that the secret has in all of its Regions.
    const tags = commonTags(group.map((each) => each.secret.tags));
    const taken = tags.filter((tag) => tagProblem(tag, '') === undefined);
    if (taken.length < tags.length) notes.push(words.tag(words.secret(secret.name, secret.region)));
    return {
      secretName: secret.name,
      regions: group.map((each) => each.secret.region),
      key: { existing: true as const },
      // A static key is the default.
      ...(group.every((each) => each.secret.keyType === 'srt-password')
        ? { keyType: 'srt-password' as const }
        : {}),
      policyName,
      ...scopes.get(policyName)?.members,
      ...role,
      ...(taken.length > 0 ? { tags: Object.fromEntries(taken.map(({ key, value }) => [key, value])) } : {}),
    };
  });
  return { keys: keys.sort((a, b) => (a.secretName < b.secretName ? -1 : 1)), notes };
}

function scopesOf(readings: Reading[]): Map<string, Scope> {
  const scopes = new Map<string, Scope>();
  for (const [policy, group] of groupedBy(readings, ({ policyName }) => policyName)) {
    const documents = [...new Set(group.map(({ document }) => document))];
    scopes.set(
      policy,
      scopeOf(
        documents,
        group.map(({ secret }) => secret),
      ),
    );
  }
  return scopes;
}
