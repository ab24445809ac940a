import type { Quota } from '../../plan-types.ts';
import type { ConditionClause } from '../../policy/document.ts';

function limitText({ limit, assumed }: Quota): string {
  return assumed
    ? `${limit} by default (the account's quota couldn't be read with iam:GetAccountSummary)`
    : String(limit);
}

export const roleMessages = {
  create: (sourceAccount: boolean) => `trusts MediaConnect${sourceAccount ? ', for this account only' : ''}`,
  attach: (role: string) => `to role ${role}`,
  keep: 'MediaConnect can already assume it',
  updateTrust: 'adds MediaConnect to its trust policy; existing statements are kept',
  trustPolicy: 'Trust policy',
  listed: (values: string[], isNegated: boolean) => `${isNegated ? 'all but ' : ''}${values.join(', ')}`,
  condition: ({ operator, key, values }: ConditionClause) =>
    operator === 'StringEquals'
      ? `if ${key} = ${values.join(' or ')}`
      : `if ${operator} ${key} ${values.join(' or ')}`,

  shutsOut: (name: string, regions: string[], account: string) =>
    `No --source-arn pattern matches ${regions.join(' or ')} in account ${account}. MediaConnect can't use role ${name} there.`,
  shutsOutHint: (patterns: string[]) => `Add a pattern, such as ${patterns.join(' and ')}.`,
  shutsOutRouters:
    'The --source-arn patterns exclude routers, which could use this key. To allow routers, add patterns for routerInput:* and routerOutput:*.',
  onlyRouters:
    'The --source-arn patterns match only routers. Transit encryption needs a key of 64 digits. Use an AES-256 key, or add a pattern for flow:*.',
  notTrusted: (name: string, because: string) =>
    `Role ${name} exists, but MediaConnect can't assume it: ${because}.`,
  trustDenied: (name: string, because: string) =>
    `Role ${name} exists, but its trust policy denies MediaConnect: ${because}. Adding a statement won't help.`,
  maybeTrusted: (name: string, because: string) =>
    `Can't tell whether MediaConnect can assume role ${name}: ${because}. To add a statement without that condition, use --update-trust.`,
  maybeTrustDenied: (name: string, because: string) =>
    `Can't tell whether MediaConnect can assume role ${name}: ${because}.`,
  deletedPrincipals: (name: string, ids: string[]) =>
    `The trust policy of role ${name} names ${ids.join(', ')}, which no longer exist. IAM won't save the policy until you remove them from it.`,
  trustTooLong: (name: string, size: number, quota: Quota) =>
    `With a statement for MediaConnect, the trust policy of role ${name} would have ${size} characters; IAM allows ${limitText(quota)}.`,
  newTrustTooLong: (name: string, size: number, quota: Quota) =>
    `The trust policy of role ${name} would have ${size} characters; IAM allows ${limitText(quota)}. Use fewer --source-arn patterns, or patterns that each match several flows.`,
  full: (name: string, have: number, more: number, quota: Quota) =>
    `Role ${name} has ${have} managed policies and needs ${more} more; its quota is ${limitText(quota)}.`,
  otherBoundary: (name: string, boundary: string | undefined) =>
    boundary
      ? `Role ${name} already exists with a different permissions boundary, ${boundary}.`
      : `Role ${name} already exists without the permissions boundary from --permissions-boundary.`,
  noSuchBoundary: (arn: string) => `--permissions-boundary: policy not found: ${arn}`,
  serviceLinked: (name: string) =>
    `Role ${name} is a service-linked role. Only the AWS service that owns it can change it.`,
  cannotRead: (name: string, secret: string, action: string, by: string) =>
    `Role ${name} can't perform ${action} on secret ${secret}: blocked by ${by}.`,
  takeOtherBoundary: (action: string) =>
    `Set --permissions-boundary to a policy that allows ${action} on the secret, or omit it.`,
  changeResourcePolicy: (action: string) =>
    `Change the secret's resource policy to stop denying ${action}. Or store the key in another secret (--secret-name).`,
  mightNotRead: (name: string, secret: string, others: number, because: string) => {
    const secrets = others === 0 ? `secret ${secret}` : `secret ${secret} and ${others} more`;
    return `Can't tell whether role ${name} can read ${secrets}: ${because}.`;
  },
  boundary: (arn: string) => `the permissions boundary ${arn}`,
  inlinePolicy: (name: string) => `its inline policy ${name}`,
  attachedPolicy: (name: string) => `its policy ${name}`,
  resourcePolicyOf: (secret: string) => `the resource policy of secret ${secret}`,
  inStack: (name: string, stack: string) =>
    `Role ${name} belongs to the CloudFormation stack ${stack}. The next stack update may undo this change.`,
  hasPath: (name: string, path: string) =>
    `Role ${name} has the path ${path}. Newer MediaConnect APIs reject role ARNs that contain a path.`,
  unreadable: (name: string) => `The trust policy of role ${name} isn't a valid IAM policy document.`,
  nameTaken: (name: string) =>
    `A role named ${name} already exists, but it can't be read. Its capitalization may differ.`,

  choiceTrust: 'Add MediaConnect to its trust policy',
  choiceName: 'Choose another role name',
  choiceOtherRole: 'Use another role for these secrets',

  nameWithoutMediaConnect: (name: string) =>
    `The role name ${name} doesn't contain "MediaConnect". AWS recommends it, so the role's purpose is clear.`,
  trustNarrower: (name: string) =>
    `The trust policy of role ${name} limits MediaConnect to certain flows (aws:SourceArn). Other flows can't use this role.`,
  trustWider: (name: string) =>
    `Role ${name} already trusts MediaConnect for more than --source-arn lists. It won't be changed.`,
  noGuard: (name: string) =>
    `The trust policy of role ${name} has no aws:SourceAccount condition. Flows in other accounts could use the role. To see how to add it, run 'mc-static-key verify'.`,
  letsIn: (name: string, accounts: string[]) =>
    `The trust policy of role ${name} also trusts flows in other accounts: ${accounts.join(', ')}. It won't be changed.`,
  maybeLetsIn: (name: string, because: string) =>
    `Can't tell whether the trust policy of role ${name} excludes flows in other accounts: ${because}.`,
  trustChanged: (name: string) =>
    `The trust policy of role ${name} has changed since the plan. It no longer has these statements:`,
  trustNotShown: (name: string, seconds: number) =>
    `IAM accepted the new trust policy of role ${name}, but still doesn't show it after ${seconds} s.`,
  statementsLost: (name: string) =>
    `This run overwrote statements in the trust policy of role ${name} and couldn't restore them:`,
  statementsLostHint: 'Add these statements to the trust policy again.',
  trustContended: (name: string, seconds: number) =>
    `The trust policy of role ${name} kept changing for ${seconds} s, or IAM didn't show it. Nothing was added to it.`,
  gaveUpWaiting: (seconds: number) =>
    `After ${seconds} s the new role or policy still hasn't propagated in IAM.`,
  /** After "Waiting for". */
  waitingForPropagation: 'IAM to propagate the new role and policy',
};
