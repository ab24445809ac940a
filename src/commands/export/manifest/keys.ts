import type { RoleState } from '../../../aws/iam/roles.ts';
import type { Identity } from '../../../aws/session.ts';
import { commonTags } from '../../../aws/tags.ts';
import { DEFAULTS } from '../../../defaults.ts';
import { regionOf, targetsIn } from '../../../inventory/named-secrets.ts';
import type { SecretSnapshot } from '../../../inventory/secrets.ts';
import { looksLikeKey } from '../../../key-detection.ts';
import {
  roleDescriptionProblem,
  secretPrefixProblem,
  sourceArnProblem,
  tagProblem,
} from '../../../options/rules.ts';
import { buildTrustPolicy, parsePolicy, samePolicy, tryParsePolicy } from '../../../policy/index.ts';
import { matchesArn } from '../../../policy/match.ts';
import { groupedBy } from '../../../text.ts';
import type { ExportedKey, RoleMembers } from './document.ts';
import { exportManifestMessages as messages } from './messages.ts';

/** A secret in one Region that a role can read because of a policy. */
export interface ManifestSecret {
  role: RoleMembers;
  /** The policy's name in the manifest: the first name of a chain `NAME`, `NAME-2`, … */
  policyName: string;
  /** The document of that policy, as JSON text. */
  document: string;
  secret: SecretSnapshot;
}

/** Returns one entry for each combination of secret name, role and policy, with all its Regions, sorted by name. */
export function manifestKeysOf(readableSecrets: ManifestSecret[]): { keys: ExportedKey[]; notes: string[] } {
  const scopes = policyScopesOf(readableSecrets);
  const entries = groupedBy(readableSecrets, ({ role, policyName, secret }) =>
    [secret.name, role.roleName, policyName].join(' '),
  );
  const notes = [...scopes].flatMap(([policy, { patterns }]) =>
    patterns.map((pattern) => messages.pattern(policy, pattern)),
  );
  const keys = [...entries.values()].map((group): ExportedKey => {
    const [{ policyName, secret, role }] = group;
    const tags = commonTags(group.map((each) => each.secret.tags));
    const validTags = tags.filter((tag) => tagProblem(tag, '') === undefined);
    if (validTags.length < tags.length) notes.push(messages.tag(messages.secret(secret.name, secret.region)));
    const tagValues = Object.fromEntries(validTags.map(({ key, value }) => [key, value]));
    return {
      secretName: secret.name,
      regions: group.map((each) => each.secret.region),
      key: { existing: true },
      // A static key is the default.
      keyType: group.every((each) => each.secret.keyType === 'srt-password') ? 'srt-password' : undefined,
      policyName,
      ...scopes.get(policyName)?.fields,
      ...role,
      tags: validTags.length > 0 ? tagValues : undefined,
    };
  });
  return {
    keys: keys.sort((a, b) => (a.secretName < b.secretName ? -1 : Number(a.secretName > b.secretName))),
    notes,
  };
}

function policyScopesOf(readableSecrets: ManifestSecret[]): Map<string, ExportedScope> {
  const scopes = new Map<string, ExportedScope>();
  for (const [policy, group] of groupedBy(readableSecrets, ({ policyName }) => policyName)) {
    const documents = [...new Set(group.map(({ document }) => document))];
    const secrets = group.map(({ secret }) => secret);
    scopes.set(policy, policyScopeOf(documents, secrets));
  }
  return scopes;
}

/** Returns a function that returns true for the ARN of a secret that a policy (JSON text) names by its ARN or by a pattern. */
export function nameMatcher(text: string): (arn: string) => boolean {
  const document = tryParsePolicy(text);
  const names = document ? targetsIn(document).names : [];
  const exactNames = new Set(names);
  const patterns = names.filter((name) => /[*?]/.test(name));
  return (arn) => exactNames.has(arn) || patterns.some((pattern) => matchesArn(pattern, arn));
}

/** The scope of a policy or chain. */
interface ExportedScope {
  /** The scope in the manifest, if any. */
  fields: Pick<ExportedKey, 'policyScope' | 'policyPrefix'>;
  /** The patterns in the policies that a manifest can't express. */
  patterns: string[];
}

/**
 * Determines the policy scope for the manifest. Named secrets need no scope. A wildcard that the manifest can't express is
 * left out: the policy already allows the listed secrets, so that `setup` has nothing to add. A scope is set only if the policy has it in every
 * Region of the secrets; otherwise `setup` would widen the policy.
 * @param documents the documents of the policy or chain, as JSON text
 * @param secrets the secrets in the manifest with this policy
 */
function policyScopeOf(documents: string[], secrets: { name: string; region: string }[]): ExportedScope {
  const targets = documents.flatMap((text) => tryParsePolicy(text) ?? []).map(targetsIn);
  const scopePatterns = targets.flatMap((target) => target.scopes);
  const secretArns = targets.flatMap((target) => target.names);
  // Six question marks at the end stand for the random characters from Secrets Manager.
  const wildcards = secretArns.filter((arn) => /[*?]/.test(arn.replace(/-\?{6}$/, '')));
  const patternsExcept = (isExpressed: (pattern: string) => boolean) =>
    [...scopePatterns, ...wildcards].filter((pattern) => !isExpressed(pattern));
  if (scopePatterns.includes('*'))
    return { fields: { policyScope: 'account' }, patterns: patternsExcept((pattern) => pattern === '*') };
  const coverEachRegion = (patterns: string[]) =>
    secrets.every(({ region }) => patterns.some((pattern) => regionOf(pattern) === region));
  if (scopePatterns.some(isWholeRegion) && coverEachRegion(scopePatterns.filter(isWholeRegion)))
    return { fields: { policyScope: 'region' }, patterns: patternsExcept(isWholeRegion) };
  const prefixes = [...new Set(wildcards.flatMap((wildcard) => prefixIn(wildcard) ?? []))];
  const [prefix] = prefixes;
  const prefixPatterns = wildcards.filter((wildcard) => prefixIn(wildcard) === prefix);
  const fits = secrets.every(({ name }) => name.startsWith(prefix ?? '')) && coverEachRegion(prefixPatterns);
  if (prefixes.length !== 1 || !prefix || !fits)
    return { fields: {}, patterns: [...scopePatterns, ...wildcards] };
  return {
    fields: { policyScope: 'prefix', policyPrefix: prefix },
    patterns: patternsExcept((pattern) => prefixIn(pattern) === prefix),
  };
}

/** Returns true for the pattern of all secrets in one Region. */
function isWholeRegion(pattern: string): boolean {
  return /^arn:[^:*?]+:secretsmanager:[^:*?]+:[^:*?]+:secret:\*$/.test(pattern);
}

/** Returns the name prefix that a pattern stands for; undefined if a manifest can't express the pattern as a prefix. */
function prefixIn(pattern: string): string | undefined {
  const prefix = /^arn:[^:*?]+:secretsmanager:[^:*?]+:[^:*?]+:secret:(.+)\*$/.exec(pattern)?.[1];
  return prefix !== undefined && secretPrefixProblem(prefix, '') === undefined ? prefix : undefined;
}

/**
 * Returns the role's settings for the manifest, without those that equal `setup`'s defaults. Settings that would be invalid in a
 * manifest are omitted, with a note for each. `setup` doesn't change these settings of an existing role.
 */
export function roleMembers(role: RoleState, identity: Identity): { members: RoleMembers; notes: string[] } {
  const { name, description, boundary } = role;
  const trust = trustMembers(role.trust, identity);
  const customDescription = description !== DEFAULTS.roleDescription ? description : undefined;
  const omitted = {
    description:
      customDescription !== undefined && roleDescriptionProblem(customDescription, '') !== undefined,
    boundary: boundary !== undefined && looksLikeKey(boundary.arn),
    trust: looksLikeKey(JSON.stringify(trust)),
  };
  const members = {
    roleName: name,
    roleDescription: omitted.description ? undefined : customDescription || undefined,
    ...(omitted.trust ? {} : trust),
    permissionsBoundary: boundary && !omitted.boundary ? boundary.arn : undefined,
  };
  const settings = ['description', 'boundary', 'trust'] as const;
  const omittedSettings = settings.filter((setting) => omitted[setting]);
  return { members, notes: omittedSettings.map((setting) => messages.roleText(name, setting)) };
}

/**
 * Returns the settings from which `setup` would build the trust policy (JSON text). `setup` leaves a trust policy of a different
 * form unchanged and only checks whether it allows MediaConnect to assume the role.
 */
function trustMembers(
  text: string,
  { account }: Identity,
): Pick<RoleMembers, 'sourceAccount' | 'sourceArns'> {
  const trust = tryParsePolicy(text);
  if (!trust) return {};
  const conditions = trust.statements.flatMap((statement) => statement.conditions);
  const valuesOf = (conditionKey: string) =>
    conditions.filter(({ key }) => key.toLowerCase() === conditionKey).flatMap(({ values }) => values);
  const sourceArns = valuesOf('aws:sourcearn').filter((arn) => sourceArnProblem(arn, '') === undefined);
  const sourceAccount = valuesOf('aws:sourceaccount').length > 0;
  const built = buildTrustPolicy({ account, sourceAccount, sourceArns });
  if (!samePolicy(parsePolicy(JSON.stringify(built)), trust)) return {};
  return {
    sourceAccount: sourceAccount ? undefined : false,
    sourceArns: sourceArns.length > 0 ? sourceArns : undefined,
  };
}
