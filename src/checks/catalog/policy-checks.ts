import type { RolePolicy } from '../../aws/iam/roles.ts';
import { DEFAULTS } from '../../defaults.ts';
import type { Fix } from '../../failure.ts';
import { escapeJson } from '../../text.ts';
import { awsCommand, commandSequence, type SetupCommandValues, setupCommand } from '../../ui/commands.ts';
import { type CheckSpec, isSameIamName } from './spec.ts';

/** Starts a sentence with the name of an inline policy. A managed policy is the subject of the check. */
const startingWith = (name: string | undefined, sentence: string) =>
  name === undefined ? sentence : `${name} ${sentence}`;

/** The checks of the policies of a role, and of the caller that passes it to MediaConnect. */
export const POLICY_CHECKS = {
  'policy-names-secret': {
    question: 'whether the secret in the policy exists',
    inStatus:
      'failed: no secret has the ARN in the policy. If another ARN is similar, the detail says how they differ (suffix, capitalization). Cannot-tell: the list of secrets, which can be 5 minutes out of date, lacks the ARN, and you have no permission for `secretsmanager:DescribeSecret`',
    words: {
      namesNothing: 'secret not found',
      namesNearly: (difference: string) =>
        `secret not found; compared with the closest ARN, this one ${difference}`,
      notListed: (difference: string | undefined) =>
        `it isn't in the list of secrets, which can be 5 minutes out of date (no permission for secretsmanager:DescribeSecret)${difference === undefined ? '' : `; compared with a listed secret, the ARN ${difference}`}`,
    },
  },
  'policy-reads-only': {
    question: 'whether the policy is read-only',
    asks: "Warning only: the policy is read-only. `SecretsManagerReadWrite`, which step 3 of the AWS guide attaches, isn't",
    fix: 'attach a least-privilege policy, then detach this one',
    isSummary: true,
    inStatus: 'warning: the policy grants more than read access, as `SecretsManagerReadWrite` does',
    words: {
      readsOnly: (name?: string) => startingWith(name, 'is read-only'),
      guidesMistake:
        "lets MediaConnect change and delete every secret (step 3 of the AWS guide attaches it, but it isn't needed)",
      allowsMore: (action: string, name?: string) =>
        startingWith(name, `grants more than read access, e.g. ${action}`),
    },
  },
  'policy-scope': {
    question: 'which secrets the policy covers',
    asks: 'Warning only: the policy covers named secrets, or names with a prefix, not every secret',
    fix: 'attach a least-privilege policy, then detach this one',
    inStatus: 'warning: the policy grants read access to every secret',
    isSummary: true,
    words: {
      namedSecrets: (name?: string) => startingWith(name, 'covers named secrets only'),
      prefixes: (prefixes: readonly string[], name?: string) =>
        startingWith(name, `covers names that start with ${prefixes.join(' or ')}`),
      anySecret: (name?: string) =>
        startingWith(name, 'grants read access to every secret, not only the ones needed'),
    },
  },
  'caller-pass-role': {
    question: 'whether you can pass this role to MediaConnect',
    needs: ['iam:SimulatePrincipalPolicy'],
    asks: "Warning only: the caller can pass the role to MediaConnect (`iam:PassRole` with `iam:PassedToService`), according to the IAM policy simulator. Anyone who adds the role to a flow needs that; without it, MediaConnect responds only with `AccessDenied: Forbidden`. A federated user can't be simulated",
    fix: 'add the printed statement',
    isSummary: true,
    isInformational: true,
    words: {
      rootPasses: 'as root, you can pass this role to MediaConnect',
      passes: 'you can pass this role to MediaConnect (iam:PassRole)',
      noSimulator: "the IAM policy simulator didn't respond",
      federated: "the IAM policy simulator can't evaluate federated users",
      passesNot:
        "you can't pass this role to MediaConnect (iam:PassRole). Anyone who adds the role to a flow needs this permission",
      passDenied:
        'a policy denies you iam:PassRole on this role. Anyone who adds the role to a flow needs this permission',
    },
  },
} as const satisfies Record<string, CheckSpec>;

/** Fixes for the checks of policies and of the caller. */
export const POLICY_FIXES = {
  policyUnreadable: {
    remedy: 'Check it in the IAM console.',
  } satisfies Fix,
  detachPolicy: (
    what: SetupCommandValues,
    roleName: string,
    { name, arn }: Omit<RolePolicy, 'document'>,
  ): Fix => {
    // With the name of the policy that is too wide, `setup` would keep that policy.
    const policyName = isSameIamName(name, what.policyName ?? DEFAULTS.policyName)
      ? `${name}-Narrow`
      : what.policyName;
    const detachCommand =
      arn === undefined
        ? awsCommand('iam', 'delete-role-policy', '--role-name', roleName, '--policy-name', name)
        : awsCommand('iam', 'detach-role-policy', '--role-name', roleName, '--policy-arn', arn);
    return {
      remedy:
        what.manifest === undefined
          ? 'Attach a policy that names every secret this role needs, then detach this one:'
          : 'Name another policy (--policy-name) with a narrow scope (--policy-scope) for the keys of this role. Then attach it and detach this one:',
      command: commandSequence(setupCommand({ ...what, policyName }), detachCommand),
    };
  },
  passRole: (roleArn: string): Fix => ({
    remedy: 'Anyone who creates or updates the flow needs this statement:',
    command: escapeJson(
      JSON.stringify({
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: roleArn,
        Condition: { StringEquals: { 'iam:PassedToService': 'mediaconnect.amazonaws.com' } },
      }),
    ),
  }),
};
