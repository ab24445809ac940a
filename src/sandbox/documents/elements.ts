import { VENDOR_MISSING } from './conditions.ts';
import { isObject, type JsonObject, PolicyProblem, stringsOf } from './json.ts';

export const POLICY_VERSIONS: readonly unknown[] = ['2012-10-17', '2008-10-17'];
export const POLICY_FIELDS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement']);
export const STATEMENT_FIELDS: ReadonlySet<string> = new Set(
  'Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition'.split(' '),
);
export const SYNTAX_PROBLEM = 'Syntax errors in policy.';

/** The account and partition that a document is checked for. */
export interface AccountScope {
  readonly accountId: string;
  readonly partition: string;
}

/**
 * Returns the statements of a document, which can be one object or a list.
 * @throws PolicyProblem
 */
export function statementsOf(policy: JsonObject, syntaxProblem: string): JsonObject[] {
  const statements: unknown[] = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  if (statements.length === 0 || !statements.every(isObject)) throw new PolicyProblem(syntaxProblem);
  return statements;
}

/** @throws PolicyProblem if the document's Id is not a string. */
export function checkId(policy: JsonObject, syntaxProblem: string): void {
  if (policy.Id !== undefined && typeof policy.Id !== 'string') throw new PolicyProblem(syntaxProblem);
}

/** @throws PolicyProblem if two statements have the same Sid. */
export function checkSids(statements: readonly JsonObject[], syntaxProblem: string): void {
  const sids = statements.map((statement) => statement.Sid).filter((sid) => sid !== undefined && sid !== '');
  if (!sids.every((sid) => typeof sid === 'string')) throw new PolicyProblem(syntaxProblem);
  if (new Set(sids).size < sids.length) {
    throw new PolicyProblem('Statement IDs (SID) in a single policy must be unique.');
  }
}

/**
 * Returns what is wrong with an action. IAM does not check the name after the service prefix, which can be any text without a
 * colon.
 * @returns undefined for `*` and for `service:Action`.
 */
export function actionProblem(action: string): string | undefined {
  if (action === '*') return undefined;
  const [vendor = '', name = '', ...otherParts] = action.split(':');
  if (otherParts.length > 0) return 'Actions/Condition can contain only one colon.';
  if (name === '' || vendor === '') return VENDOR_MISSING;
  return vendor === '*' || /^[A-Za-z0-9.-]+$/.test(vendor) ? undefined : `Vendor ${vendor} is not valid`;
}

const IAM_PATHS =
  `user/ federated-user/ role/ group/ instance-profile/ mfa/ server-certificate/ policy/ sms-mfa/
  saml-provider/ oidc-provider/ report/ access-report/`.split(/\s+/);

/** The regional resources of S3. Source: the service authorization reference of Amazon S3. */
const REGIONAL_S3_PATH = /^(accesspoint|storage-lens|storage-lens-group|job|async-request|access-grants)\//;

/**
 * Returns what is wrong with a resource.
 * @returns undefined for `*` and for an ARN of this partition, even if the ARN lacks some parts.
 */
export function resourceProblem(resource: string, scope: AccountScope): string | undefined {
  if (resource === '*') return undefined;
  const notArnMessage = `Resource ${resource} must be in ARN format or "*".`;
  const [arn, partition, ...fields] = resource.split(':');
  const [vendor, region = ''] = fields;
  if (partition === undefined) return notArnMessage;
  if (partition !== scope.partition && partition !== '*') {
    return `Partition "${partition}" is not valid for resource "arn:${partition}:${paddedArn(fields)}".`;
  }
  if (arn !== 'arn') return notArnMessage;
  if (vendor === undefined || !/^[a-z0-9-]*$/.test(vendor)) {
    return 'Resource vendor must be fully qualified and cannot contain regexes.';
  }
  const path = fields.slice(3).join(':');
  if (vendor === 's3' && region !== '' && !REGIONAL_S3_PATH.test(path)) {
    return `Resource ${resource} can not contain region information.`;
  }
  return vendor === 'iam' ? iamResourceProblem(resource, region, path) : undefined;
}

function iamResourceProblem(resource: string, region: string, path: string): string | undefined {
  if (region !== '') return `IAM resource ${resource} cannot contain region information.`;
  return path === '*' || IAM_PATHS.some((start) => path.startsWith(start))
    ? undefined
    : `IAM resource path must either be "*" or start with ${IAM_PATHS.join(', ')}.`;
}

/** Returns the parts of an ARN after its partition, with `*` for missing ones. */
function paddedArn(fields: readonly string[]): string {
  const presentFields = fields.join(':') === '' ? [] : fields;
  const [vendor = '*', region = '*', account = '*', ...path] = presentFields;
  return [vendor, region, account, path.length > 0 ? path.join(':') : '*'].join(':');
}

/** True if IAM's older parser accepts a resource in which `resourceProblem` found nothing wrong. */
export function passesLegacyParsing(resource: string): boolean {
  const parts = resource.split(':');
  return resource === '*' || (parts[2] !== '' && (parts.length >= 6 || !resource.includes('::')));
}

/**
 * Returns the strings of an element or of its negation, such as `Action` and `NotAction`. A statement can have only one of the two.
 * @returns undefined if the statement has neither, or an empty list.
 * @throws PolicyProblem
 */
export function stringsOfEither(
  statement: JsonObject,
  names: readonly [string, string],
  syntaxProblem: string,
): string[] | undefined {
  const presentNames = names.filter((name) => statement[name] !== undefined);
  const [name] = presentNames;
  if (name === undefined) return undefined;
  const strings = stringsOf(statement[name]);
  if (!strings || presentNames.length > 1) throw new PolicyProblem(syntaxProblem);
  return strings.length > 0 ? strings : undefined;
}
