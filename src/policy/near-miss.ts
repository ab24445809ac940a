import { MEDIACONNECT_SERVICE } from './build.ts';
import { shortList } from './compare.ts';
import type { ConditionClause, Statement } from './document.ts';
import type { Source } from './finding.ts';
import { matches, parsePattern } from './match.ts';
import { conditionHolds } from './operators.ts';
import { elementMatches, type StatementRequest } from './statement.ts';

/** A statement that almost allows a request, and what doesn't match. */
interface Miss {
  /** The number of elements that don't match. */
  count: number;
  because: string;
}

/**
 * Explains why no statement allows a request: the closest `Allow` statement, and which of its conditions, ARNs, actions or
 * principals doesn't match. Returns undefined if none is close.
 */
export function nearMiss(sources: Source[], request: StatementRequest): string | undefined {
  const misses = sources.flatMap((source) =>
    source.document.statements.flatMap((statement, index) => missOf(source, statement, index, request) ?? []),
  );
  const [first] = misses.sort((a, b) => a.count - b.count);
  return first?.because;
}

function missOf(
  source: Source,
  statement: Statement,
  index: number,
  request: StatementRequest,
): Miss | undefined {
  if (statement.effect !== 'Allow') return undefined;
  const { document, attachment } = source;
  const { action, principal, resource, facts } = elementMatches(statement, document, request, attachment);
  const failedElementCount = [action, principal, resource].filter((truth) => truth === 'no').length;
  if (failedElementCount > 1) return undefined;
  const failedConditions = statement.conditions.filter((each) => conditionHolds(each, facts) === 'no');
  const conditionClauses = failedConditions.map((condition) => conditionMiss(condition, request));
  const location = `statement ${index + 1} of ${source.name}`;
  const count = failedElementCount + conditionClauses.length;
  const missWith = (clause: string | undefined, otherClauses: string[]): Miss | undefined => {
    if (clause === undefined) return undefined;
    return { count, because: [`${location} ${clause}`, ...otherClauses].join(', and ') };
  };
  if (principal === 'no') return missWith(principalMiss(statement, request), conditionClauses);
  if (action === 'no') return missWith(actionMiss(statement, request), conditionClauses);
  if (resource === 'no') return missWith(resourceMiss(statement, request.resource ?? ''), conditionClauses);
  const [firstClause, ...otherClauses] = conditionClauses;
  if (firstClause === undefined) return undefined;
  const { caller } = request;
  // For a role, a resource-based policy allows it by itself; of the role's own policies, this one comes closest.
  const verbForRole = attachment.to === 'resource' ? 'allows it' : 'comes closest';
  const verb = 'service' in caller ? `trusts ${nameOf(caller.service)}` : verbForRole;
  return missWith(`${verb}, but ${firstClause}`, otherClauses);
}

function nameOf(service: string): string {
  return service === MEDIACONNECT_SERVICE ? 'MediaConnect' : service;
}

/** Returns the principals that the statement names instead of the service or the role. */
function principalMiss({ principals }: Statement, { caller }: StatementRequest): string | undefined {
  if (!principals || principals.negated) return undefined;
  const principalsOf = (principalType: string) =>
    principals.entries.flatMap(({ type, values }) => (type === principalType ? values : []));
  if ('role' in caller) return roleMiss(principalsOf('AWS'), caller.role.principalArn);
  const services = principalsOf('Service');
  return services.length === 0 ? undefined : `trusts ${shortList(services)}, not ${caller.service}`;
}

/** Returns the principals that resemble the role or its account. KMS key policies name many others, which are irrelevant. */
function roleMiss(principals: string[], roleArn: string): string | undefined {
  const account = roleArn.split(':')[4] ?? '';
  const nameIn = (arn: string) => /:role\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1]?.toLowerCase();
  const role = principals.find((each) => nameIn(each) !== undefined && nameIn(each) === nameIn(roleArn));
  if (role !== undefined) return `lets in ${role}, not ${roleArn}`;
  const accounts = principals.filter((each) => /^(\d{12}|arn:[^:]+:iam::\d{12}:root)$/.test(each));
  return accounts.length === 0 ? undefined : `lets in ${shortList(accounts)}, not account ${account}`;
}

/** Returns the actions of the same service that the statement allows. */
function actionMiss({ actions }: Statement, { action }: StatementRequest): string | undefined {
  const service = action.slice(0, action.indexOf(':') + 1).toLowerCase();
  const related = actions.values.filter((each) => each.toLowerCase().startsWith(service));
  if (related.length === 0) return undefined;
  return actions.negated ? `leaves out ${shortList(related)}` : `allows ${shortList(related)} only`;
}

function resourceMiss({ resources }: Statement, arn: string): string | undefined {
  if (!resources || resources.negated) return undefined;
  const service = arn.split(':')[2] ?? '';
  const related = resources.values.filter((each) => each.split(':')[2] === service);
  const misses = related.flatMap((value) => {
    const miss = arnDifference(value, arn);
    return miss === undefined ? [] : [{ ...miss, value }];
  });
  const [closest] = misses.sort((a, b) => a.distance - b.distance);
  if (closest) return `names ${closest.value}, which ${closest.what}`;
  return related.length > 0 ? 'names other resources only' : undefined;
}

/** Names for the parts of an ARN before the resource. The first part, always `arn`, has none. */
const ARN_PART_NAMES = ['', 'partition', 'service', 'Region', 'account'] as const;

/** Returns how an ARN pattern differs from an ARN; undefined if it doesn't, or if it differs too much. */
export function arnDifference(value: string, arn: string): { what: string; distance: number } | undefined {
  const [patternParts, requestParts] = [partsOfArn(value), partsOfArn(arn)];
  const partDifferences = ARN_PART_NAMES.flatMap((partName, index) => {
    const [patternPart, requestPart] = [patternParts[index] ?? '', requestParts[index] ?? ''];
    return partName === '' || matches(parsePattern(patternPart), requestPart)
      ? []
      : [`is for the ${partName} ${patternPart}, not ${requestPart}`];
  });
  const inResource = resourceDifference(patternParts[5] ?? '', requestParts[5] ?? '');
  if (inResource === undefined) return undefined;
  const differences = [...partDifferences, ...(inResource === '' ? [] : [inResource])];
  return differences.length === 0 || differences.length > 2
    ? undefined
    : { what: differences.join(' and '), distance: differences.length };
}

function partsOfArn(arn: string): string[] {
  const [a = '', b = '', c = '', d = '', e = '', ...rest] = arn.split(':');
  return [a, b, c, d, e, rest.join(':')];
}

/** Returns how a nearly equal resource differs: an empty string if it matches, undefined if it is an unrelated one. */
function resourceDifference(value: string, resource: string): string | undefined {
  if (matches(parsePattern(value), resource)) return '';
  if (matches(parsePattern(value.toLowerCase()), resource.toLowerCase())) return 'differs in letter case';
  // A secret's ARN ends in a hyphen and six random characters from Secrets Manager.
  const end = /-[A-Za-z0-9?]{6}$/.exec(resource)?.[0];
  if (!resource.startsWith('secret:') || end === undefined) return undefined;
  const name = resource.slice(0, -end.length);
  if (value === name)
    return `lacks the hyphen and six characters at the end of the ARN (${name.slice('secret:'.length)}-??????)`;
  const otherEnd = value.startsWith(`${name}-`) ? value.slice(name.length) : undefined;
  return otherEnd !== undefined && /^-[A-Za-z0-9?]{1,7}$/.test(otherEnd)
    ? `ends in ${otherEnd}, and the secret's ARN in ${end}`
    : undefined;
}

function conditionMiss({ operator, key, values }: ConditionClause, { context }: StatementRequest): string {
  const found = context.lookup(key);
  const requestValues = found.state === 'present' ? found.values : [];
  const [first = ''] = requestValues;
  if (/Not(Equals|Like|Ip)|^NotIp/.test(operator))
    return `its condition ${key} excludes ${shortList(requestValues)}`;
  if (requestValues.length === 0)
    return `its condition ${key} asks for ${shortList(values)}, which the request does not have`;
  if (first.startsWith('arn:')) {
    const [value = ''] = values;
    const miss = values.length === 1 ? arnDifference(value, first)?.what : undefined;
    return `its condition ${key} is ${shortList(values)}${miss === undefined ? '' : `, which ${miss}`}`;
  }
  if (/^(String|Bool)/.test(operator.replace(/^For\w+:/, '')))
    return `its condition ${key} is ${shortList(values)}, not ${shortList(requestValues)}`;
  const isTime = /^aws:(Current|Epoch)Time$/i.test(key);
  return `its condition ${operator} ${key} ${shortList(values)} does not hold${isTime ? `: it is ${first}` : ''}`;
}
