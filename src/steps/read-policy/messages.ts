import type { PolicyScope } from '../../policy/index.ts';

export const policyMessages = {
  create: (count: number) =>
    `read access to ${count === 1 ? 'this secret' : `these ${count} secrets`}, nothing else`,
  createWide: (scope: WideScope) => `read access to ${everySecret(scope)}`,
  updateWide: (scope: WideScope) =>
    `adds read access to ${everySecret(scope)}; existing permissions are kept`,
  createNext: (full: string) => `for the secrets that don't fit in ${full}`,
  keep: 'already grants access',
  update: (count: number) =>
    `adds ${count === 1 ? '1 secret' : `${count} secrets`}; existing permissions are kept`,
  makesRoom: (version: string) => `deletes its oldest version (${version}); IAM keeps only five`,
  resources: 'Resource',
  existingEntries: (count: number) => `${count} existing entries`,
  moreEntries: (count: number) => `${count} more entries`,

  otherShape: (name: string) =>
    `Policy ${name} already exists with different permissions, so it can't be extended.`,
  ofStack: (name: string, stack: string) =>
    `Policy ${name} belongs to the CloudFormation stack ${stack}. The next stack update would undo this change.`,
  extendInStack: 'Use another policy, or add the secret to the stack template.',
  taken: (arn: string) =>
    `Policy names must be unique regardless of path and capitalization. This one is used by ${arn}.`,
  choiceName: 'Choose another policy name',
  openPrefix: (prefix: string) =>
    `The prefix ${prefix} doesn't end in a separator (/, -, _ or .). It also matches names such as ${prefix}2.`,
  manyPolicies: (count: number, most: number, flags: string) =>
    `Listing each secret by name now uses ${count} policies. A role can have at most ${most}. With ${flags}, one entry covers every secret with that prefix.`,
  choicePrefix: 'Cover all secrets with a common name prefix',
  prefixFlags: (prefix: string | undefined) => `--policy-scope prefix --policy-prefix ${prefix ?? 'PREFIX'}`,
  choiceOneName: 'Use one policy for all these keys',
  choiceScope: 'Cover all secrets of the Regions or of the account',
  nameTaken: (name: string) =>
    `A policy named ${name} already exists, but under another path or with different capitalization.`,
  /** After "Waiting for". */
  waitingForPropagation: 'IAM to propagate the policy',
  notShown: (name: string) => `IAM doesn't show the latest version of policy ${name} yet.`,
  /** After "Waiting for". */
  othersFirst: "other runs' changes to the policy to settle",
  contended: (name: string) =>
    `Policy ${name} kept changing because of other runs. This run could not finish its own change.`,
  tooLong: (next: string, most: number) =>
    `The secrets need 1 more policy. Its name ${next} has ${next.length} characters; IAM allows ${most}.`,
  overflowNamed: (name: string, base: string) =>
    `Policy ${name} covers the secrets that don't fit in ${base}. To add a secret, use the policy name ${base}.`,
  widerThanAsked: (name: string) =>
    `Policy ${name} allows more secrets than --policy-scope asks for. It grants the role access to all of them.`,
  numberedNames: (base: string, name: string) =>
    `Policy ${name} is not an overflow policy of ${base}, although its name looks like one. When ${base} is full, setup uses the next free number.`,
};

export type WideScope = Exclude<PolicyScope, 'secrets'>;

export function everySecret(scope: WideScope): string {
  if (scope === 'account') return 'every secret in the account';
  return scope === 'region'
    ? 'every secret in these Regions'
    : `every secret whose name starts with ${scope.prefix} in these Regions`;
}
