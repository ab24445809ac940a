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
 * The requests that a role must be allowed to make to read a secret: the guide's four actions, and `kms:Decrypt` when
 * the secret is encrypted with a customer-managed key.
 * @param roleArn the role that will ask; any role of the account when only an identity policy is judged
 */
export function readRequests(
  secret: ReadableSecret,
  { partition, account }: AccountRef,
  roleArn = `arn:${partition}:iam::${account}:role/MediaConnect-ASM`,
): AccessRequest[] {
  const principal = { roleArn };
  const context = {
    'aws:PrincipalArn': roleArn,
    'aws:PrincipalAccount': account,
    'aws:PrincipalType': 'AssumedRole',
    'aws:PrincipalIsAWSService': 'false',
    'aws:ResourceAccount': account,
    'aws:RequestedRegion': secret.region,
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
  };
  const reads = READ_ACTIONS.map((action) => ({ principal, action, resource: secret.arn, context }));
  if (!secret.kmsKey) return reads;
  const { kmsKey } = secret;
  const keyAccount = accountOfKey(kmsKey);
  return [
    ...reads,
    {
      principal,
      action: 'kms:Decrypt',
      resource: kmsKey.arn ?? `arn:${partition}:kms:${secret.region}:${keyAccount}:key/named-by-its-alias`,
      context: {
        ...context,
        // Secrets Manager asks KMS on behalf of the role, and names the secret.
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
 * Context keys that the requests of a role's session have, or may have, with values that cannot be known from here: a policy
 * that asks for one is neither a permission nor a denial for sure.
 * Source: IAM User Guide, "AWS global condition context keys"; Service Authorization Reference, AWS Secrets Manager and KMS.
 */
export const UNKNOWN_OF_SESSIONS = [
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

/** Evaluates a request of `readRequests`, made now: a condition on what its session has is neither met nor missed for sure. */
export function evaluateOfSession({
  request,
  ...policies
}: Omit<EvaluationInput, 'unknownContext'>): Evaluation {
  return evaluateAccess({ ...policies, request: withTime(request), unknownContext: UNKNOWN_OF_SESSIONS });
}

/**
 * Returns the context keys of a request that is made now, by AWS's clock. What a policy says of the time holds for now only:
 * a permission that ends tomorrow is one.
 * Source: IAM User Guide, "AWS global condition context keys".
 */
export function timeContext(): Record<string, string> {
  const now = currentAwsTime();
  return {
    'aws:CurrentTime': new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
    'aws:EpochTime': `${Math.floor(now / 1000)}`,
  };
}

/** Returns a request as it is when it is made now. */
export function withTime(request: AccessRequest): AccessRequest {
  return { ...request, context: { ...request.context, ...timeContext() } };
}
