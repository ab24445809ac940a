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

/** What a command needs with these names. Pure. */
export function needsOf(command: PermissionCommand, request: PermissionRequest): Needs {
  return NEEDS[command](request);
}

/** The identity policy that allows this, and nothing else. */
export function policyFor(needs: Need[]): JsonPolicy {
  return { Version: CURRENT_VERSION, Statement: statementsFor(needs) };
}

/** One statement for each need. A `Sid` must be there once only, so repeated ones are numbered. */
export function statementsFor(needs: Need[]): JsonStatement[] {
  return needs.map(({ sid, actions, resources, condition }, at) => {
    const earlier = needs.slice(0, at).filter((other) => other.sid === sid).length;
    return {
      Sid: earlier === 0 ? sid : `${sid}${earlier + 1}`,
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...(condition && Object.keys(condition).length > 0 ? { Condition: condition } : {}),
    };
  });
}

/** What a command needs for several requests together: what is needed for one purpose and under one condition is said once. Pure. */
export function needsOfAll(command: PermissionCommand, requests: PermissionRequest[]): Needs {
  const needs = requests.map((request) => needsOf(command, request));
  return {
    required: merged(needs.flatMap(({ required }) => required)),
    optional: merged(needs.flatMap(({ optional }) => optional)),
  };
}

function merged(needs: Need[]): Need[] {
  const byPurpose = new Map<string, Need>();
  for (const need of needs) {
    const { resources, ...purpose } = need;
    const known = byPurpose.get(JSON.stringify(purpose));
    const all = [...new Set([...(known?.resources ?? []), ...resources])];
    byPurpose.set(JSON.stringify(purpose), { ...need, resources: all });
  }
  // Statements for one purpose stand together, in the order of the first of each.
  const sids = [...new Set(needs.map(({ sid }) => sid))];
  return [...byPurpose.values()].sort((a, b) => sids.indexOf(a.sid) - sids.indexOf(b.sid));
}

type Secret = PermissionRequest['secrets'][number];

/**
 * The same request with its secrets named by what their names have in common, up to a separator, in each Region: such as
 * `live/*`. Nothing when in one of the Regions they have nothing in common. Pure.
 */
export function byPrefix(request: PermissionRequest): PermissionRequest | undefined {
  const regions = [...new Set(request.secrets.map(({ region }) => region))];
  const secrets: Secret[] = [];
  for (const region of regions) {
    const arns = request.secrets.filter((secret) => secret.region === region).map(({ arn }) => arn);
    const arn = arns.length === 1 ? arns[0] : patternFor(arns);
    if (arn === undefined) return undefined;
    secrets.push({ region, arn });
  }
  return { ...request, secrets };
}

/** What stands behind the name: a hyphen and six characters, which are drawn at random. */
const SUFFIX = /-[A-Za-z0-9?]{6}$/;

/** A pattern for all of these ARNs that ends in a separator, which is whatever is no letter and no digit. */
function patternFor(arns: string[]): string | undefined {
  const names = arns.map((arn) => arn.replace(SUFFIX, ''));
  const common = names.reduce(commonStart).replace(/[A-Za-z0-9]+$/, '');
  return common.endsWith(':') ? undefined : `${common}*`;
}

function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}
