import { VENDOR_MISSING } from './conditions.ts';
import { isObject, type JsonObject, stringsOf } from './json.ts';
import { PolicyProblem } from './problem.ts';

export const VERSIONS: readonly unknown[] = ['2012-10-17', '2008-10-17'];
export const SYNTAX = 'Syntax errors in policy.';

/** The account a document is checked for. */
export interface Place {
  readonly account: string;
  readonly partition: string;
}

/**
 * The statements of a document, which may be one or a list.
 * @throws PolicyProblem
 */
export function statementsOf(policy: JsonObject, problem: string): JsonObject[] {
  const statements: unknown[] = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  if (statements.length === 0 || !statements.every(isObject)) {
    throw new PolicyProblem(problem);
  }
  return statements;
}

/** @throws PolicyProblem if the document's Id is no text. */
export function checkId(policy: JsonObject, problem: string): void {
  if (policy.Id !== undefined && typeof policy.Id !== 'string') {
    throw new PolicyProblem(problem);
  }
}

/** @throws PolicyProblem if two statements have the same Sid. */
export function checkSids(statements: readonly JsonObject[], problem: string): void {
  const sids = statements.map((statement) => statement.Sid).filter((sid) => sid !== undefined && sid !== '');
  if (!sids.every((sid) => typeof sid === 'string')) {
    throw new PolicyProblem(problem);
  }
  if (new Set(sids).size < sids.length) {
    throw new PolicyProblem('Statement IDs (SID) in a single policy must be unique.');
  }
}

/** @throws PolicyProblem for an action that is not `service:Action` or `*`. */
export function checkAction(action: string): void {
  if (action === '*') {
    return;
  }
  const [vendor = '', name] = action.split(':');
  if (name === undefined || name === '' || vendor === '') {
    throw new PolicyProblem(VENDOR_MISSING);
  }
  if (!/^[A-Za-z0-9-]+$/.test(vendor)) {
    throw new PolicyProblem(`Vendor ${vendor} is not valid`);
  }
  if (!/^[A-Za-z0-9*?]+$/.test(name) || action.split(':').length > 2) {
    throw new PolicyProblem('The policy failed legacy parsing');
  }
}

/** @throws PolicyProblem for a resource that is not an ARN of this partition or `*`. */
export function checkResource(resource: string, place: Place): void {
  if (resource === '*') {
    return;
  }
  const parts = resource.split(':');
  const [arn, partition = '', vendor = ''] = parts;
  if (arn !== 'arn' || parts.length < 6) {
    throw new PolicyProblem(`Resource ${resource} must be in ARN format or "*".`);
  }
  if (partition !== place.partition && partition !== '*') {
    throw new PolicyProblem(`Partition "${partition}" is not valid for resource "${resource}".`);
  }
  if (!/^[a-z0-9-]+$/.test(vendor)) {
    throw new PolicyProblem('Resource vendor must be fully qualified and cannot contain regexes.');
  }
}

/**
 * The strings of an element and of its negation, of which a statement has at most one.
 * @returns undefined where it has neither, or an empty list.
 * @throws PolicyProblem
 */
export function oneOf(
  statement: JsonObject,
  names: readonly [string, string],
  problem: string,
): string[] | undefined {
  const present = names.filter((name) => statement[name] !== undefined);
  const [name] = present;
  if (name === undefined) {
    return undefined;
  }
  const strings = stringsOf(statement[name]);
  if (!strings || present.length > 1) {
    throw new PolicyProblem(problem);
  }
  return strings.length > 0 ? strings : undefined;
}
