import { CURRENT_VERSION, type JsonPolicy, type JsonStatement } from '../../../policy/index.ts';
import { createFlowNeeds } from './create-flow.ts';
import { rotateNeeds } from './rotate.ts';
import { setupNeeds } from './setup.ts';
import { statusNeeds } from './status.ts';
import { teardownNeeds } from './teardown.ts';
import type { Need, Needs, PermissionCommand, PermissionRequest } from './types.ts';
import { verifyNeeds } from './verify.ts';

export { passRole } from './create-flow.ts';
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
