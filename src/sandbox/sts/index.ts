import type { SessionRequest } from '../auth/sessions.ts';
import { checkIdentityPolicy } from '../documents/identity-policy.ts';
import { AwsError } from '../errors.ts';
import { type Role, roleKey } from '../iam/store.ts';
import { ADMINISTRATOR, type SessionPolicies } from '../permissions/grants.ts';
import { queryProtocol } from '../protocols/query.ts';
import { type Call, type Operations, operation, type Service } from '../service.ts';
import { type InputOf, isReserved, type Tag } from '../shapes.ts';
import { assumeRoleMembers, needs, provesMfa, roleWithArn, sessionTokenMembers } from './needs.ts';

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
    const terms = { principal, service, userId, bearer: ADMINISTRATOR, mfa: provesMfa(input) };
    return { Credentials: openSession(call, terms, seconds) };
  }),
};

function assumeRole(call: Call, input: InputOf<typeof assumeRoleMembers>): object {
  const mfa = provesMfa(input);
  const role = roleWithArn(call, input.RoleArn);
  if (!role) {
    throw new AwsError('InternalFailure', 'A caller may assume a role that does not exist.', 500);
  }
  const session = sessionPolicies(call, input);
  const tags = sessionTags(call, input);
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
    Credentials: openSession(
      call,
      {
        principal,
        service: 'sts',
        role: `role${role.path}${role.name}`,
        bearer: { kind: 'role', id: role.id, session, ...tags },
        userId,
        mfa,
      },
      seconds,
    ),
    AssumedRoleUser: {
      AssumedRoleId: userId,
      Arn: `arn:${call.world.partition}:sts::${call.world.account}:${principal}`,
    },
    SourceIdentity: input.SourceIdentity,
  };
}

/**
 * Returns the tags of a session: those in the request, and the transitive ones of the session that opens it.
 * Source: "Pass session tags in AWS STS" in the IAM user guide.
 * @throws AwsError InvalidParameterValue.
 */
function sessionTags(
  { caller }: Call,
  { Tags = [], TransitiveTagKeys = [] }: InputOf<typeof assumeRoleMembers>,
): { tags: readonly Tag[]; transitiveTags: readonly Tag[] } {
  const inherited = caller.bearer.kind === 'role' ? (caller.bearer.transitiveTags ?? []) : [];
  const keys = new Set(Tags.map(keyOf));
  if (keys.size < Tags.length) {
    throw invalidTags('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  const transitiveKeys = new Set(TransitiveTagKeys.map((key) => key.toLowerCase()));
  if ([...transitiveKeys].some((key) => !keys.has(key))) {
    throw invalidTags('The specified transitive tag key must be included in the requested tags.');
  }
  if (Tags.some(({ Key }) => isReserved(Key))) {
    throw invalidTags("Tag keys that start with 'aws:' are reserved for system use.");
  }
  if (inherited.some((tag) => keys.has(keyOf(tag)))) {
    throw invalidTags(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  const transitive = Tags.filter((tag) => transitiveKeys.has(keyOf(tag)));
  return { tags: [...inherited, ...Tags], transitiveTags: [...inherited, ...transitive] };
}

const keyOf = (tag: Tag): string => tag.Key.toLowerCase();
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
  if (Policy === undefined && PolicyArns.length === 0) {
    return undefined;
  }
  const problem = Policy === undefined ? undefined : checkIdentityPolicy(Policy, 'inline', call.world);
  if (problem !== undefined) {
    throw new AwsError('MalformedPolicyDocument', problem);
  }
  return {
    documents: Policy === undefined ? [] : [Policy],
    arns: PolicyArns.flatMap(({ arn }) => arn ?? []),
  };
}

function openSession(call: Call, terms: Omit<SessionRequest, 'expiresAt'>, seconds: number): object {
  const expiresAt = call.now + seconds * 1000;
  const credentials = call.world.sessions.open({ ...terms, expiresAt });
  return {
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: new Date(expiresAt),
  };
}

/** The operations that take a token or an assertion from an identity provider instead of AWS credentials. */
const UNSIGNED = ['AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'];

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
  unsignedOperations: new Set(UNSIGNED),
  quotasOn: () => [],
  needs,
};
