/** Texts of an exported script: its comments, which explain it to a reviewer, and its messages. */
export const scriptMessages = {
  header: [
    'Sets up static key encryption for AWS Elemental MediaConnect, as "mc-static-key setup" does:',
    'the key as a secret in every Region that uses it, a policy that allows reading it, and a role that',
    'MediaConnect may assume. Made by "mc-static-key export script".',
    '',
    'It makes what is missing and changes nothing that is there. Run it again, and it finds everything in',
    'place. What is there but is not as it should be stops it before it makes anything; "mc-static-key setup"',
    'can bring that in line.',
    'It needs bash 3.2 or newer, the AWS CLI (1 or 2), and credentials as the AWS CLI takes them.',
  ],
  keysTitle:
    'The keys are not in here. Each is read from a file (- is standard input) that a variable names:',
  noTrace: 'A trace, or the environment of other programs, would show the keys.',
  noInput: 'A standard input that is closed would be whatever is opened next.',
  noPager: 'Answers are read here, not by a person.',
  regionOfGlobalServices: 'IAM and STS are global; this is the Region in which they are addressed.',
  readingTitle: 'The keys. All of them are read and checked before anything is made.',
  accountTitle: 'Whose account it is.',
  onlyAccount: 'This script is for one account. In any other account, it stops before it changes anything.',
  otherAccount: (account: string) =>
    `not to ${account}, the account that this script is for. Nothing was changed.`,
  secretTitle: (secret: string) =>
    `The secret ${secret}: the whole value is the key, as MediaConnect wants it.`,
  existingTitle: (secret: string) => `The secret ${secret} is there already; only its ARN is wanted.`,
  adoptTitle: 'A key that a secret of this name holds already is taken; else a new one is made.',
  lookTitle:
    'First a look at all that is there. What is in the way stops the script before it makes anything.',
  checkTitle: 'The policies and roles.',
  makeTitle: 'Nothing is in the way. From here on, what is missing is made.',
  makeSecretTitle: (secret: string) => `The secret ${secret}.`,
  makePolicyTitle: (policy: string) => `The policy ${policy}.`,
  makeRoleTitle: (role: string) => `The role ${role}, with its policies.`,
  policyTitle: (policy: string) => `The policy ${policy}, which lets a role read the secrets.`,
  roleTitle: (role: string) => `The role ${role}, which MediaConnect may assume.`,
  resultTitle: 'What the encryption settings of flows take.',

  functions: {
    stop: 'Prints a message and exits. The codes are those of mc-static-key: 1 AWS failed, 2 invalid key, 3 conflict, 4 wrong account.',
    call: 'Runs the AWS CLI, which says itself what is wrong. Stops where that fails.',
    exists:
      'Asks AWS about something that may not be there. The first argument is the error that says so; the rest is for the AWS CLI. When it is there, "response" is what AWS says.',
    readKey:
      'Reads a key into "key", to its last character, from a file (the variable that names it, and its name). One line break at the end is dropped. Bash would drop zeros too, so they become something that is no part of a key.',
    digits: 'Stops unless the key is hexadecimal and has one of these numbers of digits.',
    password: 'Stops unless the key can be an SRT password.',
    generate: 'Makes a key of so many digits from the randomness of the system.',
    findSecret:
      'Looks for a secret (Region, name or ARN, the KMS key that is wanted). When it is there, "arn" is its ARN.',
    kmsName:
      'The account of a KMS key (an ID, an alias, or the ARN of one) and its name there; nothing for the AWS managed key.',
    isKmsKey:
      'Whether the first KMS key may be the second one. Only KMS knows which key an alias stands for.',
    readStoredValue:
      'Reads what a secret (Region, ARN) holds into "stored_value", as JSON, in which a line break at its end can be seen.',
    isStored:
      'Whether that is the key, which is of this kind. The hexadecimal letters of a static key mean the same in either case.',
    checkSecret:
      'Looks at a secret: its kind of key, Region, name and KMS key. Stops where it holds another key; without a key, takes the one it holds. Afterwards "arn" is its ARN, or empty where there is none.',
    makeSecret:
      'Makes a secret: its Region, name, its ARN where it is there already, and what create-secret is given. Afterwards "arn" is its ARN.',
    useSecret: 'Finds a secret (Region, name or ARN) that has to be there. Afterwards "arn" is its ARN.',
    normalized: 'A document without white space, and with lists of one as IAM gives them back.',
    foundNames: 'The policies and roles that are there already, as they should be.',
    checkPolicy:
      'Looks at a policy: its name, and the function that prints its document. Stops where it says something else.',
    makePolicy:
      'Makes a policy that is missing: its name, the function that prints its document, and what create-policy is given.',
    checkRole:
      'Looks at a role: its name, the function that prints its trust policy, and its boundary. Stops where it has others.',
    makeRole:
      'Makes a role that is missing: its name, the function that prints its trust policy, and what create-role is given.',
    attach: 'Attaches a policy to a role.',
  },
  waits: 'IAM may not know at once what was made a moment ago.',

  credentialsOf: 'These credentials belong to account',
  failed: 'failed. What was made before stays; run this again to go on.',
  unreadable: 'names no file that can be read. It takes the path of one, or - for standard input.',
  noKey: 'there is no key. The file or the variable that should hold it is empty or not set.',
  notHex: 'the key is not hexadecimal digits in one piece (0-9, a-f), without spaces, quotes or 0x.',
  wrongLength: 'hexadecimal digits. It takes this many:',
  hasDigits: 'the key has',
  notPassword:
    'an SRT password has 10 to 80 printable ASCII characters, without spaces or quotes around it, and is not JSON.',
  deleted: 'is scheduled for deletion. Restore it first: aws secretsmanager restore-secret',
  otherKms: 'is encrypted with another KMS key than this script was made for. Use mc-static-key setup.',
  otherValue: 'holds another value. It is left as it is. To store a new key, use mc-static-key rotate.',
  notThere: 'is not there.',
  otherPolicy:
    'is there already and does not say the same. It is left as it is. mc-static-key setup can add to it what is missing.',
  otherTrust:
    'is there already and trusts others than it should. It is left as it is. Use mc-static-key setup, or another role.',
  otherBoundary: 'is there already and has another permissions boundary. Use another role.',
  made: 'made',
  kept: 'in place already',
  attached: 'attached to',
};
