import type { RolePolicy } from '../../aws/iam/roles.ts';
import { DEFAULTS } from '../../defaults.ts';
import type { Fix } from '../../failure.ts';
import { escapeJson } from '../../text.ts';
import { awsCommand, commandSequence, type SetupCommandValues, setupCommand } from '../../ui/commands.ts';
import { type CheckSpec, isSameIamName } from './spec.ts';

/** Prefixes a sentence with a name, unless the name is already shown above. */
const startingWith = (name: string | undefined, sentence: string) =>
  name === undefined ? sentence : `${name} ${sentence}`;

/** The checks of the policies of a role, and of the caller that passes it to MediaConnect. */
export const POLICY_CHECKS = {
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
    needs: ['iam:SimulatePrincipalPolicy'],
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

/** Fixes for the checks of policies and of the caller. */
export const POLICY_FIXES = {
  policyUnreadable: {
    remedy: 'Look at it in the IAM console, which can show any policy that IAM accepted.',
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
          ? 'Attach a policy that only reads what is needed (name all secrets that the role is for), and then take this one off:'
          : 'See to it that the manifest names another policy for the keys of this role (--policy-name), and none of a wide scope (--policy-scope). Then have it set up, and take this one off:',
      command: commandSequence(setupCommand({ ...what, policyName }), detachCommand),
    };
  },
  passRole: (roleArn: string): Fix => ({
    remedy: 'Whoever makes or changes the flow needs this statement:',
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
