import { DEFAULTS } from '../../defaults.ts';
import type { Fix } from '../../failure.ts';
import { escapeJson } from '../../text.ts';
import { awsCommand, type SetupCommandValues, setupCommand } from '../../ui/commands.ts';
import { type CheckSpec, isSameIamName, SET_UP } from './spec.ts';

const kindOf = (arn: string) =>
  ({ routerInput: 'router input', routerOutput: 'router output' })[arn.split(':')[5] ?? ''] ?? 'flow';

/** What reading all policies of a role takes. */
const READ_POLICIES = [
  'iam:GetRole',
  'iam:ListAttachedRolePolicies',
  'iam:ListRolePolicies',
  'iam:ListPolicyVersions',
  'iam:GetPolicyVersion',
];

/** The checks of a role. */
export const ROLE_CHECKS = {
  'role-exists': {
    question: 'whether it exists',
    needs: ['iam:GetRole'],
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
    needs: ['iam:GetRole'],
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
    needs: ['iam:GetRole'],
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
    needs: READ_POLICIES,
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
    needs: READ_POLICIES,
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
} as const satisfies Record<string, CheckSpec>;

/** Fixes for the checks of a role. */
export const ROLE_FIXES = {
  setUp: (what: SetupCommandValues): Fix => ({ remedy: SET_UP, command: setupCommand(what) }),
  updateTrust: (what: SetupCommandValues): Fix => ({
    remedy:
      what.manifest === undefined
        ? 'Have MediaConnect added to its trust policy:'
        : 'Have MediaConnect added to its trust policy, with updateTrust: true in the manifest:',
    command: setupCommand(what, '--update-trust'),
  }),
  otherRole: (what: SetupCommandValues): Fix => ({
    remedy:
      what.manifest === undefined
        ? 'Set up another role, for example of this name, and use it in its place:'
        : 'Name another role in the manifest (--role-name), and have it set up:',
    command: setupCommand({ ...what, roleName: replacementRoleName(what.roleName) }),
  }),
  removeTrustDenial: (roleName: string): Fix => ({
    remedy: 'Remove the Deny from its trust policy; adding a statement would not help. To see the policy:',
    command: awsCommand('iam', 'get-role', '--role-name', roleName),
  }),
  /** @param trust the trust policy with the condition; undefined if it can't be added without changing anything else */
  guard: (roleName: string, account: string, trust: string | undefined): Fix => ({
    remedy: `Give its statement for MediaConnect the condition {"StringEquals": {"aws:SourceAccount": "${account}"}}${trust === undefined ? '.' : ':'}`,
    command:
      trust === undefined
        ? undefined
        : awsCommand(
            ...['iam', 'update-assume-role-policy', '--role-name', roleName],
            ...['--policy-document', escapeJson(trust)],
          ),
  }),
  attach: (what: SetupCommandValues): Fix => ({
    remedy: 'Have it attached, with this secret in it, and made if there is none of this name:',
    command: setupCommand(what),
  }),
  removeDenial: (because: string): Fix => ({
    remedy: /boundary/.test(because)
      ? 'Ask the owner of the permissions boundary to allow it, or set up a role with another one.'
      : 'Take the denial out of the policy, or except this secret from it.',
  }),
};

/** Returns a name for the replacement of a role: the default, unless the role has that name. */
function replacementRoleName(roleName: string = DEFAULTS.roleName): string {
  return isSameIamName(roleName, DEFAULTS.roleName) ? `${DEFAULTS.roleName}-2` : DEFAULTS.roleName;
}
