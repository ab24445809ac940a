import { currentAwsTime } from '../../aws/http/clock-skew.ts';
import {
  type AccessRequest,
  type AccountRef,
  accountOfKey,
  CURRENT_VERSION,
  DECRYPT_ACTION,
  type Evaluation,
  type EvaluationInput,
  evaluateAccess,
  type KmsKeyRef,
  parsePolicy,
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
  accountRef: AccountRef,
  principalArn = `arn:${accountRef.partition}:iam::${accountRef.account}:role/MediaConnect-ASM`,
): AccessRequest[] {
  const { arn, region, kmsKey } = secret;
  const context = contextOf(region, accountRef, principalArn);
  const requests = READ_ACTIONS.map((action) => ({
    principal: { principalArn },
    action,
    resource: arn,
    context,
  }));
  return kmsKey ? [...requests, decryptRequest(secret, kmsKey, accountRef, principalArn)] : requests;
}

/** Returns the request to decrypt a secret, which Secrets Manager sends to KMS on behalf of the role or user. */
export function decryptRequest(
  { arn, region }: Pick<ReadableSecret, 'arn' | 'region'>,
  kmsKey: KmsKeyRef,
  accountRef: AccountRef,
  principalArn: string,
): AccessRequest {
  const { partition, account } = accountRef;
  const keyAccount = accountOfKey(kmsKey);
  return {
    principal: { principalArn },
    action: DECRYPT_ACTION,
    resource: kmsKey.arn ?? `arn:${partition}:kms:${region}:${keyAccount}:key/named-by-its-alias`,
    context: {
      ...contextOf(region, accountRef, principalArn),
      'aws:ViaAWSService': 'true',
      'aws:ResourceAccount': keyAccount,
      'kms:CallerAccount': account,
      'kms:EncryptionContext:SecretARN': arn,
      'kms:ViaService': secretsManagerEndpoint(region, partition),
      ...(kmsKey.kind === 'alias' ? { 'kms:ResourceAliases': [kmsKey.alias] } : {}),
    },
  };
}

function contextOf(region: string, { account }: AccountRef, principalArn: string): AccessRequest['context'] {
  return {
    'aws:PrincipalArn': principalArn,
    'aws:PrincipalAccount': account,
    'aws:PrincipalType': 'AssumedRole',
    'aws:PrincipalIsAWSService': 'false',
    'aws:ResourceAccount': account,
    'aws:RequestedRegion': region,
    'aws:SecureTransport': 'true',
    'aws:ViaAWSService': 'false',
  };
}

/** An identity policy that allows everything, to find out what other policies deny. */
export const ALLOW_EVERYTHING = parsePolicy(
  JSON.stringify({ Version: CURRENT_VERSION, Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
);

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
