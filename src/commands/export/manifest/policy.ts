import { namedIn, regionOf } from '../../../inventory/named-secrets.ts';
import { secretPrefix } from '../../../options/rules.ts';
import { type PolicyDocument, tryParsePolicy } from '../../../policy/index.ts';
import { standsFor } from '../../../policy/match.ts';
import type { ExportedKey } from './types.ts';

/** Makes a function that says whether a policy (JSON text) names a secret, by its ARN or by a pattern with part of a name. */
export function namerOf(text: string): (arn: string) => boolean {
  const document = tryParsePolicy(text);
  const names = document ? namedIn(document).names : [];
  const exact = new Set(names);
  const patterns = names.filter((each) => /[*?]/.test(each));
  return (arn) => exact.has(arn) || patterns.some((each) => standsFor(each, arn));
}

/** Which secrets the policies of one name allow, as a manifest says it, and the patterns that it cannot say. */
export interface Scope {
  members: Pick<ExportedKey, 'policyScope' | 'policyPrefix'>;
  patterns: string[];
}

/**
 * Named secrets need no word. A wildcard that nothing stands for in a manifest makes no difference to `setup`: the secrets
 * that are there are allowed already. So a scope is said only where the policy has it in each Region of the secrets: `setup` would
 * widen the policy otherwise.
 * @param secrets those that stand in the manifest with this policy
 */
export function scopeOf(documents: string[], secrets: { name: string; region: string }[]): Scope {
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

/** Six question marks stand for what Secrets Manager draws at random. */
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
