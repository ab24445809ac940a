import { AwsError } from '../errors.ts';
import { type Role, roleKey } from '../iam/store.ts';
import { queryProtocol } from '../protocols/query.ts';
import { type Call, type Operations, operation, type Service } from '../service.ts';
import type { InputOf } from '../shapes.ts';
import { assumeRoleMembers, sessionTokenMembers } from './members.ts';
import { provesMfa } from './mfa.ts';
import { trusts } from './trust.ts';

const HOUR_SECONDS = 3600;
const SESSION_TOKEN_SECONDS = 43_200;

const operations: Operations = {
  GetCallerIdentity: operation({}, (call) => ({
    Arn: call.caller.arn,
    UserId: call.caller.userId,
    Account: call.world.account,
  })),
  AssumeRole: operation(assumeRoleMembers, assumeRole),
  GetSessionToken: operation(sessionTokenMembers, (call, input) => {
    if (call.caller.temporary) {
      throw new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', 403);
    }
    const { user } = call.world.sessions;
    const seconds = input.DurationSeconds ?? SESSION_TOKEN_SECONDS;
    const { principal, service, userId } = user;
    return { Credentials: openSession(call, { principal, service, userId, seconds, mfa: provesMfa(input) }) };
  }),
};

function assumeRole(call: Call, input: InputOf<typeof assumeRoleMembers>): object {
  const mfa = provesMfa(input);
  const role = [...call.iam.seen.roles.values()].find(({ arn }) => arn === input.RoleArn);
  if (!role || !trusts(call, role, { mfa, externalId: input.ExternalId })) {
    const message = `User: ${call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`;
    throw new AwsError('AccessDenied', message, 403);
  }
  const seconds = input.DurationSeconds ?? HOUR_SECONDS;
  checkDuration(call, role, seconds);
  const live = call.iam.live.roles.get(roleKey(role.name));
  if (live) {
    live.lastUsed = { at: call.now, region: call.region };
    call.iam.commit();
  }
  const principal = `assumed-role/${role.name}/${input.RoleSessionName}`;
  const userId = `${role.id}:${input.RoleSessionName}`;
  return {
    Credentials: openSession(call, { principal, service: 'sts', userId, seconds, mfa }),
    AssumedRoleUser: {
      AssumedRoleId: userId,
      Arn: `arn:${call.world.partition}:sts::${call.world.account}:${principal}`,
    },
    SourceIdentity: input.SourceIdentity,
  };
}

function checkDuration(call: Call, role: Role, seconds: number): void {
  const isChained = call.caller.arn.includes(':assumed-role/');
  if (isChained && seconds > HOUR_SECONDS) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  if (seconds > role.maxSessionSeconds) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
}

interface SessionTerms {
  readonly principal: string;
  readonly service: 'iam' | 'sts';
  readonly userId: string;
  readonly seconds: number;
  readonly mfa: boolean;
}

function openSession(call: Call, { seconds, ...terms }: SessionTerms): object {
  const expiresAt = call.now + seconds * 1000;
  const credentials = call.world.sessions.open({ ...terms, expiresAt });
  return {
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: new Date(expiresAt),
  };
}

const ABSENT =
  `AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot DecodeAuthorizationMessage GetAccessKeyInfo
  GetDelegatedAccessToken GetFederationToken GetWebIdentityToken`.split(/\s+/);

const API_VERSION = '2011-06-15';

/** AWS Security Token Service, API version 2011-06-15. */
export const sts: Service & { readonly apiVersion: string } = {
  apiVersion: API_VERSION,
  name: 'sts',
  protocol: queryProtocol(API_VERSION, `https://sts.amazonaws.com/doc/${API_VERSION}/`),
  operations,
  operationNames: new Set([...Object.keys(operations), ...ABSENT]),
  internalError: ['InternalFailure', 'An internal failure occurred.'],
  quotaClass: () => undefined,
  resourceOf: (_call, _action, params) => (typeof params.RoleArn === 'string' ? params.RoleArn : '*'),
};
