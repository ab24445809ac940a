import { engineerCredentials } from './auth/engineer.ts';
import { setPolicyDocument } from './iam/fixtures.ts';
import { setKmsKeyState } from './kms/fixtures.ts';
import { newMachine } from './machine.ts';
import { addFlow, addRouterEnd } from './mediaconnect/fixtures.ts';
import { addOwnedSecret, addRotationFunction } from './secretsmanager/fixtures.ts';
import { HOST, listen } from './server.ts';
import { putInStack } from './stacks.ts';
import type { Sandbox, SandboxCredentials, SandboxOptions } from './types.ts';

export { AWS_DEFAULT_QUOTAS, type Quotas } from './quotas.ts';
export type * from './types.ts';

/**
 * Starts an AWS endpoint in this process: Secrets Manager, IAM, STS, KMS and MediaConnect of one empty account, in memory, on
 * 127.0.0.1.
 * It prints nothing, and is gone with `close()`.
 * @throws RangeError if the account is not twelve digits; the system's error if the port cannot be had.
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
 * Returns the hosts that are reached without the user's proxy, and this one: the AWS CLI would ask the proxy for 127.0.0.1 too. Both
 * variables are set, because clients differ in which one they read. Where the user sets one only, it counts for both, or else the
 * other one would hide it.
 */
function withoutProxy(...names: string[]): string {
  const hosts = names.map((name) => process.env[name]?.trim()).find(Boolean) ?? '';
  // With more hosts beside it, Python and older versions of curl take it for a name.
  if (hosts === '*') return hosts;
  const entries = hosts.toLowerCase().split(/[\s,]+/);
  return [hosts, ...['localhost', HOST].filter((host) => !entries.includes(host))].filter(Boolean).join(',');
}
