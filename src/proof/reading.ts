import {
  type AccessRequest,
  type AccountRef,
  evaluateAccess,
  type PolicyDocument,
  READ_ACTIONS,
  type ReadableSecret,
  secretsManagerEndpoint,
} from '../policy/index.ts';

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
    'aws:RequestedRegion': secret.region,
    'aws:SecureTransport': 'true',
  };
  const reads = READ_ACTIONS.map((action) => ({ principal, action, resource: secret.arn, context }));
  if (!secret.kmsKey) return reads;
  const { kmsKey } = secret;
  return [
    ...reads,
    {
      principal,
      action: 'kms:Decrypt',
      resource: kmsKey.arn ?? `arn:${partition}:kms:${secret.region}:${account}:key/named-by-its-alias`,
      context: {
        ...context,
        'kms:ViaService': secretsManagerEndpoint(secret.region, partition),
        ...(kmsKey.kind === 'alias' ? { 'kms:ResourceAliases': [kmsKey.alias] } : {}),
      },
    },
  ];
}

/** The documents that decide whether a role may read a secret, parsed. */
export interface DecidingDocuments {
  identityPolicies: PolicyDocument[];
  identityNames?: string[];
  permissionsBoundary?: PolicyDocument;
  /** The secret's. It speaks of the secret, not of the KMS key, whose own policy is not looked at. */
  resourcePolicy?: PolicyDocument;
}

/** Something that a role may not do, or of which it cannot be told whether it may. */
export interface Refusal {
  action: string;
  verdict: 'denied' | 'cannot-tell';
  because: string;
}

/** What stands between a role and a secret: each action that reading takes and that is not surely allowed. */
export function refusalsOf(
  secret: ReadableSecret,
  { resourcePolicy, ...documents }: DecidingDocuments,
  roleArn: string,
  where: AccountRef,
): Refusal[] {
  // A key that is named by its ARN has aliases too, which a policy may ask for, and of which nothing is known here.
  const unknown = secret.kmsKey?.kind === 'key' ? { unknownContext: ['kms:ResourceAliases'] } : {};
  return readRequests(secret, where, roleArn).flatMap((request) => {
    const ofSecret = resourcePolicy && request.resource === secret.arn ? { resourcePolicy } : {};
    const { verdict, because } = evaluateAccess({ ...documents, ...ofSecret, ...unknown, request });
    return verdict === 'allowed' ? [] : [{ action: request.action, verdict, because }];
  });
}
