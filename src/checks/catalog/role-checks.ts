import { DEFAULTS } from '../../defaults.ts';
import type { Fix } from '../../failure.ts';
import { escapeJson } from '../../text.ts';
import { awsCommand, type SetupCommandValues, setupCommand } from '../../ui/commands.ts';
import { type CheckSpec, isSameIamName, SET_UP } from './spec.ts';

const kindOf = (arn: string) =>
  ({ routerInput: 'router input', routerOutput: 'router output' })[arn.split(':')[5] ?? ''] ?? 'flow';

/** The permissions to read all policies of a role. */
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
    asks: 'The role exists, with the path in its ARN',
    fix: '`setup`',
    words: {
      exists: 'exists',
      noRole: 'not found',
      otherPath: 'not found; a role with this name exists under another path or capitalization',
    },
  },
  'role-account': {
    question: 'whose role it is',
    asks: "The role is in the caller's account",
    fix: '`setup`',
    words: {},
  },
  'role-name': {
    question: 'whether its name is reserved',
    asks: 'The name is not `MediaConnectAccessRole`, which AWS reserves',
    fix: 'use another role',
    inStatus: 'failed: its name is `MediaConnectAccessRole`, which AWS reserves',
    words: {
      freeName: 'name is not reserved',
      reservedName: 'its name, MediaConnectAccessRole, is reserved by AWS',
    },
  },
  'role-path': {
    question: 'whether it has a path',
    asks: 'Warning only: the role has no path. Newer MediaConnect APIs reject roles with a path',
    fix: 'use another role',
    inStatus: 'warning: it has a path',
    words: {
      noPath: 'no path',
      path: (path: string) => `has path ${path}; newer MediaConnect APIs reject roles with a path`,
    },
  },
  'role-trust': {
    question: 'whether MediaConnect can assume the role',
    needs: ['iam:GetRole'],
    asks: 'MediaConnect can assume the role for flows in this account, and for `--flow-arn`',
    fix: '`setup --update-trust`',
    isSummary: true,
    inStatus:
      "failed: MediaConnect can't assume the role for flows in this account. Cannot-tell: the result depends on a condition that can't be evaluated here",
    words: {
      trusted: 'MediaConnect can assume it',
      trustedForSome: 'MediaConnect can assume it for some flows only',
      notTrusted: (because: string, flow?: string) =>
        `MediaConnect can't assume it${flow === undefined ? '' : ` for this ${kindOf(flow)}`}: ${because}`,
      trustUnreadable: "its trust policy can't be parsed as an IAM policy",
    },
  },
  'role-guard': {
    question: 'whether the role is limited to this account',
    needs: ['iam:GetRole'],
    asks: 'Warning only: the trust policy is limited to this account (`aws:SourceAccount`). Cannot-tell, without effect on the exit code: the result depends on a condition, such as one on the organization',
    fix: 'add the condition to the trust policy',
    isSummary: true,
    inStatus:
      'warning: flows in other accounts could use the role (confused deputy), or its trust policy names other accounts. Cannot-tell: the result depends on a condition, such as one on the organization',
    isInformational: true,
    words: {
      guarded: 'limited to this account (aws:SourceAccount)',
      noGuard:
        'trust policy has no aws:SourceAccount condition, so flows in other accounts could use this role',
      letsIn: (accounts: readonly string[]) =>
        `trust policy also allows flows in other accounts: ${accounts.join(', ')}`,
    },
  },
  'role-policies': {
    question: 'whether all its policies are valid',
    needs: READ_POLICIES,
    asks: 'All policies of the role can be read and parsed',
    fix: 'check them in the IAM console',
    inStatus: "cannot-tell: a policy of the role couldn't be read or parsed",
    words: {
      policiesRead: 'policies are valid',
      policiesUnseen: "the policies couldn't be read",
      policyUnreadable: (name: string) => `policy ${name} can't be parsed as an IAM policy`,
    },
  },
  'role-policy-attached': {
    question: 'whether the policy is attached',
    asks: 'The policy from `--policy-name` is attached',
    fix: '`setup --policy-name`',
    words: {
      attached: (name: string) => `policy ${name} is attached`,
      notAttached: (name: string) => `policy ${name} is not attached`,
    },
  },
  'role-reads-secret': {
    question: 'whether the role can read the secret',
    needs: READ_POLICIES,
    asks: 'The role can perform the 4 read actions on the secret. All policies count, attached and inline, with every Deny and the permissions boundary',
    fix: '`setup`, or remove the Deny',
    inStatus:
      "failed: the role can't perform one of the 4 read actions, or `kms:Decrypt` with a customer managed KMS key of the current version. Its policies, its permissions boundary, the secret's resource policy and the key policies count. The detail names the closest statement and why it doesn't match. Cannot-tell: one of these policies or the KMS key couldn't be read, or the result depends on a condition that can't be evaluated here",
    words: {
      readable: 'the role can read the secret',
      unclear: (action: string, because: string) =>
        `can't tell whether the role can perform ${action}: ${because}`,
      cannotPerform: (actions: readonly string[], because: string) =>
        `role can't perform ${actions.join(', ')}: ${because}`,
    },
  },
} as const satisfies Record<string, CheckSpec>;

/** Fixes for the checks of a role. */
export const ROLE_FIXES = {
  setUp: (what: SetupCommandValues): Fix => ({ remedy: SET_UP, command: setupCommand(what) }),
  updateTrust: (what: SetupCommandValues): Fix => ({
    remedy:
      what.manifest === undefined
        ? 'Add MediaConnect to its trust policy:'
        : 'Add MediaConnect to its trust policy: set updateTrust: true in the manifest, then run:',
    command: setupCommand(what, '--update-trust'),
  }),
  otherRole: (what: SetupCommandValues): Fix => ({
    remedy:
      what.manifest === undefined
        ? 'Create another role, for example with this name, and use it instead:'
        : 'Name another role in the manifest (--role-name), then run:',
    command: setupCommand({ ...what, roleName: replacementRoleName(what.roleName) }),
  }),
  removeTrustDenial: (roleName: string): Fix => ({
    remedy: 'Remove the Deny statement from its trust policy. To view it:',
    command: awsCommand('iam', 'get-role', '--role-name', roleName),
  }),
  /** @param trust the trust policy with the condition; undefined if it can't be added without changing anything else */
  guard: (roleName: string, account: string, trust: string | undefined): Fix => ({
    remedy:
      trust === undefined
        ? `Add this condition to the MediaConnect statement: {"StringEquals": {"aws:SourceAccount": "${account}"}}`
        : 'Add the condition:',
    command:
      trust === undefined
        ? undefined
        : awsCommand(
            ...['iam', 'update-assume-role-policy', '--role-name', roleName],
            ...['--policy-document', escapeJson(trust)],
          ),
  }),
  attach: (what: SetupCommandValues): Fix => ({
    remedy: 'Attach it with access to this secret. The command creates it if it does not exist:',
    command: setupCommand(what),
  }),
  removeDenial: (because: string): Fix => ({
    remedy: /boundary/.test(because)
      ? 'Ask the owner of the permissions boundary to allow it, or use a role with another boundary.'
      : 'Remove the Deny, or exclude this secret from it.',
  }),
};

/** Returns a name for the replacement of a role: the default, unless the role has that name. */
function replacementRoleName(roleName: string = DEFAULTS.roleName): string {
  return isSameIamName(roleName, DEFAULTS.roleName) ? `${DEFAULTS.roleName}-2` : DEFAULTS.roleName;
}
