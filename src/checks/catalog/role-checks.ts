import type { CheckSpec } from './spec.ts';

const kindOf = (arn: string) =>
  ({ routerInput: 'router input', routerOutput: 'router output' })[arn.split(':')[5] ?? ''] ?? 'flow';

/** Prefixes a sentence with a name, unless the name is already shown above. */
const startingWith = (name: string | undefined, sentence: string) =>
  name === undefined ? sentence : `${name} ${sentence}`;

/** The checks of a role, its policies, and the caller that passes it to MediaConnect. */
export const ROLE_CHECKS = {
  'role-exists': {
    question: 'whether it exists',
    asks: 'is it there, with the path in its ARN?',
    fix: '`setup`',
    words: {
      exists: 'exists',
      noRole: 'there is no such role',
      otherPath:
        'there is no role of this ARN, but one of its name with another path, or in another letter case',
    },
  },
  'role-account': {
    question: 'whose role it is',
    asks: "is it in the caller's account?",
    fix: '`setup`',
    words: {},
  },
  'role-name': {
    question: 'whether its name is reserved',
    asks: 'is its name not the reserved `MediaConnectAccessRole`?',
    fix: 'another role',
    inStatus: 'failed: its name is `MediaConnectAccessRole`, which AWS reserves',
    words: {
      freeName: 'its name is not reserved',
      reservedName: 'has the name MediaConnectAccessRole, which AWS reserves',
    },
  },
  'role-path': {
    question: 'whether it has a path',
    asks: 'warning: does it have a path, which newer MediaConnect API operations reject?',
    fix: 'another role',
    inStatus: 'warning: it has a path',
    words: {
      noPath: 'no path',
      path: (path: string) =>
        `has the path ${path}; newer MediaConnect API operations reject a role with a path`,
    },
  },
  'role-trust': {
    question: 'whether MediaConnect may assume it',
    asks: 'can MediaConnect assume it for flows of this account, and for `--flow-arn`?',
    fix: '`setup --update-trust`',
    inStatus:
      "failed: MediaConnect can't assume the role for flows of this account; cannot-tell: a condition decides whose outcome cannot be known from here",
    words: {
      trusted: 'MediaConnect may assume the role',
      trustedForSome: 'MediaConnect may assume the role for some flows only',
      notTrusted: (because: string, flow?: string) =>
        `MediaConnect can't assume the role${flow === undefined ? '' : ` for this ${kindOf(flow)}`}: ${because}`,
      trustUnreadable: 'the trust policy cannot be parsed as an IAM policy',
    },
  },
  'role-guard': {
    question: 'whether flows of other accounts are kept out',
    asks: 'warning: might flows of other accounts use it (no `aws:SourceAccount`), or does its trust policy name other accounts? Cannot-tell, with no effect on the exit code: the result depends on a condition, such as one on the organization',
    fix: 'the trust policy with the condition',
    inStatus:
      'warning: flows of other accounts might use the role (the confused deputy), or its trust policy names other accounts; cannot-tell: the result depends on a condition, such as one on the organization',
    isInformational: true,
    words: {
      guarded: 'flows of other accounts are kept out',
      noGuard:
        'the trust policy does not ask for this account (aws:SourceAccount), so that flows of other accounts might use the role',
      letsIn: (accounts: readonly string[]) =>
        `its trust policy also trusts flows of other accounts: ${accounts.join(', ')}`,
    },
  },
  'role-policies': {
    question: 'what all its policies say',
    asks: 'can all its policies be read, as policies?',
    fix: 'the IAM console',
    inStatus:
      'cannot-tell: the policies of the role could not be read, or one of them cannot be parsed as a policy',
    words: {
      policiesRead: 'its policies are well-formed',
      policiesUnseen: 'the policies of the role could not be read',
      policyUnreadable: (name: string) => `the policy ${name} cannot be parsed as an IAM policy`,
    },
  },
  'role-policy-attached': {
    question: 'whether the policy is attached',
    asks: 'is the policy of `--policy-name` attached?',
    fix: '`setup --policy-name`',
    words: {
      attached: (name: string) => `the policy ${name} is attached`,
      notAttached: (name: string) => `the policy ${name} is not attached`,
    },
  },
  'role-reads-secret': {
    question: 'whether it may read the secret',
    asks: 'can it perform the four reading actions on the secret: by all its policies, attached and inline, with nothing denied, within its permissions boundary?',
    fix: '`setup`; or take the denial out',
    inStatus:
      "failed: the role can't perform one of the four reading actions, or `kms:Decrypt` for the customer-managed keys that the current version is encrypted with: by its policies, its permissions boundary, the secret's resource policy and the key policies. The detail names the statement that comes closest, and what keeps it from matching; cannot-tell: one of these policies, or the KMS key of the current version, could not be read, or a condition decides whose outcome cannot be known from here",
    words: {
      readable: 'the role may read the secret',
      unclear: (action: string, because: string) =>
        `can't tell whether the role can perform ${action}: ${because}`,
      mayRead: (name: string, region: string) => `may read ${name} (${region})`,
      mayNot: (actions: readonly string[], because: string) =>
        `the role can't perform ${actions.join(', ')}: ${because}`,
    },
  },
  'role-decrypts-secret': {
    question: "whether it may use the secret's KMS key",
    asks: "can it perform `kms:Decrypt` with the secret's customer-managed key, by its own policies and the key policy? With the keys that the current version is encrypted with (`ListSecretVersionIds`). Without `kms:GetKeyPolicy`, or for a key of another account, it can't tell",
    fix: '`setup`, `aws kms put-key-policy`',
    words: {
      mayDecrypt: (name: string, region: string) => `may use the KMS key of ${name} (${region})`,
    },
  },
  'policy-names-secret': {
    question: 'whether the secret exists that it names',
    inStatus:
      'failed: no secret has the ARN that the policy names; if one comes close, the detail says in what they differ (the six characters at the end, letter case). cannot-tell: the list of secrets, which can be five minutes out of date, lacks the ARN, and `secretsmanager:DescribeSecret` is not allowed',
    words: {
      namesNothing: 'no secret has this ARN',
      namesNearly: (difference: string) =>
        `no secret has this ARN; compared with the closest one, it ${difference}`,
      notListed: (difference: string | undefined) =>
        `the list of secrets lacks this ARN, but can be five minutes out of date, and secretsmanager:DescribeSecret is not allowed${difference === undefined ? '' : `; compared with a listed secret, the ARN ${difference}`}`,
    },
  },
  'policy-reads-only': {
    question: 'whether it allows more than reading',
    asks: 'warning: does a policy allow more than reading secrets? `SecretsManagerReadWrite`, which the guide ticks by mistake, is named',
    fix: 'attach the right one, take this one off',
    inStatus: 'warning: the policy allows more than reading secrets, as `SecretsManagerReadWrite` does',
    words: {
      readsOnly: (name?: string) => startingWith(name, 'only reads'),
      guidesMistake:
        'SecretsManagerReadWrite allows changing and deleting every secret of the account; step 3 of the AWS guide names it by mistake',
      allowsMore: (action: string, name?: string) =>
        startingWith(name, `allows more than reading secrets, such as ${action}`),
    },
  },
  'policy-scope': {
    question: 'which secrets it allows',
    asks: 'warning: does a policy allow reading every secret, not only those that it names or whose names begin with a prefix?',
    fix: 'the same',
    inStatus: 'warning: the policy allows reading every secret',
    words: {
      namedSecrets: (name?: string) => startingWith(name, 'is for named secrets'),
      prefixes: (name: string, prefixes: readonly string[]) =>
        `${name} is for secrets whose names begin with ${prefixes.join(' or ')}`,
      anySecret: (name?: string) =>
        startingWith(name, 'allows reading every secret, not only those that MediaConnect needs'),
    },
  },
  'caller-pass-role': {
    question: 'whether you can pass the role to MediaConnect',
    asks: "warning: can the caller pass the role to MediaConnect (`iam:PassRole` with `iam:PassedToService`)? IAM's policy simulator is asked. A federated user has no policies that it could look at. It is no failure, because the caller need not be the one who makes flows; whoever does gets a bare `AccessDenied: Forbidden` without it",
    fix: 'the statement that is missing is printed',
    isInformational: true,
    words: {
      rootPasses: 'as root, you can pass the role to MediaConnect',
      passes: 'you can pass the role to MediaConnect',
      noSimulator: "IAM's policy simulator did not answer",
      federated: 'what a federated user may do is not in IAM',
      passesNot:
        "you can't pass the role to MediaConnect (iam:PassRole), which anyone who adds it to a flow needs",
      passDenied: 'a policy denies you iam:PassRole on the role, which anyone who adds it to a flow needs',
    },
  },
} as const satisfies Record<string, CheckSpec>;
