import { DECRYPT_ACTION } from '../policy/index.ts';
import {
  ofKmsKey,
  readDecryption,
  readPolicies,
  readRole,
  readSecrets,
  readTogether,
  useKmsKey,
} from './shared.ts';
import type { Need, Needs, PermissionRequest } from './types.ts';

/** What `verify` needs. */
export function verifyNeeds(request: PermissionRequest): Needs {
  const { where, flowArn } = request;
  const flow: Need[] = flowArn
    ? [{ sid: 'ReadTheFlow', actions: ['mediaconnect:DescribeFlow'], resources: [flowArn] }]
    : [];
  const identities = ['user', 'role'].map((kind) => `arn:${where.partition}:iam::${where.account}:${kind}/*`);
  return {
    required: [
      readSecrets(request),
      ...useKmsKey(request, [DECRYPT_ACTION]),
      ...readDecryption(request),
      readRole(request),
      readPolicies(request),
      ...flow,
    ],
    optional: [
      ...readTogether(request),
      ...ofKmsKey(request, 'OptionalDescribeKmsKey', 'kms:DescribeKey'),
      { sid: 'OptionalSimulateCaller', actions: ['iam:SimulatePrincipalPolicy'], resources: identities },
    ],
  };
}
