import type { RoleState } from '../../../aws/iam/roles.ts';
import type { Identity } from '../../../aws/session.ts';
import { commonTags } from '../../../aws/tags.ts';
import { DEFAULTS } from '../../../defaults.ts';
import { groupedBy } from '../../../grouping.ts';
import { namedIn, regionOf } from '../../../inventory/named-secrets.ts';
import type { SecretSnapshot } from '../../../inventory/secrets.ts';
import { looksLikeKey } from '../../../key-detection.ts';
import { roleDescription, secretPrefix, sourceArn, tagProblem } from '../../../options/rules.ts';
import {
  buildTrustPolicy,
  type PolicyDocument,
  parsePolicy,
  samePolicy,
  tryParsePolicy,
} from '../../../policy/index.ts';
import { standsFor } from '../../../policy/match.ts';
import type { ExportedKey, RoleMembers } from './document.ts';
import { exportManifestMessages as messages } from './messages.ts';

/** A secret in one Region that a role may read because of a policy. */
export interface Reading {
  role: RoleMembers;
  /** The name in the manifest: in a chain `NAME`, `NAME-2`, …, the first. */
  policyName: string;
  /** The document of the policy that allows it, as JSON text. */
  document: string;
  secret: SecretSnapshot;
}

/** Returns one entry for each combination of secret name, role and policy, with all its Regions, sorted by name. */
export function keysOf(readings: Reading[]): { keys: ExportedKey[]; notes: string[] } {
  const scopes = scopesOf(readings);
  const entries = groupedBy(readings, ({ role, policyName, secret }) =>
    [secret.name, role.roleName, policyName].join(' '),
  );
  const notes = [...scopes].flatMap(([policy, { patterns }]) =>
    patterns.map((pattern) => messages.pattern(policy, pattern)),
  );
  const keys = [...entries.values()].map((group) => {
    const [{ policyName, secret, role }] = group;
    // The tags that the secret has in all its Regions.
    const tags = commonTags(group.map((each) => each.secret.tags));
    const taken = tags.filter((tag) => tagProblem(tag, '') === undefined);
    if (taken.length < tags.length) notes.push(messages.tag(messages.secret(secret.name, secret.region)));
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
      tags: taken.length > 0 ? Object.fromEntries(taken.map(({ key, value }) => [key, value])) : undefined,
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

/** Returns a function that tells whether a policy (JSON text) names a secret, by ARN or by a pattern with part of a name. */
export function namerOf(text: string): (arn: string) => boolean {
  const document = tryParsePolicy(text);
  const names = document ? namedIn(document).names : [];
  const exact = new Set(names);
  const patterns = names.filter((each) => /[*?]/.test(each));
  return (arn) => exact.has(arn) || patterns.some((each) => standsFor(each, arn));
}

/** The secrets that the policies with one name allow, in the manifest's terms, and the patterns that can't be expressed. */
interface Scope {
  members: Pick<ExportedKey, 'policyScope' | 'policyPrefix'>;
  patterns: string[];
}

/**
 * Determines the policy scope for the manifest. Named secrets need no scope. A wildcard that the manifest can't express makes no
 * difference to `setup`, because the existing secrets are already allowed. A scope is set only if the policy has it in every
 * Region of the secrets; otherwise `setup` would widen the policy.
 * @param secrets the secrets in the manifest with this policy
 */
function scopeOf(documents: string[], secrets: { name: string; region: string }[]): Scope {
  const parsed = documents.flatMap((text) => tryParsePolicy(text) ?? []);
  const named = parsed.map((document: PolicyDocument) => namedIn(document));
  const scopes = named.flatMap((each) => each.scopes);
  const wildcards = named.flatMap((each) => each.names).filter((each) => /[*?]/.test(withoutSuffix(each)));
  const without = (stands: (pattern: string) => boolean) =>
    [...scopes, ...wildcards].filter((pattern) => !stands(pattern));
  if (scopes.includes('*'))
    return { members: { policyScope: 'account' }, patterns: without((each) => each === '*') };
  const inEachRegion = (patterns: string[]) =>
    secrets.every(({ region }) => patterns.some((pattern) => regionOf(pattern) === region));
  if (scopes.some(isRegion) && inEachRegion(scopes.filter(isRegion)))
    return { members: { policyScope: 'region' }, patterns: without(isRegion) };
  const prefixes = [...new Set(wildcards.flatMap((each) => prefixIn(each) ?? []))];
  const [prefix] = prefixes;
  const ofPrefix = wildcards.filter((each) => prefixIn(each) === prefix);
  const fits = secrets.every(({ name }) => name.startsWith(prefix ?? '')) && inEachRegion(ofPrefix);
  if (prefixes.length !== 1 || !prefix || !fits) return { members: {}, patterns: without(() => false) };
  return {
    members: { policyScope: 'prefix', policyPrefix: prefix },
    patterns: without((each) => prefixIn(each) === prefix),
  };
}

/** Six question marks stand for the random characters from Secrets Manager. */
function withoutSuffix(named: string): string {
  return named.replace(/-\?{6}$/, '');
}

function isRegion(pattern: string): boolean {
  return /^arn:[^:*?]+:secretsmanager:[^:*?]+:[^:*?]+:secret:\*$/.test(pattern);
}

function prefixIn(pattern: string): string | undefined {
  const prefix = /^arn:[^:*?]+:secretsmanager:[^:*?]+:[^:*?]+:secret:(.+)\*$/.exec(pattern)?.[1];
  return prefix !== undefined && secretPrefix(prefix, '') === undefined ? prefix : undefined;
}

/**
 * Returns the role's settings for the manifest, without those that equal `setup`'s defaults. Settings that would be invalid in a
 * manifest are omitted, with a note for each. `setup` doesn't change these in an existing role.
 */
export function roleMembers(role: RoleState, identity: Identity): { members: RoleMembers; notes: string[] } {
  const { name, description, boundary } = role;
  const trust = trustMembers(role.trust, identity);
  const own = description !== DEFAULTS.roleDescription ? description : undefined;
  const refused = {
    description: own !== undefined && roleDescription(own, '') !== undefined,
    boundary: boundary !== undefined && looksLikeKey(boundary.arn),
    trust: looksLikeKey(JSON.stringify(trust)),
  };
  const members = {
    roleName: name,
    roleDescription: own && !refused.description ? own : undefined,
    ...(refused.trust ? {} : trust),
    permissionsBoundary: boundary && !refused.boundary ? boundary.arn : undefined,
  };
  const texts = ['description', 'boundary', 'trust'] as const;
  return {
    members,
    notes: texts.filter((each) => refused[each]).map((each) => messages.roleText(name, each)),
  };
}

/**
 * Returns the settings from which `setup` would build the trust policy. `setup` leaves a trust policy of a different form
 * unchanged and only checks whether it lets MediaConnect in.
 */
function trustMembers(
  text: string,
  { account }: Identity,
): Pick<RoleMembers, 'sourceAccount' | 'sourceArns'> {
  const trust = tryParsePolicy(text);
  if (!trust) return {};
  const conditions = trust.statements.flatMap((statement) => statement.conditions);
  const valuesOf = (wanted: string) =>
    conditions.filter(({ key }) => key.toLowerCase() === wanted).flatMap(({ values }) => values);
  const sourceArns = valuesOf('aws:sourcearn').filter((each) => sourceArn(each, '') === undefined);
  const sourceAccount = valuesOf('aws:sourceaccount').length > 0;
  const built = buildTrustPolicy({ account, sourceAccount, sourceArns });
  if (!samePolicy(parsePolicy(JSON.stringify(built)), trust)) return {};
  return {
    sourceAccount: sourceAccount ? undefined : false,
    sourceArns: sourceArns.length > 0 ? sourceArns : undefined,
  };
}
