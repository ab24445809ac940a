import type { RoleState } from '../../../aws/iam/roles.ts';
import type { Identity } from '../../../aws/session.ts';
import { commonTags } from '../../../aws/tags.ts';
import { DEFAULTS } from '../../../defaults.ts';
import { groupedBy } from '../../../grouping.ts';
import { regionOf, targetsIn } from '../../../inventory/named-secrets.ts';
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
import { matchesArn } from '../../../policy/match.ts';
import type { ExportedKey, RoleMembers } from './document.ts';
import { exportManifestMessages as messages } from './messages.ts';

/** A secret in one Region that a role may read because of a policy. */
export interface ReadableSecret {
  role: RoleMembers;
  /** The name in the manifest: in a chain `NAME`, `NAME-2`, …, the first. */
  policyName: string;
  /** The document of the policy that allows it, as JSON text. */
  document: string;
  secret: SecretSnapshot;
}

/** Returns one entry for each combination of secret name, role and policy, with all its Regions, sorted by name. */
export function manifestKeysOf(readableSecrets: ReadableSecret[]): { keys: ExportedKey[]; notes: string[] } {
  const scopes = policyScopesOf(readableSecrets);
  const entries = groupedBy(readableSecrets, ({ role, policyName, secret }) =>
    [secret.name, role.roleName, policyName].join(' '),
  );
  const notes = [...scopes].flatMap(([policy, { patterns }]) =>
    patterns.map((pattern) => messages.pattern(policy, pattern)),
  );
  const keys = [...entries.values()].map((group) => {
    const [{ policyName, secret, role }] = group;
    // The tags that the secret has in all its Regions.
    const tags = commonTags(group.map((each) => each.secret.tags));
    const validTags = tags.filter((tag) => tagProblem(tag, '') === undefined);
    if (validTags.length < tags.length) notes.push(messages.tag(messages.secret(secret.name, secret.region)));
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
      tags:
        validTags.length > 0
          ? Object.fromEntries(validTags.map(({ key, value }) => [key, value]))
          : undefined,
    };
  });
  return { keys: keys.sort((a, b) => (a.secretName < b.secretName ? -1 : 1)), notes };
}

function policyScopesOf(readableSecrets: ReadableSecret[]): Map<string, ExportedScope> {
  const scopes = new Map<string, ExportedScope>();
  for (const [policy, group] of groupedBy(readableSecrets, ({ policyName }) => policyName)) {
    const documents = [...new Set(group.map(({ document }) => document))];
    scopes.set(
      policy,
      policyScopeOf(
        documents,
        group.map(({ secret }) => secret),
      ),
    );
  }
  return scopes;
}

/** Returns a function that returns true for the ARN of a secret that a policy (JSON text) names, by ARN or by a pattern. */
export function nameMatcher(text: string): (arn: string) => boolean {
  const document = tryParsePolicy(text);
  const names = document ? targetsIn(document).names : [];
  const exactNames = new Set(names);
  const patterns = names.filter((name) => /[*?]/.test(name));
  return (arn) => exactNames.has(arn) || patterns.some((pattern) => matchesArn(pattern, arn));
}

/** The policy scope of the policies with one name in the manifest's terms, and the patterns that a manifest can't express. */
interface ExportedScope {
  members: Pick<ExportedKey, 'policyScope' | 'policyPrefix'>;
  patterns: string[];
}

/**
 * Determines the policy scope for the manifest. Named secrets need no scope. A wildcard that the manifest can't express makes no
 * difference to `setup`, because the existing secrets are already allowed. A scope is set only if the policy has it in every
 * Region of the secrets; otherwise `setup` would widen the policy.
 * @param secrets the secrets in the manifest with this policy
 */
function policyScopeOf(documents: string[], secrets: { name: string; region: string }[]): ExportedScope {
  const parsedDocuments = documents.flatMap((text) => tryParsePolicy(text) ?? []);
  const namedSecrets = parsedDocuments.map((document: PolicyDocument) => targetsIn(document));
  const scopes = namedSecrets.flatMap((named) => named.scopes);
  const wildcards = namedSecrets
    .flatMap((named) => named.names)
    .filter((name) => /[*?]/.test(withoutSuffix(name)));
  const patternsExcept = (isExpressed: (pattern: string) => boolean) =>
    [...scopes, ...wildcards].filter((pattern) => !isExpressed(pattern));
  if (scopes.includes('*'))
    return { members: { policyScope: 'account' }, patterns: patternsExcept((pattern) => pattern === '*') };
  const coverEachRegion = (patterns: string[]) =>
    secrets.every(({ region }) => patterns.some((pattern) => regionOf(pattern) === region));
  if (scopes.some(isRegion) && coverEachRegion(scopes.filter(isRegion)))
    return { members: { policyScope: 'region' }, patterns: patternsExcept(isRegion) };
  const prefixes = [...new Set(wildcards.flatMap((wildcard) => prefixIn(wildcard) ?? []))];
  const [prefix] = prefixes;
  const prefixPatterns = wildcards.filter((wildcard) => prefixIn(wildcard) === prefix);
  const fits = secrets.every(({ name }) => name.startsWith(prefix ?? '')) && coverEachRegion(prefixPatterns);
  if (prefixes.length !== 1 || !prefix || !fits)
    return { members: {}, patterns: patternsExcept(() => false) };
  return {
    members: { policyScope: 'prefix', policyPrefix: prefix },
    patterns: patternsExcept((pattern) => prefixIn(pattern) === prefix),
  };
}

/** Returns an ARN without the six question marks that stand for the random characters from Secrets Manager. */
function withoutSuffix(arn: string): string {
  return arn.replace(/-\?{6}$/, '');
}

/** Returns true for the pattern of all secrets in one Region. */
function isRegion(pattern: string): boolean {
  return /^arn:[^:*?]+:secretsmanager:[^:*?]+:[^:*?]+:secret:\*$/.test(pattern);
}

/** Returns the prefix of the secret names that a pattern stands for; undefined if it is none that a manifest can express. */
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
  const customDescription = description !== DEFAULTS.roleDescription ? description : undefined;
  const omitted = {
    description: customDescription !== undefined && roleDescription(customDescription, '') !== undefined,
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
  return {
    members,
    notes: settings.filter((setting) => omitted[setting]).map((setting) => messages.roleText(name, setting)),
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
  const valuesOf = (conditionKey: string) =>
    conditions.filter(({ key }) => key.toLowerCase() === conditionKey).flatMap(({ values }) => values);
  const sourceArns = valuesOf('aws:sourcearn').filter((arn) => sourceArn(arn, '') === undefined);
  const sourceAccount = valuesOf('aws:sourceaccount').length > 0;
  const built = buildTrustPolicy({ account, sourceAccount, sourceArns });
  if (!samePolicy(parsePolicy(JSON.stringify(built)), trust)) return {};
  return {
    sourceAccount: sourceAccount ? undefined : false,
    sourceArns: sourceArns.length > 0 ? sourceArns : undefined,
  };
}
