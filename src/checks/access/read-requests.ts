import { currentAwsTime } from '../../aws/http/clock-skew.ts';
import {
  type AccessRequest,
  type AccountRef,
  accountOfKey,
  type Evaluation,
  type EvaluationInput,
  evaluateAccess,
  READ_ACTIONS,
  type ReadableSecret,
  secretsManagerEndpoint,
} from '../../policy/index.ts';

/**
 * Returns the requests that a role must be allowed to make to read a secret: the guide's four actions. A secret with a customer
 * managed key also requires `kms:Decrypt`.
 * @param principalArn the role or user that makes the requests; by default, any role of the account, to evaluate only an
 *   identity policy
 */
export function requestsForReading(
  secret: ReadableSecret,
  { partition, account }: AccountRef,
  principalArn = `arn:${partition}:iam::${account}:role/MediaConnect-ASM`,
): AccessRequest[] {
  const principal = { principalArn };
  const context = {
    'aws:PrincipalArn': principalArn,
    'aws:PrincipalAccount': account,
    'aws:PrincipalType': 'AssumedRole',
    'aws:PrincipalIsAWSService': 'false',
    'aws:ResourceAccount': account,
    'aws:RequestedRegion': secret.region,
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
  };
  const secretRequests = READ_ACTIONS.map((action) => ({ principal, action, resource: secret.arn, context }));
  if (!secret.kmsKey) return secretRequests;
  const { kmsKey } = secret;
  const keyAccount = accountOfKey(kmsKey);
  return [
    ...secretRequests,
    {
      principal,
      action: 'kms:Decrypt',
      resource: kmsKey.arn ?? `arn:${partition}:kms:${secret.region}:${keyAccount}:key/named-by-its-alias`,
      context: {
        ...context,
        // Secrets Manager calls KMS on behalf of the role, and names the secret.
        'aws:ViaAWSService': 'true',
        'aws:ResourceAccount': keyAccount,
        'kms:CallerAccount': account,
        'kms:EncryptionContext:SecretARN': secret.arn,
        'kms:ViaService': secretsManagerEndpoint(secret.region, partition),
        ...(kmsKey.kind === 'alias' ? { 'kms:ResourceAliases': [kmsKey.alias] } : {}),
      },
    },
  ];
}

/**
 * Context keys that the requests of a role session have or may have, with values that are unknown here. A policy with a condition
 * on one is neither a certain allow nor a certain deny. Source: IAM User Guide, "AWS global condition context keys"; Service
 * Authorization Reference, AWS Secrets Manager and KMS.
 */
export const UNKNOWN_SESSION_KEYS = [
  'aws:CalledVia*',
  'aws:Ec2InstanceSource*',
  'aws:MultiFactorAuth*',
  'aws:PrincipalOrg*',
  'aws:PrincipalTag/*',
  'aws:ResourceOrg*',
  'aws:ResourceTag/*',
  'aws:SourceIdentity',
  'aws:SourceIp',
  'aws:SourceVpc*',
  'aws:TokenIssueTime',
  'aws:UserAgent',
  'aws:userid',
  'aws:Vpc*',
  'kms:*',
  'secretsmanager:*',
];

/** Evaluates a request of `requestsForReading` at the current time. Conditions on unknown context keys are undecided. */
export function evaluateForSession({
  request,
  ...policies
}: Omit<EvaluationInput, 'unknownContext'>): Evaluation {
  return evaluateAccess({ ...policies, request: withTime(request), unknownContext: UNKNOWN_SESSION_KEYS });
}

/**
 * Returns the context keys for the current time, by AWS's clock. Time conditions are evaluated only for now: a permission that
 * ends tomorrow counts. Source: IAM User Guide, "AWS global condition context keys".
 */
export function timeContext(): Record<string, string> {
  const now = currentAwsTime();
  return {
    'aws:CurrentTime': new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
    'aws:EpochTime': `${Math.floor(now / 1000)}`,
  };
}

/** Adds the current time to a request's context. */
export function withTime(request: AccessRequest): AccessRequest {
  return { ...request, context: { ...request.context, ...timeContext() } };
}
