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
