import type { SessionRequest } from '../auth/access-keys.ts';
import { checkIdentityPolicy } from '../documents/identity-policy.ts';
import { AwsError } from '../errors.ts';
import { type Role, roleKey } from '../iam/store.ts';
import { ADMINISTRATOR, type SessionPolicies } from '../permissions/permission-source.ts';
import { queryProtocol } from '../protocols/query.ts';
import { type Call, type Operations, operation, type Service } from '../service.ts';
import { type InputOf, isReservedTagKey, type Tag } from '../shapes.ts';
import {
  assumeRoleMembers,
  provesMfa,
  requiredPermissions,
  roleWithArn,
  sessionTokenMembers,
} from './needs.ts';

const HOUR_SECONDS = 3600;
const DEFAULT_SESSION_TOKEN_SECONDS = 12 * HOUR_SECONDS;

const operations: Operations = {
  GetCallerIdentity: operation({}, (call) => ({
    Arn: call.caller.arn,
    UserId: call.caller.userId,
    Account: call.account.accountId,
  })),
  AssumeRole: operation(assumeRoleMembers, assumeRole),
  GetSessionToken: operation(sessionTokenMembers, (call, input) => {
    if (call.caller.temporary) {
      throw new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', 403);
    }
    const { principal, service, userId } = call.account.accessKeys.userKey;
    const session = { principal, service, userId, permissionSource: ADMINISTRATOR, mfa: provesMfa(input) };
    const seconds = input.DurationSeconds ?? DEFAULT_SESSION_TOKEN_SECONDS;
    return { Credentials: openSession(call, session, seconds) };
  }),
};

function assumeRole(call: Call, input: InputOf<typeof assumeRoleMembers>): object {
  const mfa = provesMfa(input);
  const role = roleWithArn(call, input.RoleArn);
  if (!role) throw new AwsError('InternalFailure', 'A caller may assume a role that does not exist.', 500);
  const policies = sessionPolicies(call, input);
  const tags = sessionTags(call, input);
  const seconds = input.DurationSeconds ?? HOUR_SECONDS;
  checkDuration(call, role, seconds);
  const latestRole = call.iam.latest.roles.get(roleKey(role.name));
  if (latestRole) {
    latestRole.lastUsed = { at: call.now, region: call.region };
    call.iam.commit();
  }
  const principal = `assumed-role/${role.name}/${input.RoleSessionName}`;
  const userId = `${role.id}:${input.RoleSessionName}`;
  const session: NewSession = {
    principal,
    service: 'sts',
    role: `role${role.path}${role.name}`,
    permissionSource: { kind: 'role', roleId: role.id, sessionPolicies: policies, ...tags },
    userId,
    mfa,
  };
  return {
    Credentials: openSession(call, session, seconds),
    AssumedRoleUser: {
      AssumedRoleId: userId,
      Arn: `arn:${call.account.partition}:sts::${call.account.accountId}:${principal}`,
    },
    SourceIdentity: input.SourceIdentity,
  };
}

/**
 * Returns the tags of a new session: those in the request, and the transitive tags of the session that assumes the role.
 * Source: "Pass session tags in AWS STS" in the IAM user guide.
 * @throws AwsError InvalidParameterValue.
 */
function sessionTags(
  { caller }: Call,
  { Tags = [], TransitiveTagKeys = [] }: InputOf<typeof assumeRoleMembers>,
): { sessionTags: readonly Tag[]; transitiveTags: readonly Tag[] } {
  const source = caller.permissionSource;
  const inheritedTags = source.kind === 'role' ? (source.transitiveTags ?? []) : [];
  const keys = new Set(Tags.map(caseInsensitiveKey));
  if (keys.size < Tags.length) {
    throw invalidTags('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  const transitiveKeys = new Set(TransitiveTagKeys.map((key) => key.toLowerCase()));
  if ([...transitiveKeys].some((key) => !keys.has(key))) {
    throw invalidTags('The specified transitive tag key must be included in the requested tags.');
  }
  if (Tags.some(({ Key }) => isReservedTagKey(Key))) {
    throw invalidTags("Tag keys that start with 'aws:' are reserved for system use.");
  }
  if (inheritedTags.some((tag) => keys.has(caseInsensitiveKey(tag)))) {
    throw invalidTags(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  const transitiveTags = Tags.filter((tag) => transitiveKeys.has(caseInsensitiveKey(tag)));
  return { sessionTags: [...inheritedTags, ...Tags], transitiveTags: [...inheritedTags, ...transitiveTags] };
}

const caseInsensitiveKey = (tag: Tag): string => tag.Key.toLowerCase();
const invalidTags = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

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

/**
 * Returns the policies that limit a session in addition to its role's policies; undefined if none are given.
 * @throws AwsError MalformedPolicyDocument.
 */
function sessionPolicies(call: Call, input: InputOf<typeof assumeRoleMembers>): SessionPolicies | undefined {
  const { Policy, PolicyArns = [] } = input;
  if (Policy === undefined && PolicyArns.length === 0) return undefined;
  const problem = Policy === undefined ? undefined : checkIdentityPolicy(Policy, 'inline', call.account);
  if (problem !== undefined) throw new AwsError('MalformedPolicyDocument', problem);
  return {
    documents: Policy === undefined ? [] : [Policy],
    arns: PolicyArns.flatMap(({ arn }) => arn ?? []),
  };
}

type NewSession = Omit<SessionRequest, 'expiresAt'>;

/** Returns the `Credentials` of a new session. */
function openSession(call: Call, session: NewSession, seconds: number): object {
  const expiresAt = call.now + seconds * 1000;
  const credentials = call.account.accessKeys.issue({ ...session, expiresAt });
  return {
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: new Date(expiresAt),
  };
}

const NOT_IMPLEMENTED =
  `AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot DecodeAuthorizationMessage GetAccessKeyInfo
  GetDelegatedAccessToken GetFederationToken GetWebIdentityToken`.split(/\s+/);

const API_VERSION = '2011-06-15';

/** AWS Security Token Service, API version 2011-06-15. */
export const sts: Service & { readonly apiVersion: string } = {
  apiVersion: API_VERSION,
  name: 'sts',
  protocol: queryProtocol(API_VERSION, `https://sts.amazonaws.com/doc/${API_VERSION}/`),
  operations,
  operationNames: new Set([...Object.keys(operations), ...NOT_IMPLEMENTED]),
  internalError: ['InternalFailure', 'An internal failure occurred.'],
  // These operations take a token or an assertion from an identity provider instead of AWS credentials.
  unsignedOperations: new Set(['AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity']),
  quotasFor: () => [],
  requiredPermissions,
};
