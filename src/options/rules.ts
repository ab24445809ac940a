import { isAccountId, isRegionName, parseArn, parseSecretArn } from '../aws/arn.ts';
import type { Tag } from '../aws/tags.ts';
import { KEY_TYPE_TAG, TOOL_TAG } from '../defaults.ts';
import { looksLikeKey, looksLikePartOfKey } from '../key-detection.ts';
import { inputMessages as messages } from './messages.ts';

/**
 * A rule for one kind of answer. Returns a sentence about the problem with a value, or undefined if the value is valid. `what`
 * names where the value was given, such as `--role-name` or `The role name`.
 */
export type Rule = (value: string, what: string) => string | undefined;

/** Returns the rule that a value matches a pattern and doesn't look like a key. */
export function matching(pattern: RegExp, sentence: (what: string) => string): Rule {
  return (value, what) => {
    if (looksLikeKey(value)) return messages.looksLikeKey(what);
    return pattern.test(value) ? undefined : sentence(what);
  };
}

/** Secrets Manager API reference, `CreateSecret`, `Name`. */
export const secretNameProblem = matching(/^[A-Za-z0-9/_+=.@-]{1,512}$/, messages.secretName);

/**
 * The start of secret names. It has the characters of secret names, none of which is a wildcard in an IAM policy. It is shorter
 * than the longest name, so that more characters can follow.
 */
export const secretPrefixProblem = matching(/^[A-Za-z0-9/_+=.@-]{1,500}$/, messages.secretPrefix);

/** In characters. Source: IAM API reference, `CreatePolicy`, `PolicyName`. */
export const LONGEST_POLICY_NAME = 128;

const POLICY_NAME = new RegExp(`^[\\w+=,.@-]{1,${LONGEST_POLICY_NAME}}$`);

export const policyNameProblem = matching(POLICY_NAME, messages.policyName);

const anyRoleName = matching(/^[\w+=,.@-]{1,64}$/, messages.roleName);

/** IAM API reference, `CreateRole`, `RoleName`. `MediaConnectAccessRole` is reserved; role names are case-insensitive. */
export const roleNameProblem: Rule = (value, what) =>
  value.toLowerCase() === 'mediaconnectaccessrole' ? messages.roleReserved(what) : anyRoleName(value, what);

/** IAM API reference, `CreateRole`, `Description`. */
export const roleDescriptionProblem = matching(
  /^[\t\n\r\x20-\x7e\xa1-\xff]{0,1000}$/,
  messages.roleDescription,
);

/** A URL for AWS requests. */
export const endpointUrlProblem: Rule = (value, what) => {
  if (hasKeyAsHost(value)) return messages.looksLikeKey(what);
  return isHttpUrl(value) ? undefined : messages.endpointUrl(what);
};

/** Returns true for a valid HTTP URL. A URL parser accepts line breaks and spaces; a socket doesn't. */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[\x21-\x7e]{1,2000}$/i.test(text) && URL.canParse(text);
}

/**
 * Returns true if the whole host of a URL looks like a key. A single label may look like one, because AWS creates such host
 * names.
 */
export function hasKeyAsHost(url: string): boolean {
  // From the original text: the URL parser rejects some hosts and changes others.
  const [, host = ''] = /^https?:\/\/(?:[^/?#]*@)?([^/?#:@]*)/i.exec(url) ?? [];
  return /^[0-9a-f._-]*$/i.test(host) && looksLikeKey(host);
}

export const regionProblem: Rule = (value, what) =>
  isRegionName(value) ? undefined : messages.region(what, similarRegion(value));

/** Matches a Region code with other separators or capital letters, and an Availability Zone such as `us-west-2a`. */
const NEARLY_A_REGION =
  /^(af|ap|ca|cn|eu|il|me|mx|sa|us)[-_ ]?((?:north|south)?(?:east|west)|north|south|central)[-_ ]?(\d)[a-z]?$/i;

function similarRegion(value: string): string | undefined {
  const parts = NEARLY_A_REGION.exec(value)?.slice(1);
  return parts?.join('-').toLowerCase();
}

export const secretArnProblem: Rule = (value, what) =>
  parseSecretArn(value) ? undefined : messages.secretArn(what);

export const boundaryArnProblem: Rule = (value, what) => {
  const arn = parseArn(value);
  const ok = arn?.service === 'iam' && arn.region === '' && arn.account !== '';
  return ok && arn.resource.startsWith('policy/') ? undefined : messages.boundary(what);
};

/** IAM API reference, `Role`, `Arn`, with or without a path. */
export const roleArnProblem: Rule = (value, what) => {
  const arn = parseArn(value);
  const ok = arn?.service === 'iam' && /^\d{12}$/.test(arn.account);
  return ok && /^role\/([\x21-\x7e]+\/)?[\w+=,.@-]{1,64}$/.test(arn.resource)
    ? undefined
    : messages.roleArn(what);
};

/** MediaConnect API reference, `Flow`, `FlowArn`, and `RouterInput`, `Arn`: the resources that `verify --flow-arn` takes. */
export const flowArnProblem: Rule = (value, what) => {
  const arn = parseArn(value);
  const ok = arn?.service === 'mediaconnect' && isRegionName(arn.region) && /^\d{12}$/.test(arn.account);
  return ok && FLOW_OR_ROUTER.test(arn.resource) ? undefined : messages.flowArn(what);
};

const FLOW_OR_ROUTER = /^(flow:.|router(Input|Output):[a-z0-9]+$)/;

const SOURCE_ARN = /^arn:[a-z-]+:mediaconnect:[a-z0-9*?-]+:[0-9*?]+:[\x21\x23-\x7e]+$/;

/** A trust policy has at most 2,048 characters (IAM and AWS STS quotas). */
const LONGEST_PATTERN = 2_048;

/** An `aws:SourceArn` pattern, which can contain `*` and `?`. */
export const sourceArnProblem: Rule = (value, what) =>
  value.length <= LONGEST_PATTERN && SOURCE_ARN.test(value) ? undefined : messages.sourceArn(what);

/** Secrets Manager API reference, `CreateSecret`, `KmsKeyId`. */
export const kmsKeyIdProblem: Rule = (value, what) => {
  const arn = parseArn(value);
  const resource = arn?.service === 'kms' ? arn.resource : value;
  const form =
    /^(alias\/(?!aws\/)[\w/-]{1,250}|(key\/)?(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}))$/i;
  // `key/` is a part of an ARN only. `alias/` is a part of the alias name.
  const hasRightPrefix =
    resource.startsWith('alias/') || resource.startsWith('key/') === value.startsWith('arn:');
  return form.test(resource) && hasRightPrefix ? undefined : messages.kmsKeyId(what);
};

/** The name of an environment variable in POSIX (Base Definitions, 3.231 "Name"). */
export const environmentVariableProblem: Rule = (value, what) =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? undefined : messages.envName(what);

export const accountIdProblem: Rule = (value, what) =>
  isAccountId(value) ? undefined : messages.accountId(what);

/** Messages show the path, so it must not be a key. */
export const outputPathProblem: Rule = (value, what) => {
  if (value === '') return messages.outputPath(what);
  return looksLikePartOfKey(value) ? messages.looksLikeKey(what) : undefined;
};

/** AWS General Reference, "Tagging your AWS resources": the rules that IAM and Secrets Manager share. */
export function tagProblem({ key, value }: Tag, what: string): string | undefined {
  if (looksLikeKey(key) || looksLikeKey(value)) return messages.looksLikeKey(what);
  const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
  const hasValidLength = key.length >= 1 && key.length <= 128 && value.length <= 256;
  if (!hasValidLength || !allowed.test(key) || !allowed.test(value) || /^aws:/i.test(key))
    return messages.tagKey(what);
  const reservedKey = [TOOL_TAG, KEY_TYPE_TAG].find((each) => each === key.toLowerCase());
  return reservedKey === undefined ? undefined : messages.tagOwn(what, reservedKey);
}

/**
 * Returns problems with tags that are valid by themselves. AWS allows 50 tags on a resource, and IAM tag keys are
 * case-insensitive.
 */
export function tagListProblems(tags: readonly Tag[], what: string): string[] {
  const keys = new Set(tags.map(({ key }) => key.toLowerCase()));
  return [
    ...(keys.size < tags.length ? [messages.tagTwice(what)] : []),
    ...(tags.length > MOST_TAGS ? [messages.tagCount(what, MOST_TAGS)] : []),
  ];
}

/** The limit of 50, minus the program's own tag. */
const MOST_TAGS = 49;

/** Splits `KEY=VALUE` at the first `=`. */
export function parseTag(text: string): Tag | undefined {
  const separator = text.indexOf('=');
  return separator < 1 ? undefined : { key: text.slice(0, separator), value: text.slice(separator + 1) };
}

/**
 * Returns the common start of secret names, up to its last separator (`/`, `-`, `_` or `.`), as a prefix for a policy. Returns
 * undefined if there is none.
 */
export function sharedPrefix(names: string[]): string | undefined {
  // In sorted order, the common start of the first and the last name is common to all.
  const sorted = [...names].sort();
  const first = sorted.at(0) ?? '';
  const last = sorted.at(-1) ?? '';
  let length = 0;
  while (length < first.length && first[length] === last[length]) length += 1;
  const prefix = /^.*[/_.-]/.exec(first.slice(0, length))?.[0];
  return prefix === undefined || secretPrefixProblem(prefix, '') ? undefined : prefix;
}
