import { randomUUID } from 'node:crypto';
import type { Account } from './account.ts';
import { checkIdentityPolicy } from './documents/identity-policy.ts';
import { setPolicyDocument } from './iam/index.ts';
import { setKmsKeyState } from './kms/index.ts';
import { addFlow, addRouterEndpoint } from './mediaconnect/index.ts';
import { homeRegion, PARTITIONS } from './partitions.ts';
import { newUniqueId } from './random.ts';
import { newSandboxState, type SandboxState } from './sandbox-state.ts';
import { addRotationFunction, addServiceOwnedSecret } from './secretsmanager/index.ts';
import { HOST, listen } from './server.ts';
import { mergeTags } from './shapes.ts';
import type { Sandbox, SandboxCredentials, SandboxOptions } from './types.ts';

export { AWS_DEFAULT_QUOTAS, type Quotas } from './request-rates.ts';
export type * from './types.ts';

/**
 * Starts an AWS endpoint in this process, on 127.0.0.1. It serves Secrets Manager, IAM, STS, KMS and MediaConnect for one
 * account. The account starts empty, and exists in memory only. The endpoint prints nothing, and is gone after `close()`.
 * @throws RangeError if the account is not twelve digits; the system error if the port is not available.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = newSandboxState(options);
  const listener = await listen(sandbox, options.port ?? 0);
  const url = `http://${HOST}:${listener.port}`;
  const { credentials } = sandbox.accessKeys.userKey;
  return {
    url,
    port: listener.port,
    account: sandbox.accountId,
    env: environmentFor(url, credentials),
    credentials,
    requests: sandbox.recorder.requests,
    clearRequests: () => sandbox.recorder.clear(),
    addFault: (fault) => sandbox.addFault(fault),
    clearFaults: () => sandbox.faults.clear(),
    setLatency(latencyMs) {
      sandbox.latency = latencyMs;
    },
    addFlow: (flow) => addFlow(sandbox, flow),
    addRouterEndpoint: (endpoint) => addRouterEndpoint(sandbox, endpoint),
    addServiceOwnedSecret: (secret) => addServiceOwnedSecret(sandbox, secret),
    setPolicyDocument: (arn, document) => setPolicyDocument(sandbox, arn, document),
    setKmsKeyState: (arn, state) => setKmsKeyState(sandbox, arn, state),
    addRotationFunction: (arn) => addRotationFunction(sandbox, arn),
    addCloudFormationTags: (arn, stackName) => addCloudFormationTags(sandbox, arn, stackName),
    credentialsFor: (policy) => engineerCredentials(sandbox, policy),
    close: () => listener.close(),
  };
}

function environmentFor(url: string, credentials: SandboxCredentials): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: noProxyHosts('NO_PROXY', 'no_proxy'),
    no_proxy: noProxyHosts('no_proxy', 'NO_PROXY'),
  };
}

/**
 * Returns the hosts that bypass the user's proxy, plus the sandbox's own: the AWS CLI would send requests for 127.0.0.1 to the
 * proxy too. Clients differ in which of `NO_PROXY` and `no_proxy` they read, so both are set. If the user sets only one, its
 * value applies to both, because clients that prefer the other variable would ignore it.
 * @param variableNames the variables that may have the user's hosts, in order of preference.
 */
function noProxyHosts(...variableNames: string[]): string {
  const hosts = variableNames.map((name) => process.env[name]?.trim()).find(Boolean) ?? '';
  // Python and older versions of curl treat an asterisk in a list of hosts as a host name.
  if (hosts === '*') return hosts;
  const entries = hosts.toLowerCase().split(/[\s,]+/);
  return [hosts, ...['localhost', HOST].filter((host) => !entries.includes(host))].filter(Boolean).join(',');
}

const TAGGABLE_ARN = /^arn:([a-z-]+):(secretsmanager|iam):([a-z0-9-]*):(\d{12}):(secret|role|policy)[:/]/;

/**
 * Adds to a secret, a role or a customer managed policy the tags that CloudFormation sets on its resources.
 * Source: "Resource tag" in the CloudFormation template reference.
 * @throws RangeError if there is no such resource.
 */
export function addCloudFormationTags(sandbox: SandboxState, arn: string, stackName: string): void {
  const [, partition = '', , arnRegion, accountId, resourceType = ''] = TAGGABLE_ARN.exec(arn) ?? [];
  const region = arnRegion || (homeRegion(partition) ?? '');
  const account = accountId === sandbox.accountId ? sandbox.accountIn(region) : undefined;
  const resource = account && resourceWithArn(sandbox, account, region, arn);
  if (!resource) throw new RangeError(`The sandbox has no secret, role or customer managed policy ${arn}.`);
  const stackId = `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackName}/${randomUUID()}`;
  resource.tags = mergeTags(resource.tags ?? [], [
    { Key: 'aws:cloudformation:stack-name', Value: stackName },
    { Key: 'aws:cloudformation:stack-id', Value: stackId },
    {
      Key: 'aws:cloudformation:logical-id',
      Value: resourceType.charAt(0).toUpperCase() + resourceType.slice(1),
    },
  ]);
  account.iam.view().commit();
}

function resourceWithArn(sandbox: SandboxState, account: Account, region: string, arn: string) {
  const { roles, policies } = account.iam.view().latest;
  const secrets = account.secretsIn(region).all(sandbox.now());
  return [...secrets, ...roles.values(), ...policies.values()].find((resource) => resource.arn === arn);
}

/**
 * Returns credentials with exactly one identity-based policy, and with a role that IAM does not list.
 * @throws RangeError if IAM would reject the document as an inline policy.
 */
function engineerCredentials(sandbox: SandboxState, policy: object | string): Required<SandboxCredentials> {
  const document = typeof policy === 'string' ? policy : JSON.stringify(policy);
  const problems = PARTITIONS.map((partition) =>
    checkIdentityPolicy(document, 'inline', { accountId: sandbox.accountId, partition }),
  );
  // The partition is not known before a request, so the document must be valid in at least one.
  if (!problems.includes(undefined)) throw new RangeError(`No identity policy: ${problems[0]}`);
  return sandbox.accessKeys.issue({
    principal: 'assumed-role/Engineer/test',
    service: 'sts',
    role: 'role/Engineer',
    permissionSource: { kind: 'document', document },
    userId: `${newUniqueId('AROA')}:test`,
    expiresAt: Number.POSITIVE_INFINITY,
    mfa: false,
  });
}
