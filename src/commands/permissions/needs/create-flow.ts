import { MEDIACONNECT_SERVICE } from '../../../policy/index.ts';
import { roleOf } from './shared.ts';
import type { Need, Needs, PermissionRequest } from './types.ts';

/**
 * Giving the role to MediaConnect, and to no other service.
 * Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
 */
export function passRole(request: PermissionRequest): Need {
  return {
    sid: 'PassTheRole',
    actions: ['iam:PassRole'],
    resources: [roleOf(request)],
    condition: { StringEquals: { 'iam:PassedToService': MEDIACONNECT_SERVICE } },
  };
}

/** What whoever creates flows needs because of the encryption. */
export function createFlowNeeds(request: PermissionRequest): Needs {
  return { required: [passRole(request)], optional: [] };
}
