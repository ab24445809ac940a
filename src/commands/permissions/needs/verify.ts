import { parseArn } from '../../../aws/arn.ts';
import { routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import { DECRYPT_ACTION } from '../../../policy/index.ts';
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
  const { where } = request;
  const identities = ['user', 'role'].map((kind) => `arn:${where.partition}:iam::${where.account}:${kind}/*`);
  return {
    required: [
      readSecrets(request),
      ...useKmsKey(request, [DECRYPT_ACTION]),
      ...readDecryption(request),
      readRole(request),
      readPolicies(request),
      ...readMedia(request),
    ],
    optional: [
      ...readOtherEnds(request),
      ...readTogether(request),
      ...ofKmsKey(request, 'OptionalDescribeKmsKey', 'kms:DescribeKey'),
      { sid: 'OptionalSimulateCaller', actions: ['iam:SimulatePrincipalPolicy'], resources: identities },
    ],
  };
}

const READING = {
  flow: 'mediaconnect:DescribeFlow',
  routerInput: 'mediaconnect:GetRouterInput',
  routerOutput: 'mediaconnect:GetRouterOutput',
} as const;

function kindOf(arn: string): keyof typeof READING {
  return routerKindOf(arn) ?? 'flow';
}

function readMedia({ flowArn }: PermissionRequest): Need[] {
  if (!flowArn) return [];
  return [{ sid: 'ReadTheFlow', actions: [READING[kindOf(flowArn)]], resources: [flowArn] }];
}

/** A flow is connected to router inputs and outputs, and those are connected to flows. */
function readOtherEnds({ flowArn = '' }: PermissionRequest): Need[] {
  const { partition, region, account } = parseArn(flowArn) ?? {};
  if (region === undefined) return [];
  const kinds = kindOf(flowArn) === 'flow' ? (['routerInput', 'routerOutput'] as const) : (['flow'] as const);
  return kinds.map((kind) => ({
    sid: 'OptionalReadOtherEnds',
    actions: [READING[kind]],
    resources: [`arn:${partition}:mediaconnect:${region}:${account}:${kind}:*`],
  }));
}
