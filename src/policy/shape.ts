import { DECRYPT_ACTION, type KmsPermission, READ_ACTIONS, secretsManagerEndpoint } from './build.ts';
import type { ConditionClause, JsonPolicy, PolicyDocument, Statement } from './document.ts';
import { coversArn, parsePattern } from './match.ts';

// No `$` matches, because it can begin a policy variable (`${…}`).
const SECRET_RESOURCE = /^(\*|arn:[^:$]+:secretsmanager:[^:$]*:[^:$]*:secret:[^$]+)$/;
const KEY_RESOURCE = /^arn:([^:*?$]+):kms:([^:*?$]+):[^:*?$]+:key\/(\*|[^*?$]+)$/;
const ALIAS = /^alias\/[^*?$]+$/;

/**
 * Returns true if the document has the form that `buildReadPolicy` creates: it allows exactly the read actions on secrets, and
 * `kms:Decrypt` through Secrets Manager, and nothing else.
 */
export function isReadPolicyShape({ statements, unknownElements }: PolicyDocument): boolean {
  const reads = statements.filter(readsSecrets);
  const others = statements.filter((statement) => !reads.includes(statement));
  return (
    unknownElements.length === 0 &&
    reads.length > 0 &&
    allResourcesFullyReadable(reads) &&
    others.every((statement) => kmsPermissionOf(statement) !== undefined)
  );
}

/** Returns true if the statement allows some of the read actions on secrets without conditions, and nothing else. */
export function readsSecrets(statement: Statement): boolean {
  return (
    isPlainAllow(statement) &&
    statement.conditions.length === 0 &&
    statement.actions.values.every(isReadAction) &&
    resourcesMatch(statement, SECRET_RESOURCE)
  );
}

/** Returns true if the statement allows all read actions, so that a resource added to it becomes readable. */
export function isFullRead(statement: Statement): boolean {
  return readsSecrets(statement) && actionsOf([statement]).size === READ_ACTIONS.length;
}

/** Returns the permission of a statement that `kmsStatement` creates; otherwise undefined. */
export function kmsPermissionOf(statement: Statement): KmsPermission | undefined {
  const resources = statement.resources?.values ?? [];
  const [partition, region] = KEY_RESOURCE.exec(resources[0] ?? '')?.slice(1) ?? [];
  if (!isDecryptOfKeys(statement) || partition === undefined || region === undefined) return undefined;

  const endpoint = secretsManagerEndpoint(region, partition);
  const others = statement.conditions.filter((condition) => !isViaService(condition, endpoint));
  const aliases = others.length === 1 ? others.flatMap(aliasesOf) : [];
  const isExpectedForm =
    statement.conditions.length === others.length + 1 &&
    others.length === (aliases.length > 0 ? 1 : 0) &&
    resources.every((arn) => arn.startsWith(`arn:${partition}:kms:${region}:`)) &&
    resources.every((arn) => arn.endsWith(':key/*') === aliases.length > 0);
  return isExpectedForm ? { region, aliases, resources } : undefined;
}

/**
 * Returns the unique IDs of users and roles in a trust policy. IAM replaces an ARN with the unique ID if the principal was
 * deleted. Source: IAM User Guide, "AWS JSON policy elements: Principal".
 */
export function deletedPrincipals({ statements }: PolicyDocument): string[] {
  const named = statements.flatMap(({ principals }) => principals?.entries ?? []);
  const ids = named.flatMap(({ type, values }) => (type === 'AWS' ? values : []));
  return [...new Set(ids.filter((id) => /^A(IDA|ROA)[A-Z0-9]+$/.test(id)))];
}

/** This program never allows only some of the read actions on a resource. */
function allResourcesFullyReadable(reads: Statement[]): boolean {
  const resources = new Set(reads.flatMap(({ resources }) => resources?.values ?? []));
  return [...resources].every((resource) => {
    const readsOfResource = reads.filter((statement) => statement.resources?.values.includes(resource));
    return actionsOf(readsOfResource).size === READ_ACTIONS.length;
  });
}

function isPlainAllow({ effect, principals, actions, resources, unknownElements }: Statement): boolean {
  return (
    effect === 'Allow' &&
    principals === undefined &&
    !actions.negated &&
    actions.values.length > 0 &&
    resources?.negated === false &&
    unknownElements.length === 0
  );
}

function isReadAction(action: string): boolean {
  return READ_ACTIONS.some((each) => each.toLowerCase() === action.toLowerCase());
}

function actionsOf(statements: Statement[]): Set<string> {
  return new Set(statements.flatMap(({ actions }) => actions.values.map((action) => action.toLowerCase())));
}

function resourcesMatch({ resources }: Statement, form: RegExp): boolean {
  const values = resources?.values ?? [];
  return values.length > 0 && values.every((value) => form.test(value));
}

function isDecryptOfKeys(statement: Statement): boolean {
  const { values } = statement.actions;
  const isDecrypt = values.every((action) => action.toLowerCase() === DECRYPT_ACTION.toLowerCase());
  return isPlainAllow(statement) && isDecrypt && resourcesMatch(statement, KEY_RESOURCE);
}

function isViaService({ operator, key, values }: ConditionClause, endpoint: string): boolean {
  return (
    operator === 'StringEquals' &&
    key.toLowerCase() === 'kms:viaservice' &&
    values.length === 1 &&
    values[0] === endpoint
  );
}

function aliasesOf({ operator, key, values }: ConditionClause): string[] {
  const isAliasCondition =
    operator === 'ForAnyValue:StringEquals' && key.toLowerCase() === 'kms:resourcealiases';
  return isAliasCondition && values.every((value) => ALIAS.test(value)) ? values : [];
}

/**
 * Returns true if the policy's wildcards allow more secrets than requested, such as all secrets of the account instead of those
 * with a prefix. A policy that is not a read policy also counts as wider.
 * @param requestedResources the requested `Resource` entries (`secretResources`)
 */
export function isWiderThan(document: PolicyDocument, requestedResources: string[]): boolean {
  if (!isReadPolicyShape(document)) return true;
  const wildcards = requestedResources.filter((each) => each.includes('*'));
  const covers = (wildcard: string, entry: string) =>
    wildcard === '*' || coversArn(parsePattern(wildcard), parsePattern(entry));
  return document.statements
    .filter(readsSecrets)
    .flatMap(({ resources }) => resources?.values ?? [])
    .filter(matchesMany)
    .some((entry) => !wildcards.some((wildcard) => covers(wildcard, entry)));
}

/** Returns true if an entry matches more than one secret. `-??????` matches only the suffix that Secrets Manager adds. */
function matchesMany(entry: string): boolean {
  return /[*?]/.test(entry.replace(/-\?{6}$/, ''));
}

/** Maximum size of a customer managed policy in characters. Source: IAM User Guide, "IAM and AWS STS quotas". */
export const MANAGED_POLICY_LIMIT = 6144;
/** Default maximum size of a role trust policy in characters. Source: IAM User Guide, "IAM and AWS STS quotas". */
export const TRUST_POLICY_LIMIT = 2048;

/**
 * Returns the size of a document in characters as IAM's quotas count it: without whitespace. AWS doesn't document whitespace
 * inside strings; it is counted here, so the result is never below IAM's.
 */
export function policySize(document: JsonPolicy | string): number {
  // `JSON.stringify` adds no whitespace.
  if (typeof document !== 'string') return JSON.stringify(document).length;
  // An unterminated string takes the rest of the text. Otherwise the search would restart at each quote in it.
  return document.replace(/("(?:[^"\\]|\\.)*"?)|\s+/g, '$1').length;
}
