import { MEDIACONNECT_SERVICE } from './build.ts';
import type { ConditionClause, Statement } from './document.ts';
import type { Source } from './finding.ts';
import { matches, pattern } from './match.ts';
import { conditionHolds } from './operators.ts';
import { partsOf, type StatementRequest } from './statement.ts';

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
  at: number,
  request: StatementRequest,
): Miss | undefined {
  if (statement.effect !== 'Allow') return undefined;
  const { action, principal, resource, facts } = partsOf(
    statement,
    source.document,
    request,
    source.attachment,
  );
  const missed = statement.conditions.filter((condition) => conditionHolds(condition, facts) === 'no');
  const conditions = missed.map((condition) => conditionMiss(condition, request));
  const where = `statement ${at + 1} of ${source.name}`;
  const others = [action, principal, resource].filter((part) => part === 'no').length;
  if (others > 1) return undefined;
  const because = (what: string | undefined) =>
    what === undefined
      ? undefined
      : { count: others + conditions.length, because: [`${where} ${what}`, ...conditions].join(', and ') };
  if (principal === 'no') return because(principalMiss(statement, request));
  if (action === 'no') return because(actionMiss(statement, request));
  if (resource === 'no') return because(resourceMiss(statement, request.resource ?? ''));
  const [first, ...more] = conditions;
  if (first === undefined) return undefined;
  const { caller } = request;
  const ofRole = source.attachment.to === 'resource' ? 'allows it' : 'comes closest';
  const does = 'service' in caller ? `trusts ${nameOf(caller.service)}` : ofRole;
  return { count: conditions.length, because: [`${where} ${does}, but ${first}`, ...more].join(', and ') };
}

function nameOf(service: string): string {
  return service === MEDIACONNECT_SERVICE ? 'MediaConnect' : service;
}

/** Returns the principals that the statement names instead of the service or the role. */
function principalMiss({ principals }: Statement, { caller }: StatementRequest): string | undefined {
  if (!principals || principals.negated) return undefined;
  const named = (wanted: string) =>
    principals.entries.flatMap(({ type, values }) => (type === wanted ? values : []));
  if ('role' in caller) return roleMiss(named('AWS'), caller.role.roleArn);
  const services = named('Service');
  return services.length === 0 ? undefined : `trusts ${listed(services)}, not ${caller.service}`;
}

/** Returns the principals that resemble the role or its account. KMS key policies name many others, which are irrelevant. */
function roleMiss(principals: string[], roleArn: string): string | undefined {
  const account = roleArn.split(':')[4] ?? '';
  const nameIn = (arn: string) => /:role\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1]?.toLowerCase();
  const role = principals.find((each) => nameIn(each) !== undefined && nameIn(each) === nameIn(roleArn));
  if (role !== undefined) return `lets in ${role}, not ${roleArn}`;
  const accounts = principals.filter((each) => /^(\d{12}|arn:[^:]+:iam::\d{12}:root)$/.test(each));
  return accounts.length === 0 ? undefined : `lets in ${listed(accounts)}, not account ${account}`;
}

/** Returns the actions of the same service that the statement allows. */
function actionMiss({ actions }: Statement, { action }: StatementRequest): string | undefined {
  const service = action.slice(0, action.indexOf(':') + 1).toLowerCase();
  const related = actions.values.filter((each) => each.toLowerCase().startsWith(service));
  if (related.length === 0) return undefined;
  return actions.negated ? `leaves out ${listed(related)}` : `allows ${listed(related)} only`;
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

/** Names for the parts of an ARN before the resource. */
const PLACES = ['', 'partition', 'service', 'Region', 'account'] as const;

/** Returns how an ARN pattern differs from an ARN; undefined if it doesn't, or if it differs too much. */
export function arnDifference(value: string, arn: string): { what: string; distance: number } | undefined {
  const [named, wanted] = [partsOfArn(value), partsOfArn(arn)];
  const places = PLACES.flatMap((place, index) => {
    const [is, should] = [named[index] ?? '', wanted[index] ?? ''];
    return place === '' || matches(pattern(is), should) ? [] : [`is for the ${place} ${is}, not ${should}`];
  });
  const ofResource = resourceDifference(named[5] ?? '', wanted[5] ?? '');
  if (ofResource === undefined) return undefined;
  const all = [...places, ...(ofResource === '' ? [] : [ofResource])];
  return all.length === 0 || all.length > 2 ? undefined : { what: all.join(' and '), distance: all.length };
}

function partsOfArn(arn: string): string[] {
  const [a = '', b = '', c = '', d = '', e = '', ...rest] = arn.split(':');
  return [a, b, c, d, e, rest.join(':')];
}

/** Returns an empty string if the resource matches, and undefined if it is a different one. */
function resourceDifference(named: string, wanted: string): string | undefined {
  if (matches(pattern(named), wanted)) return '';
  if (matches(pattern(named.toLowerCase()), wanted.toLowerCase())) return 'differs in letter case';
  // A secret's ARN ends in a hyphen and six random characters from Secrets Manager.
  const end = /-[A-Za-z0-9?]{6}$/.exec(wanted)?.[0];
  if (!wanted.startsWith('secret:') || end === undefined) return undefined;
  const name = wanted.slice(0, -end.length);
  if (named === name)
    return `lacks the hyphen and six characters at the end of the ARN (${name.slice('secret:'.length)}-??????)`;
  const other = named.startsWith(`${name}-`) ? named.slice(name.length) : undefined;
  return other !== undefined && /^-[A-Za-z0-9?]{1,7}$/.test(other)
    ? `ends in ${other}, and the secret's ARN in ${end}`
    : undefined;
}

function conditionMiss({ operator, key, values }: ConditionClause, { context }: StatementRequest): string {
  const found = context.lookup(key);
  const actual = found.state === 'present' ? found.values : [];
  const [first = ''] = actual;
  if (/Not(Equals|Like|Ip)|^NotIp/.test(operator)) return `its condition ${key} excludes ${listed(actual)}`;
  if (actual.length === 0)
    return `its condition ${key} asks for ${listed(values)}, which the request does not have`;
  if (first.startsWith('arn:')) {
    const [value = ''] = values;
    const miss = values.length === 1 ? arnDifference(value, first)?.what : undefined;
    return `its condition ${key} is ${listed(values)}${miss === undefined ? '' : `, which ${miss}`}`;
  }
  if (/^(String|Bool)/.test(operator.replace(/^For\w+:/, '')))
    return `its condition ${key} is ${listed(values)}, not ${listed(actual)}`;
  const isTime = /^aws:(Current|Epoch)Time$/i.test(key);
  return `its condition ${operator} ${key} ${listed(values)} does not hold${isTime ? `: it is ${first}` : ''}`;
}

const MOST_SHOWN = 3;

function listed(values: readonly string[]): string {
  const shown = values.slice(0, MOST_SHOWN).join(', ');
  return values.length > MOST_SHOWN ? `${shown} and ${values.length - MOST_SHOWN} more` : shown;
}
