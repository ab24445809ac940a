import { randomUUID } from 'node:crypto';
import type { Account } from '../../../src/sandbox/account.ts';
import { identityOf } from '../../../src/sandbox/auth/authenticate.ts';
import { AwsError } from '../../../src/sandbox/errors.ts';
import { iam } from '../../../src/sandbox/iam/index.ts';
import { kms } from '../../../src/sandbox/kms/index.ts';
import { mediaConnect } from '../../../src/sandbox/mediaconnect/index.ts';
import { authorize } from '../../../src/sandbox/permissions/authorize.ts';
import type { SandboxState } from '../../../src/sandbox/sandbox-state.ts';
import { secretsManager } from '../../../src/sandbox/secretsmanager/index.ts';
import type { Call, Input, Service } from '../../../src/sandbox/service.ts';
import { sts } from '../../../src/sandbox/sts/index.ts';

/** A fault while a request is carried out. */
export interface DeliveryFault {
  /** The age of the IAM state that it sees, in milliseconds. */
  readonly lagMs: number;
  /** An error that AWS returns instead of carrying it out. */
  readonly refuse?: 'throttle' | 'internal-error';
}

export const SERVICES = {
  iam,
  kms,
  mediaconnect: mediaConnect,
  secretsmanager: secretsManager,
  sts,
} as const;

export type ServiceName = keyof typeof SERVICES;

/** A request to the sandbox without HTTP. */
export interface Direct {
  readonly service: ServiceName;
  readonly region: string;
  readonly action: string;
  readonly input: Input;
}

/**
 * Carries out a request of the account's administrator in the sandbox, without HTTP.
 * @throws AwsError as the service returns it
 */
export function carryOutDirectly(
  sandbox: SandboxState,
  { service: name, region, action, input }: Direct,
  { lagMs, refuse }: DeliveryFault = { lagMs: 0 },
): object {
  const service: Service = SERVICES[name];
  if (refuse === 'throttle') {
    const [code, status] = service.protocol.throttleError;
    throw new AwsError(code, 'Rate exceeded', status);
  }
  if (refuse === 'internal-error') throw new AwsError(...service.internalError, 500);
  const account = accountOrThrow(sandbox, region);
  const call: Call = {
    account,
    iam: account.iam.view(service === iam ? lagMs : 0),
    region,
    caller: identityOf(account, sandbox.accessKeys.userKey),
    now: sandbox.now(),
  };
  const operation = service.operations[action];
  if (!operation) throw new Error(`the sandbox has no ${name}:${action}`);
  const output = operation.invoke(
    call,
    withToken(name, input),
    service.protocol.dialect,
    (checkedInput, checkedAction = action) => {
      // An administrator can do everything except what a resource policy denies.
      for (const permission of service.requiredPermissions(call, checkedAction, checkedInput))
        if (permission.resourcePolicy !== undefined || permission.resourcePolicyMustAllow)
          authorize(call, service, permission);
    },
  );
  return output ?? {};
}

/** Returns the input with the token that the SDK adds if the caller gives none. */
function withToken(service: ServiceName, input: Input): Input {
  return service === 'secretsmanager'
    ? { ...input, ClientRequestToken: input.ClientRequestToken ?? randomUUID() }
    : input;
}

/** Returns the account in the partition of a Region. */
export function accountOrThrow(sandbox: SandboxState, region: string): Account {
  const account = sandbox.accountIn(region);
  if (!account) throw new Error(`the account is not in ${region}`);
  return account;
}
