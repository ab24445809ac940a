import type { Identity } from '../auth/identity.ts';
import { AwsError } from '../errors.ts';
import { shownTrust } from '../iam/inline.ts';
import { type Role, roleKey } from '../iam/store.ts';
import { authorize, contextOf } from '../permissions/authorize.ts';
import { decide } from '../permissions/evaluate.ts';
import { secretsManager } from '../secretsmanager/index.ts';
import type { Call } from '../service.ts';
import { roleWithArn } from '../sts/needs.ts';
import { SERVICE_PRINCIPAL } from './needs.ts';
import type { Encryption, Flow, Part } from './store.ts';

/**
 * Reads the keys of a running flow, as MediaConnect does: assumes the role of each encrypted part, and gets the secret from
 * Secrets Manager. Records errors for DescribeFlow, in the sandbox's own words, because AWS publishes no messages.
 */
export function readKeys(call: Call, flow: Flow): void {
  const problems = flow.status === 'ACTIVE' ? keysOf(flow).map((key) => problemWith(call, flow, key)) : [];
  flow.errors = problems.filter((problem) => problem !== undefined);
}

/** Returns the encryption of the parts that stream. SPEKE has no secret: its key comes from a server. */
function keysOf(flow: Flow): Encryption[] {
  const enabled = flow.parts.filter(isEnabled);
  const encryptions = enabled.flatMap(({ encryption }) => encryption ?? []);
  return [...encryptions.filter(({ keyType }) => keyType !== 'speke'), ...enabled.flatMap(transitKeyOf)];
}

/** Returns the key of a source from a router, or of an output to one. */
function transitKeyOf({ settings }: Part): Encryption[] {
  const { routerIntegrationState, routerIntegrationTransitDecryption: decryption } = settings;
  const transit = settings.routerIntegrationTransitEncryption ?? decryption;
  const key = transit?.encryptionKeyConfiguration.secretsManager;
  return routerIntegrationState === 'ENABLED' && key ? [key] : [];
}

function isEnabled({ settings }: Part): boolean {
  return settings.outputStatus !== 'DISABLED' && settings.entitlementStatus !== 'DISABLED';
}

function problemWith(
  call: Call,
  flow: Flow,
  { roleArn = '', secretArn = '' }: Encryption,
): string | undefined {
  const role = roleWithArn(call, roleArn);
  if (!role || !trusts(call, role, flow)) {
    return `MediaConnect cannot assume the role ${roleArn}.`;
  }
  noteUse(call, role);
  const asRole: Call = { ...call, caller: sessionOf(call, role) };
  try {
    secretsManager.operations.GetSecretValue?.invoke(
      asRole,
      { SecretId: secretArn },
      secretsManager.protocol.dialect,
      (input) => {
        for (const need of secretsManager.needs(asRole, 'GetSecretValue', input)) {
          authorize(asRole, secretsManager, need);
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
function trusts(call: Call, role: Role, flow: Flow): boolean {
  const { account, partition } = call.world;
  const context = contextOf({
    'aws:SourceAccount': account,
    'aws:SourceArn': flow.arn,
    'aws:PrincipalIsAWSService': 'true',
    'aws:PrincipalServiceName': SERVICE_PRINCIPAL,
    'aws:RequestedRegion': call.region,
    'aws:SecureTransport': 'true',
    'aws:CurrentTime': new Date(call.now).toISOString(),
  });
  const question = { action: 'sts:AssumeRole', resource: role.arn, context };
  const policies = { identity: [], resource: shownTrust(call, role), resourceMustAllow: true };
  return decide(question, { arn: SERVICE_PRINCIPAL, partition }, policies).allowed;
}

function sessionOf({ world }: Call, role: Role): Identity {
  const session = 'MediaConnect';
  return {
    arn: `arn:${world.partition}:sts::${world.account}:assumed-role/${role.name}/${session}`,
    roleArn: role.arn,
    userId: `${role.id}:${session}`,
    accessKeyId: '',
    temporary: true,
    mfa: false,
    bearer: { kind: 'role', id: role.id, session: undefined, tags: [] },
  };
}

function noteUse(call: Call, role: Role): void {
  const live = call.iam.live.roles.get(roleKey(role.name));
  if (live) {
    live.lastUsed = { at: call.now, region: call.region };
    call.iam.commit();
  }
}
