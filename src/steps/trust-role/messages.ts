import type { Quota } from '../../plan-types.ts';

function limitText({ limit, assumed }: Quota): string {
  return assumed
    ? `${limit} by default (the account's own quota could not be read with iam:GetAccountSummary)`
    : String(limit);
}

export const roleMessages = {
  create: 'is a role that MediaConnect may assume',
  attach: (policies: string[]) => `gets ${policies.join(', ')}`,
  keep: 'may be assumed by MediaConnect already',
  updateTrust: 'its trust policy gets a statement for MediaConnect; what it says now stays',

  shutsOut: (name: string, regions: string[], account: string) =>
    `No --source-arn pattern is for ${regions.join(' or ')} in account ${account}. MediaConnect can't use the role ${name} there.`,
  shutsOutHint: (patterns: string[]) => `Add a pattern, such as ${patterns.join(' and ')}.`,
  shutsOutRouters:
    'The --source-arn patterns shut out routers, which could use this key. To allow routers, add patterns for routerInput:* and routerOutput:*.',
  onlyRouters:
    'The --source-arn patterns are for routers only. Transit encryption needs a key of 64 digits. Use an aes256 key, or add a pattern for flow:*.',
  notTrusted: (name: string, because: string) =>
    `The role ${name} exists, and MediaConnect may not assume it: ${because}.`,
  trustDenied: (name: string, because: string) =>
    `The role ${name} exists, and its trust policy denies MediaConnect: ${because}. Adding a statement would not change that.`,
  maybeTrusted: (name: string, because: string) =>
    `Can't tell whether MediaConnect can assume the role ${name}: ${because}. To add a statement without that condition, use --update-trust.`,
  maybeTrustDenied: (name: string, because: string) =>
    `Can't tell whether MediaConnect can assume the role ${name}: ${because}.`,
  deletedPrincipals: (name: string, ids: string[]) =>
    `The trust policy of ${name} names ${ids.join(', ')}, which no longer exist, and IAM does not accept a policy with such IDs. Remove them from the policy first.`,
  trustTooLong: (name: string, size: number, quota: Quota) =>
    `With a statement for MediaConnect, the trust policy of ${name} would have ${size} characters; IAM allows ${limitText(quota)}.`,
  newTrustTooLong: (name: string, size: number, quota: Quota) =>
    `The trust policy of ${name} would have ${size} characters; IAM allows ${limitText(quota)}. Use fewer --source-arn patterns, or patterns that each match several flows.`,
  full: (name: string, have: number, more: number, quota: Quota) =>
    `The role ${name} has ${have} managed policies and needs ${more} more; its quota is ${limitText(quota)}.`,
  otherBoundary: (name: string, boundary: string | undefined) =>
    `The role ${name} exists with ${boundary ? `the permissions boundary ${boundary}` : 'no permissions boundary'}, not the one of --permissions-boundary.`,
  noSuchBoundary: (arn: string) => `There is no policy ${arn}, which --permissions-boundary names.`,
  serviceLinked: (name: string) =>
    `The role ${name} is a service-linked role: only the AWS service that it belongs to can change it.`,
  cannotRead: (name: string, secret: string, action: string, by: string) =>
    `The role ${name} could not do ${action} on the secret ${secret}, whatever is attached to it, because of ${by}.`,
  takeOtherBoundary: (action: string) =>
    `Set --permissions-boundary to a policy that allows ${action} on the secret, or leave it out.`,
  changeResourcePolicy: (action: string) =>
    `Change the resource policy of the secret so that it does not deny ${action}. Or store the key in another secret (--secret-name).`,
  mightNotRead: (name: string, secret: string, others: number, because: string) => {
    const secrets = others === 0 ? `the secret ${secret}` : `the secret ${secret} and ${others} more`;
    return `Can't tell whether the role ${name} can read ${secrets}: ${because}.`;
  },
  boundary: (arn: string) => `the permissions boundary ${arn}`,
  inlinePolicy: (name: string) => `its inline policy ${name}`,
  attachedPolicy: (name: string) => `its policy ${name}`,
  resourcePolicyOf: (secret: string) => `the resource policy of the secret ${secret}`,
  inStack: (name: string, stack: string) =>
    `The role ${name} belongs to the CloudFormation stack ${stack}, whose next update may undo the change made here.`,
  hasPath: (name: string, path: string) =>
    `The role ${name} has the path ${path}; newer MediaConnect APIs refuse a role whose ARN has a path.`,
  unreadable: (name: string) => `The trust policy of the role ${name} cannot be parsed as an IAM policy.`,
  nameTaken: (name: string) =>
    `IAM says that a role named ${name} exists, but it cannot be read; perhaps it is spelled in other letter case.`,

  choiceTrust: 'add a statement for MediaConnect to its trust policy',
  choiceName: 'take another name for the role',
  choiceOtherRole: 'use another role for these secrets',

  nameWithoutMediaConnect: (name: string) =>
    `The role name ${name} does not contain 'MediaConnect', which AWS recommends so that its purpose shows.`,
  trustNarrower: (name: string) =>
    `The trust policy of ${name} lets MediaConnect in for certain flows only (aws:SourceArn). Other flows cannot use the role.`,
  trustWider: (name: string) =>
    `The role ${name} exists and trusts MediaConnect for more than --source-arn says. It stays as it is.`,
  noGuard: (name: string) =>
    `The trust policy of ${name} has no aws:SourceAccount condition. Flows of other accounts might use the role. To see how to add the condition, run the command 'verify'.`,
  letsIn: (name: string, accounts: string[]) =>
    `The trust policy of ${name} also trusts flows of other accounts: ${accounts.join(', ')}. It is not changed.`,
  maybeLetsIn: (name: string, because: string) =>
    `Can't tell whether the trust policy of ${name} excludes flows of other accounts: ${because}.`,
  trustChanged: (name: string) =>
    `The trust policy of ${name} has changed since the plan. It no longer has these statements:`,
  trustNotShown: (name: string, seconds: number) =>
    `IAM accepted the new trust policy of ${name}, but has not shown it for ${seconds} s.`,
  statementsLost: (name: string) =>
    `This run overwrote statements in the trust policy of ${name} and could not restore them:`,
  statementsLostHint: 'Add these statements to the trust policy again.',
  trustContended: (name: string, seconds: number) =>
    `The trust policy of ${name} kept changing for ${seconds} s, or IAM did not show it. Nothing was added to it.`,
  gaveUpWaiting: (seconds: number) => `IAM did not show the new role or policy for ${seconds} s.`,
  /** After "Waiting for". */
  waitingForPropagation: 'IAM to make the new role and policy known everywhere',
};
