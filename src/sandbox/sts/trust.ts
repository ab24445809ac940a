import { isObject, type JsonObject, parseObject, stringsOf } from '../documents/json.ts';
import type { Role } from '../iam/store.ts';
import type { Call } from '../service.ts';

/** What of a request a trust policy's conditions can look at. */
export interface AssumeContext {
  readonly mfa: boolean;
  readonly externalId: string | undefined;
}

/**
 * Whether a role's trust policy lets this caller assume it: it must name the account's root, the caller or everyone. Of the
 * conditions it looks at `aws:MultiFactorAuthPresent`, `sts:ExternalId` and `aws:PrincipalAccount`; any other one denies.
 */
export function trusts(call: Call, role: Role, context: AssumeContext): boolean {
  const policy = parseObject(role.trust) ?? {};
  const statements = Array.isArray(policy.Statement) ? policy.Statement.filter(isObject) : [];
  const applying = statements.filter(
    (statement) =>
      hasAction(statement) && names(call, statement.Principal) && holds(call, statement.Condition, context),
  );
  return applying.length > 0 && applying.every((statement) => statement.Effect === 'Allow');
}

function hasAction(statement: JsonObject): boolean {
  return (stringsOf(statement.Action) ?? []).some((action) => action.toLowerCase() === 'sts:assumerole');
}

function names(call: Call, principal: unknown): boolean {
  const listed = isObject(principal) && principal.AWS !== undefined ? (stringsOf(principal.AWS) ?? []) : [];
  const { account, partition } = call.world;
  const root = `arn:${partition}:iam::${account}:root`;
  return listed.some((name) => name === '*' || name === root || callerArns(call).includes(name));
}

/** A session of a role counts as that role too. */
function callerArns(call: Call): string[] {
  const { arn } = call.caller;
  const session = /:assumed-role\/([^/]+)\//.exec(arn);
  const role = session?.[1] && call.iam.live.roles.get(session[1].toLowerCase());
  return role ? [arn, role.arn] : [arn];
}

function holds(call: Call, condition: unknown, context: AssumeContext): boolean {
  if (!isObject(condition)) {
    return true;
  }
  const facts = new Map<string, string | undefined>([
    ['aws:multifactorauthpresent', String(context.mfa || call.caller.mfa)],
    ['sts:externalid', context.externalId],
    ['aws:principalaccount', call.world.account],
  ]);
  return Object.entries(condition).every(
    ([operator, keys]) =>
      /^(Bool|BoolIfExists|StringEquals|StringEqualsIfExists)$/i.test(operator) &&
      isObject(keys) &&
      Object.entries(keys).every(([key, value]) => {
        const fact = facts.get(key.toLowerCase());
        return fact !== undefined && (stringsOf(value) ?? []).includes(fact);
      }),
  );
}
