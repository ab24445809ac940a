/** What a template says about itself: descriptions that people read in the CloudFormation console. */

const keysHere = (keys: number) =>
  keys === 0
    ? ''
    : `${keys === 1 ? 'a key' : `${keys} keys`} in Secrets Manager, where ${keys === 1 ? 'it is' : 'they are'} used; `;

export const templateMessages = {
  description: (keys: number, home: string) =>
    `Static key encryption for AWS Elemental MediaConnect: ${keysHere(keys)}the policy and the role by which MediaConnect reads secrets, in the home Region (${home} unless said otherwise). Made by mc-static-key export cloudformation. What it makes stays when the stack is deleted.`,
  header: [
    'The keys are not in here: they are parameters that CloudFormation masks. Whoever may update the stack can still get at them.',
    'Deploy it with CAPABILITY_NAMED_IAM to every Region in which a key is used, the home Region included.',
    'A policy gets no tags from CloudFormation; all else is as mc-static-key setup makes it.',
  ],
  onlyAccount: (account: string) =>
    `This template is for account ${account}. Deploy it there, or export one for this account.`,
  homeRegion:
    'The Region whose stack makes the policy and the role, which are there once for the whole account.',
  homeRegionRule: 'takes the name of a Region, such as us-west-2.',
  key: {
    'static-key': (secret: string) => `The static key of ${secret}: hexadecimal digits, and nothing else`,
    'srt-password': (secret: string) => `The SRT password of ${secret}: 10 to 80 printable characters`,
  },
  sameEverywhere: 'the same in every Region of an account',
  keyRule: {
    'static-key': (lengths: number[]) =>
      `takes ${lengths.join(', ').replace(/, (\d+)$/, ' or $1')} hexadecimal digits in one piece, without a line break.`,
    'srt-password':
      'takes 10 to 80 printable ASCII characters, without spaces or quotation marks around them, and no JSON.',
  },
  secretOutput: (secret: string) => `The ARN of the secret ${secret} in this Region`,
  policyOutput: (policy: string) => `The ARN of the policy ${policy}`,
  roleOutput: (role: string) => `The ARN of the role ${role}, for the encryption settings of flows`,
};
