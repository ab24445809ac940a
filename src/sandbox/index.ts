import { randomUUID } from 'node:crypto';
import { checkIdentityPolicy } from './documents/identity-policy.ts';
import { setPolicyDocument } from './iam/index.ts';
import { setKmsKeyState } from './kms/index.ts';
import { type Machine, newMachine } from './machine.ts';
import { addFlow, addRouterEnd } from './mediaconnect/index.ts';
import { homeRegion, PARTITIONS } from './partitions.ts';
import { uniqueId } from './random.ts';
import { addOwnedSecret, addRotationFunction } from './secretsmanager/index.ts';
import { HOST, listen } from './server.ts';
import { mergeTags, type Tag } from './shapes.ts';
import type { Sandbox, SandboxCredentials, SandboxOptions } from './types.ts';
import type { World } from './world.ts';

export { AWS_DEFAULT_QUOTAS, type Quotas } from './request-rates.ts';
export type * from './types.ts';

/**
 * Starts an AWS endpoint in this process, on 127.0.0.1. It serves Secrets Manager, IAM, STS, KMS and MediaConnect for one
 * account. The account starts empty, and exists in memory only. The endpoint prints nothing, and is gone after `close()`.
 * @throws RangeError if the account is not twelve digits; the system error if the port is not available.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const machine = newMachine(options);
  const listener = await listen(machine, options.port ?? 0);
  const url = `http://${HOST}:${listener.port}`;
  const { credentials } = machine.sessions.user;
  return {
    url,
    port: listener.port,
    account: machine.account,
    env: environment(url, credentials),
    credentials,
    requests: machine.recorder.requests,
    clearRequests: () => machine.recorder.clear(),
    addFault: (fault) => machine.addFault(fault),
    clearFaults: () => machine.faults.clear(),
    setLatency(latencyMs) {
      machine.latency = latencyMs;
    },
    addFlow: (flow) => addFlow(machine, flow),
    addRouterEnd: (end) => addRouterEnd(machine, end),
    addOwnedSecret: (secret) => addOwnedSecret(machine, secret),
    setPolicyDocument: (arn, document) => setPolicyDocument(machine, arn, document),
    setKmsKeyState: (arn, state) => setKmsKeyState(machine, arn, state),
    addRotationFunction: (arn) => addRotationFunction(machine, arn),
    putInStack: (arn, stackName) => putInStack(machine, arn, stackName),
    credentialsFor: (policy) => engineerCredentials(machine, policy),
    close: () => listener.close(),
  };
}

function environment(url: string, credentials: SandboxCredentials): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: withoutProxy('NO_PROXY', 'no_proxy'),
    no_proxy: withoutProxy('no_proxy', 'NO_PROXY'),
  };
}

/**
 * Returns the hosts that bypass the user's proxy, plus the sandbox's own: the AWS CLI would send requests for 127.0.0.1 to the
 * proxy too. Clients differ in which of the two variables they read, so both are set. If the user sets only one, its value
 * applies to both. Otherwise the other one, which the sandbox sets, would hide it.
 */
function withoutProxy(...names: string[]): string {
  const hosts = names.map((name) => process.env[name]?.trim()).find(Boolean) ?? '';
  // Python and older versions of curl treat an asterisk in a list of hosts as a host name.
  if (hosts === '*') return hosts;
  const entries = hosts.toLowerCase().split(/[\s,]+/);
  return [hosts, ...['localhost', HOST].filter((host) => !entries.includes(host))].filter(Boolean).join(',');
}

const ARN = /^arn:([a-z-]+):(secretsmanager|iam):([a-z0-9-]*):(\d{12}):(secret|role|policy)[:/]/;

interface Owner {
  tags?: Tag[];
}

/**
 * Adds to a secret, a role or a customer managed policy the tags that CloudFormation sets on its resources.
 * Source: "Resource tag" in the CloudFormation template reference.
 * @throws RangeError if there is no such resource.
 */
export function putInStack(machine: Machine, arn: string, stackName: string): void {
  const [, partition = '', , ownRegion, account, kind = ''] = ARN.exec(arn) ?? [];
  const region = ownRegion || (homeRegion(partition) ?? '');
  const world = account === machine.account ? machine.worldOf(region) : undefined;
  const owner = world && ownerOf(machine, world, region, arn);
  if (!owner) {
    throw new RangeError(`The sandbox has no secret, role or customer managed policy ${arn}.`);
  }
  const stackId = `arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/${randomUUID()}`;
  owner.tags = mergeTags(owner.tags ?? [], [
    { Key: 'aws:cloudformation:stack-name', Value: stackName },
    { Key: 'aws:cloudformation:stack-id', Value: stackId },
    { Key: 'aws:cloudformation:logical-id', Value: kind.charAt(0).toUpperCase() + kind.slice(1) },
  ]);
  world.iam.view().commit();
}

function ownerOf(machine: Machine, world: World, region: string, arn: string): Owner | undefined {
  const { roles, policies } = world.iam.view().live;
  const secrets = world.secretsIn(region).all(machine.now());
  return [...secrets, ...roles.values(), ...policies.values()].find((owner) => owner.arn === arn);
}

/**
 * Returns credentials with exactly one identity-based policy, and with a role that IAM does not list.
 * @throws RangeError if IAM would reject the document as an inline policy.
 */
function engineerCredentials(machine: Machine, policy: object | string): Required<SandboxCredentials> {
  const document = typeof policy === 'string' ? policy : JSON.stringify(policy);
  const problems = PARTITIONS.map((partition) =>
    checkIdentityPolicy(document, 'inline', { account: machine.account, partition }),
  );
  if (!problems.includes(undefined)) {
    throw new RangeError(`No identity policy: ${problems[0]}`);
  }
  return machine.sessions.open({
    principal: 'assumed-role/Engineer/test',
    service: 'sts',
    role: 'role/Engineer',
    bearer: { kind: 'holder', document },
    userId: `${uniqueId('AROA')}:test`,
    expiresAt: Number.POSITIVE_INFINITY,
    mfa: false,
  });
}
