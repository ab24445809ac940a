import {
  type AccessRequest,
  type AccountRef,
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
      resource:
        kmsKey.kind === 'key'
          ? kmsKey.arn
          : `arn:${partition}:kms:${secret.region}:${account}:key/named-by-its-alias`,
      context: {
        ...context,
        'kms:ViaService': secretsManagerEndpoint(secret.region, partition),
        ...(kmsKey.kind === 'alias' ? { 'kms:ResourceAliases': [kmsKey.alias] } : {}),
      },
    },
  ];
}
