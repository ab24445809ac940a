import type { Identity } from '../auth/identity.ts';
import { AwsError } from '../errors.ts';
import { trustPolicyView } from '../iam/role-policies.ts';
import { type Role, roleKey } from '../iam/store.ts';
import { authorize, conditionContext } from '../permissions/authorize.ts';
import { decide } from '../permissions/evaluate.ts';
import { secretsManager } from '../secretsmanager/index.ts';
import type { Call } from '../service.ts';
import { roleWithArn } from '../sts/needs.ts';
import { SERVICE_PRINCIPAL } from './needs.ts';
import type { Encryption, Flow, Part } from './store.ts';

/**
 * Reads the keys of a running flow, as MediaConnect does: assumes the role of each encrypted part, and gets the secret from
 * Secrets Manager. Records the errors that DescribeFlow returns, in the sandbox's own words, because AWS publishes no messages.
 */
export function updateKeyErrors(call: Call, flow: Flow): void {
  const encryptions = flow.status === 'ACTIVE' ? encryptionsInUse(flow) : [];
  flow.errors = encryptions.flatMap((encryption) => keyReadError(call, flow, encryption) ?? []);
}

/** Returns the encryption of the enabled parts. SPEKE is left out: its key comes from a server, not from a secret. */
function encryptionsInUse(flow: Flow): Encryption[] {
  const enabledParts = flow.parts.filter(isEnabled);
  const encryptions = enabledParts.flatMap(({ encryption }) => encryption ?? []);
  return [...encryptions.filter(({ keyType }) => keyType !== 'speke'), ...enabledParts.flatMap(transitKeyOf)];
}

/** Returns the secret of a source that comes from a router, or of an output to a router; empty if there is none. */
function transitKeyOf({ settings }: Part): Encryption[] {
  const transit = settings.routerIntegrationTransitEncryption ?? settings.routerIntegrationTransitDecryption;
  const key = transit?.encryptionKeyConfiguration.secretsManager;
  return settings.routerIntegrationState === 'ENABLED' && key ? [key] : [];
}

function isEnabled({ settings }: Part): boolean {
  return settings.outputStatus !== 'DISABLED' && settings.entitlementStatus !== 'DISABLED';
}

/** Reads a key. Returns the error message; undefined if the key was read. */
function keyReadError(
  call: Call,
  flow: Flow,
  { roleArn = '', secretArn = '' }: Encryption,
): string | undefined {
  const role = roleWithArn(call, roleArn);
  if (!role || !trustsMediaConnect(call, role, flow))
    return `MediaConnect cannot assume the role ${roleArn}.`;
  recordRoleUse(call, role);
  const roleCall: Call = { ...call, caller: roleSession(call, role) };
  try {
    secretsManager.operations.GetSecretValue?.invoke(
      roleCall,
      { SecretId: secretArn },
      secretsManager.protocol.dialect,
      (input) => {
        for (const permission of secretsManager.requiredPermissions(roleCall, 'GetSecretValue', input)) {
          authorize(roleCall, secretsManager, permission);
        }
      },
    );
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) {
      return `MediaConnect cannot read the secret ${secretArn} with the role ${roleArn}: ${error.message}`;
    }
    throw error;
  }
}

/**
 * True if the role's trust policy lets MediaConnect assume the role for this flow.
 * Source: "Cross-service confused deputy prevention" in the MediaConnect user guide.
 */
function trustsMediaConnect(call: Call, role: Role, flow: Flow): boolean {
  const { accountId, partition } = call.account;
  const context = conditionContext({
    'aws:SourceAccount': accountId,
    'aws:SourceArn': flow.arn,
    'aws:PrincipalIsAWSService': 'true',
    'aws:PrincipalServiceName': SERVICE_PRINCIPAL,
    'aws:RequestedRegion': call.region,
    'aws:SecureTransport': 'true',
    'aws:CurrentTime': new Date(call.now).toISOString(),
  });
  const request = { action: 'sts:AssumeRole', resource: role.arn, context };
  const policies = { identity: [], resource: trustPolicyView(call, role), resourceMustAllow: true };
  return decide(request, { arn: SERVICE_PRINCIPAL, partition }, policies).allowed;
}

function roleSession({ account }: Call, role: Role): Identity {
  const sessionName = 'MediaConnect';
  return {
    arn: `arn:${account.partition}:sts::${account.accountId}:assumed-role/${role.name}/${sessionName}`,
    roleArn: role.arn,
    userId: `${role.id}:${sessionName}`,
    accessKeyId: '',
    temporary: true,
    mfa: false,
    permissionSource: { kind: 'role', roleId: role.id, sessionPolicies: undefined, sessionTags: [] },
  };
}

function recordRoleUse(call: Call, role: Role): void {
  const latestRole = call.iam.latest.roles.get(roleKey(role.name));
  if (latestRole) {
    latestRole.lastUsed = { at: call.now, region: call.region };
    call.iam.commit();
  }
}
