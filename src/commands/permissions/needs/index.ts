import { CURRENT_VERSION, type JsonPolicy, type JsonStatement } from '../../../policy/index.ts';
import { createFlowNeeds, setupNeeds } from './setup.ts';
import { rotateNeeds, teardownNeeds } from './teardown.ts';
import type { Need, Needs, PermissionCommand, PermissionRequest } from './types.ts';
import { statusNeeds, verifyNeeds } from './verify.ts';

export { passRole } from './setup.ts';
export * from './types.ts';

const NEEDS: Record<PermissionCommand, (request: PermissionRequest) => Needs> = {
  setup: setupNeeds,
  verify: verifyNeeds,
  status: statusNeeds,
  rotate: rotateNeeds,
  teardown: teardownNeeds,
  'create-flow': createFlowNeeds,
};

/** Returns the permissions that a command needs for a request. Pure. */
export function needsOf(command: PermissionCommand, request: PermissionRequest): Needs {
  return NEEDS[command](request);
}

/** Returns the identity policy that allows exactly these needs. */
export function policyFor(needs: Need[]): JsonPolicy {
  return { Version: CURRENT_VERSION, Statement: statementsFor(needs) };
}

/** Returns one statement for each need. Repeated `Sid`s are numbered, because they must be unique. */
export function statementsFor(needs: Need[]): JsonStatement[] {
  return needs.map(({ sid, actions, resources, condition }, index) => {
    const earlierCount = needs.slice(0, index).filter((earlier) => earlier.sid === sid).length;
    const statement: JsonStatement = {
      Sid: earlierCount === 0 ? sid : `${sid}${earlierCount + 1}`,
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
    };
    if (condition && Object.keys(condition).length > 0) statement.Condition = condition;
    return statement;
  });
}

/** Returns the permissions that a command needs for several requests. Needs that differ only in resources become one. Pure. */
export function needsOfAll(command: PermissionCommand, requests: PermissionRequest[]): Needs {
  const needs = requests.map((request) => needsOf(command, request));
  return {
    required: merged(needs.flatMap(({ required }) => required)),
    optional: merged(needs.flatMap(({ optional }) => optional)),
  };
}

function merged(needs: Need[]): Need[] {
  const byAllButResources = new Map<string, Need>();
  for (const need of needs) {
    const { resources, ...withoutResources } = need;
    const key = JSON.stringify(withoutResources);
    const earlierResources = byAllButResources.get(key)?.resources ?? [];
    byAllButResources.set(key, { ...need, resources: [...new Set([...earlierResources, ...resources])] });
  }
  // Statements with the same `Sid` stand together, in the order in which each `Sid` first appears.
  const sids = [...new Set(needs.map(({ sid }) => sid))];
  return [...byAllButResources.values()].sort((a, b) => sids.indexOf(a.sid) - sids.indexOf(b.sid));
}

/**
 * Returns the request with the secrets of each Region replaced by a pattern with their common prefix up to a separator, such as
 * `live/*`. Returns undefined if the secrets of a Region have no common prefix. Pure.
 */
export function withCommonPrefixes(request: PermissionRequest): PermissionRequest | undefined {
  const regions = [...new Set(request.secrets.map(({ region }) => region))];
  const secrets: PermissionRequest['secrets'] = [];
  for (const region of regions) {
    const arns = request.secrets.filter((secret) => secret.region === region).map(({ arn }) => arn);
    const arn = arns.length === 1 ? arns[0] : patternFor(arns);
    if (arn === undefined) return undefined;
    secrets.push({ region, arn });
  }
  return { ...request, secrets };
}

/** Matches the suffix after the name: a hyphen and six random characters, or question marks for them. */
const SUFFIX = /-[A-Za-z0-9?]{6}$/;

/** Returns a pattern for these ARNs: their common prefix up to a separator, which is any character except letters and digits. */
function patternFor(arns: string[]): string | undefined {
  const names = arns.map((arn) => arn.replace(SUFFIX, ''));
  const prefix = names.reduce(commonStart).replace(/[A-Za-z0-9]+$/, '');
  // If the names have nothing in common, the prefix ends at the colon before the name.
  return prefix.endsWith(':') ? undefined : `${prefix}*`;
}

function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}
