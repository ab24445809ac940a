import type { PolicyScope } from '../../policy/index.ts';

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
  /** After "Waiting for". */
  waitingForPropagation: 'IAM to make the policy known everywhere',
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

export type WideScope = Exclude<PolicyScope, 'secrets'>;

export function everySecret(scope: WideScope): string {
  if (scope === 'account') return 'every secret in the account';
  return scope === 'region'
    ? 'every secret in these Regions'
    : `every secret whose name begins with ${scope.prefix} in these Regions`;
}
