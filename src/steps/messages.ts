import type { Quota } from '../plan-types.ts';
import type { PolicyScope } from '../policy/index.ts';
import { dayOf } from '../text.ts';

/** Messages of the plan: reasons, conflicts, resolutions, warnings. */

export const secretMessages = {
  otherKeyType: (name: string, region: string, held: string, wanted: string) =>
    `The secret ${name} in ${region} is for the key type ${held}, as its tag says, and not for ${wanted}.`,
  otherKeyTypeHint: 'Store this key in another secret.',
  create: 'stores the key',
  createCopy: 'stores the key that the secret of this name holds elsewhere',
  keepSame: 'holds this key already',
  keepHeld: 'keeps the key it holds',
  keepGiven: 'is used as it is',
  replace: 'gets this key as a new version; the one before stays as AWSPREVIOUS',
  restoreGiven: 'is scheduled for deletion; it is restored and used as it is',
  restoreAndCompare: 'is scheduled for deletion; it is restored, and must turn out to hold this key',
  restoreAndKeep: 'is scheduled for deletion; it is restored with the key it holds',
  restoreAndReplace: 'is scheduled for deletion; it is restored and gets this key as a new version',

  otherValue: (name: string, region: string) =>
    `The secret ${name} in ${region} exists and holds another value than this key.`,
  binary: (name: string, region: string) =>
    `The secret ${name} in ${region} exists and holds bytes, not text; MediaConnect reads text.`,
  noValue: (name: string, region: string) =>
    `The secret ${name} in ${region} exists and has no current version.`,
  unusable: (name: string, region: string) =>
    `The secret ${name} in ${region} does not hold a key that MediaConnect can use.`,
  notStaticKey: (name: string, region: string) =>
    `The secret ${name} in ${region} does not hold a static key. It may hold an SRT password.`,
  choiceKeyType: 'use it as an SRT password',
  differ: (name: string, regions: string[]) =>
    `The secret ${name} holds different keys in ${regions.join(' and ')}, so there is no one key to keep.`,
  deleted: (name: string, region: string, at: Date) =>
    `The secret ${name} in ${region} is scheduled for deletion (${dayOf(at)}), and its name is taken until then.`,
  replica: (name: string, region: string, primary: string) =>
    `The secret ${name} in ${region} is a replica of the one in ${primary} and cannot be written by itself.`,
  replicaHint:
    'Use it as it is with --secret-arn, or promote it to a standalone secret in Secrets Manager first.',
  primaryFirst: (primary: string) =>
    `Run this command for ${primary} alone first (--region ${primary}). The replica gets the key from there, and then it can be used as it is.`,
  owned: (name: string, region: string, owner: string) =>
    `The secret ${name} in ${region} belongs to the service ${owner}, which alone may change it.`,
  absentNamed: (name: string, region: string) =>
    `There is no secret ${name} in ${region}, although it is said to exist.`,
  absentArn: (arn: string) => `There is no secret ${arn}.`,
  foreignArn: (arn: string, account: string) =>
    `The secret ${arn} belongs to another account than yours (${account}); MediaConnect cannot read secrets across accounts.`,
  gone: (name: string, region: string) => `The secret ${name} in ${region} no longer exists.`,
  restoredInVain: (found: string) => `${found} It was restored and not changed further.`,
  madeMeanwhile: (found: string) => `${found} Someone made or changed it meanwhile; it was not touched.`,
  keepsChanging:
    'Others keep changing the secret at the same time. Run the same command again when they are done.',
  tokenSpent: (name: string, region: string) =>
    `The value of the secret ${name} in ${region} was replaced before, or another run is replacing it now.`,
  versionsUnseen:
    'To find out which, allow secretsmanager:ListSecretVersionIds and run the same command again.',
  reconciling: 'the secret to show what others have just done with it',
  kmsWrongRegion: (region: string) =>
    `The KMS key of --kms-key-id is not in ${region}. Give a multi-Region key or an alias, or set up each Region by itself.`,

  choiceKeep: 'use the key that is there',
  choiceReplace: 'store this key as a new version; streams break until both ends have it',
  choiceRestore: 'restore the secret',
  choiceName: 'take another name for the secret',

  nameLooksLikeArn: (name: string) =>
    `The name ${name} ends in a hyphen and six characters, as the end of a secret's ARN does. Always give this secret to other tools by its full ARN.`,
  rotates: (name: string, region: string) =>
    `The secret ${name} in ${region} rotates automatically. Turn rotation off: the next rotation puts another value in the place of the key, and that does not fit the other end of the stream.`,
  replaceInStack: (name: string, region: string, stack: string) =>
    `The secret ${name} in ${region} belongs to the CloudFormation stack ${stack}, whose next update may undo the change of its value.`,
  replaceReplicas: (name: string, region: string, replicas: string[]) =>
    `The secret ${name} in ${region} has replicas in ${replicas.join(' and ')}, which get the new value too.`,
  otherKmsKey: (name: string, region: string) =>
    `The secret ${name} in ${region} is encrypted with another KMS key than --kms-key-id says. It stays as it is.`,
};

type WideScope = Exclude<PolicyScope, 'secrets'>;

function everySecret(scope: WideScope): string {
  if (scope === 'account') return 'every secret in the account';
  return scope === 'region'
    ? 'every secret in these Regions'
    : `every secret whose name begins with ${scope.prefix} in these Regions`;
}

export const policyMessages = {
  create: (count: number) =>
    `allows MediaConnect's role to read ${count === 1 ? 'the secret' : `${count} secrets`}`,
  createWide: (scope: WideScope) => `allows reading ${everySecret(scope)}`,
  updateWide: (scope: WideScope) =>
    `is made to allow reading ${everySecret(scope)}; what it allows now stays`,
  createNext: (full: string) => `takes the secrets that no longer fit into ${full}`,
  keep: 'allows it already',
  update: (count: number) =>
    `${count === 1 ? 'one secret is' : `${count} secrets are`} added; what it allows now stays`,
  makesRoom: (version: string) => `its oldest version ${version} is deleted, because IAM keeps five`,

  otherShape: (name: string) => `The policy ${name} exists and is not one that this program would extend.`,
  ofStack: (name: string, stack: string) =>
    `The policy ${name} belongs to the CloudFormation stack ${stack}, whose next update would undo a change made here.`,
  extendInStack: 'Take another policy, or allow the secret in the template of the stack.',
  taken: (arn: string) =>
    `IAM gives a name once, whatever its path and letter case, and this one is taken by the policy ${arn}.`,
  choiceName: 'take another name for the policy',
  openPrefix: (prefix: string) =>
    `The prefix ${prefix} ends in no separator (/, -, _ or .), so that it stands for names such as ${prefix}2 too.`,
  manyPolicies: (count: number, most: number, flags: string) =>
    `The secrets that are named one by one fill ${count} policies now, and a role may have ${most}. With ${flags} one entry allows every secret whose name begins so.`,
  choicePrefix: 'allow all secrets whose names begin alike, in one entry',
  prefixFlags: (prefix: string | undefined) => `--policy-scope prefix --policy-prefix ${prefix ?? 'PREFIX'}`,
  choiceOneName: 'give all these keys one policy, which holds many secrets',
  choiceScope: 'allow all secrets of the Regions or of the account in one statement',
  nameTaken: (name: string) =>
    `IAM says that a policy named ${name} exists, but it is not at the path '/' or is spelled in other letter case.`,
  propagating: 'IAM to make the policy known everywhere',
  notShown: (name: string) => `IAM does not show the policy ${name} as it is now.`,
  othersFirst: 'recent changes of other runs to the policy to settle',
  contended: (name: string) =>
    `Other runs kept changing the policy ${name} at the same time. This run could not finish its own change.`,
  tooLong: (next: string, most: number) =>
    `The secrets need one more policy. Its name ${next} has ${next.length} characters; IAM allows ${most}.`,
  overflowNamed: (name: string, base: string) =>
    `The policy ${name} covers the secrets that no longer fit into ${base}. To add a secret, use the policy name ${base}.`,
  widerThanAsked: (name: string) =>
    `The policy ${name} allows more secrets than --policy-scope asks for. It grants the role access to all of them.`,
  numberedNames: (base: string, name: string) =>
    `The policy ${name} has the name that would continue ${base}. The two policies stay separate. When ${base} is full, the next free number continues it.`,
};

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
  narrowed: (name: string) =>
    `The trust policy of ${name} lets MediaConnect in for certain flows only (aws:SourceArn). Other flows cannot use the role.`,
  notNarrowed: (name: string) =>
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
  propagating: 'IAM to make the new role and policy known everywhere',
};
