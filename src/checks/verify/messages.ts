import { dayOf } from '../../text.ts';
import type { VerifyId } from './types.ts';

/** The question of each check, to follow on "can't tell". */
export const verifyQuestions: Record<VerifyId, string> = {
  'flow-messages': 'what MediaConnect says about it',
  'flow-exists': 'what the flow uses',
  'flow-account': 'whose flow it is',
  'flow-encryption': 'what its encryption is',
  'flow-protocol': 'whether its protocol takes the key',
  'flow-algorithm': 'whether its algorithm fits the key',
  'flow-secret': 'which secret it uses',
  'flow-role': 'which role it uses',
  'flow-other-end': 'whether it matches its other end',
  'router-messages': 'what MediaConnect says about it',
  'router-exists': 'what the router uses',
  'router-account': 'whose router input or output it is',
  'router-encryption': 'what its encryption is',
  'router-secret': 'which secret it uses',
  'router-role': 'which role it uses',
  'router-other-end': 'whether it matches its other end',
  'secret-exists': 'whether it exists',
  'secret-account': 'whose secret it is',
  'secret-deletion': 'whether it is scheduled for deletion',
  'secret-version': 'whether it has a current version',
  'secret-rotation': 'whether it rotates',
  'secret-plaintext': 'whether it holds plaintext',
  'secret-form': 'whether it holds the bare key',
  'secret-characters': 'whether its characters are right',
  'secret-length': 'whether its length is right',
  'secret-key': 'whether it holds the key given',
  'secret-same-key': 'whether it holds the same key as in the other Regions',
  'secret-kms-key': 'whether its KMS key can be used',
  'secret-resource-policy': 'whether its resource policy forbids reading',
  'role-exists': 'whether it exists',
  'role-account': 'whose role it is',
  'role-name': 'whether its name is reserved',
  'role-path': 'whether it has a path',
  'role-trust': 'whether MediaConnect may assume it',
  'role-guard': 'whether flows of other accounts are kept out',
  'role-policies': 'what all its policies say',
  'role-policy-attached': 'whether the policy is attached',
  'role-reads-secret': 'whether it may read the secret',
  'role-decrypts-secret': "whether it may use the secret's KMS key",
  'policy-reads-only': 'whether it allows more than reading',
  'policy-scope': 'which secrets it allows',
  'caller-pass-role': 'whether you may pass the role to MediaConnect',
};

const list = (items: readonly string[]) => items.join(', ');

const mediaIn = (arn: string) =>
  ({ routerInput: 'router input', routerOutput: 'router output' })[arn.split(':')[5] ?? ''] ?? 'flow';

/** What the checks of `verify` have found. The good ones are short: many of them stand on one line. */
export const verifyMessages = {
  denied: (id: VerifyId, action: string) =>
    `${verifyQuestions[id]} cannot be told without the permission ${action}`,
  untold: (id: VerifyId, message: string) => `${verifyQuestions[id]} cannot be told: ${message}`,
  open: (id: VerifyId, because: string) =>
    `${verifyQuestions[id]} depends on what cannot be known from here: ${because}`,
  otherAccount: (account: string, own: string) =>
    `belongs to account ${account}, and these are credentials of ${own}; MediaConnect uses what is in the account of the flow`,
  otherPartition: (partition: string, own: string) =>
    `is of the partition ${partition}, and these are credentials of ${own}, which are good for nothing there`,

  exists: 'exists',
  alive: 'not scheduled for deletion',
  deleted: (at: Date) => `is scheduled for deletion (${dayOf(at)}); until it is restored nobody can read it`,
  rotates: 'rotates by itself, which breaks the stream each time',
  steady: 'no rotation',
  otherArn: 'there is no secret of this ARN, but another one of its name',
  arnWithoutEnd: 'this ARN lacks its end: the hyphen and six characters that Secrets Manager adds',
  arnEnd: (region: string) =>
    `there is no such secret in ${region}: the name has the end of an ARN, a hyphen and six characters, after it`,
  elsewhere: (region: string, regions: string[]) =>
    `is not in ${region}, only in ${list(regions)}; MediaConnect reads a secret in the Region of the flow`,
  absent: 'there is no such secret',
  nowhere: (region: string) =>
    `there is no such secret in ${region}, nor in another Region that could be looked at`,

  hasVersion: 'has a current version',
  noVersion: 'has no current version, so that there is nothing to read',
  binary: 'holds bytes (SecretBinary); MediaConnect takes plaintext',
  plaintext: 'plaintext',
  bare: 'the bare key',
  hexadecimal: 'hexadecimal',
  printable: 'printable',
  digits: (length: number, algorithm: string) => `${length} digits (${algorithm})`,
  passwordLength: '10 to 80 characters',
  thisKey: 'the key given',
  otherKey: 'holds another key than the one given',
  sameKey: (region: string) => `the same key as in ${region}`,
  otherKeyThan: (region: string) => `holds another key than in ${region}`,

  noResourcePolicy: 'no resource policy',
  resourcePolicyLets: 'its resource policy does not forbid reading',
  policyNotUnderstood: 'the resource policy',

  noRole: 'there is no such role',
  otherPath: 'there is no role of this ARN, but one of its name with another path, or in another letter case',
  reservedName: 'has the name MediaConnectAccessRole, which AWS reserves',
  freeName: 'its name is not reserved',
  noPath: 'no path',
  path: (path: string) => `has the path ${path}; newer MediaConnect API operations reject a role with a path`,
  trustUnreadable: 'its trust policy cannot be parsed as an IAM policy',
  notTrusted: (because: string, flow: string | undefined) =>
    `MediaConnect may not assume it${flow === undefined ? '' : ` for this ${mediaIn(flow)}`}: ${because}`,
  trusted: 'MediaConnect may assume it',
  trustedForSome: 'MediaConnect may assume it, for some flows only',
  guarded: 'flows of other accounts are kept out',
  noGuard:
    'its trust policy does not ask for this account (aws:SourceAccount), so that flows of other accounts might use it',
  letsIn: (accounts: string[]) => `its trust policy also trusts flows of other accounts: ${list(accounts)}`,
  attached: (name: string) => `the policy ${name} is attached`,
  notAttached: (name: string) => `the policy ${name} is not attached`,
  policiesRead: 'its policies are well-formed',
  policyUnreadable: (name: string) => `the policy ${name} cannot be parsed as an IAM policy`,
  mayRead: (name: string, region: string) => `may read ${name} (${region})`,
  mayDecrypt: (name: string, region: string) => `may use the KMS key of ${name} (${region})`,
  mayNot: (actions: string[], because: string) => `the role can't perform ${list(actions)}: ${because}`,
  readsOnly: (name: string) => `${name} only reads`,
  guidesMistake:
    'SecretsManagerReadWrite allows changing and deleting every secret of the account; step 3 of the AWS guide names it by mistake',
  allowsMore: (name: string, action: string) => `${name} allows more than reading secrets, such as ${action}`,
  namedSecrets: (name: string) => `${name} is for named secrets`,
  prefixes: (name: string, prefixes: string[]) =>
    `${name} is for secrets whose names begin with ${prefixes.join(' or ')}`,
  anySecret: (name: string) => `${name} allows reading every secret, not only those that MediaConnect needs`,

  rootPasses: 'as root, you may pass the role to MediaConnect',
  passes: 'you may pass the role to MediaConnect',
  noSimulator: "IAM's policy simulator did not answer",
  federated: 'what a federated user may do is not in IAM',
  passesNot:
    'you may not pass the role to MediaConnect (iam:PassRole), which whoever puts it into a flow must',
  passDenied:
    'a policy forbids you to pass the role to MediaConnect (iam:PassRole), which whoever puts it into a flow must',

  noFlow: 'there is no such flow',
  part: (kind: string, name: string, protocol: string | undefined) =>
    `${kind} ${name}${protocol === undefined ? '' : ` (${protocol})`}`,
  notEncrypted: (what: string) => `${what}: not encrypted`,
  speke: (what: string) => `${what}: SPEKE, which has no secret`,
  encrypted: (what: string, how: string) => `${what}: ${how}`,
  wrongKeyType: (keyType: string, protocol: string) =>
    `has the key type ${keyType}, which ${protocol} does not take`,
  passwordWithAlgorithm: 'has an algorithm, and an SRT password takes none',
  noAlgorithm: 'has no algorithm, and a static key needs one',
  otherAlgorithm: (algorithm: string, fitting: string) =>
    `has the algorithm ${algorithm}, and the key in the secret is for ${fitting}`,
  noSecret: 'names no secret by its full ARN',
  secretElsewhere: (there: string, region: string) =>
    `names a secret in ${there}, and the flow is in ${region}; MediaConnect reads it in the Region of the flow`,
  noRoleNamed: 'names no role',
};
