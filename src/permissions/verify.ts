import { DECRYPT_ACTION } from '../policy/index.ts';
import { readPolicies, readRole, readSecrets, readTogether, useKmsKey } from './shared.ts';
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
      readRole(request),
      readPolicies(request),
      ...flow,
    ],
    optional: [
      ...readTogether(request),
      ...describeKmsKey(request),
      { sid: 'OptionalSimulateCaller', actions: ['iam:SimulatePrincipalPolicy'], resources: identities },
    ],
  };
}

/** Asked of KMS itself, so not through Secrets Manager. An alias is found by the key that has it. */
function describeKmsKey(request: PermissionRequest): Need[] {
  const keys = useKmsKey(request, ['kms:DescribeKey']).map(({ resources, condition }) => ({
    resources,
    aliases: condition?.['ForAnyValue:StringEquals'],
  }));
  return keys.map(({ resources, aliases }) => ({
    sid: 'OptionalDescribeKmsKey',
    actions: ['kms:DescribeKey'],
    resources,
    ...(aliases === undefined ? {} : { condition: { 'ForAnyValue:StringEquals': aliases } }),
  }));
}
