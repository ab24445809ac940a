/** Texts of an exported script: its comments, which explain it to a reviewer, and its messages. */
export const scriptMessages = {
  header: [
    'Sets up static key encryption for AWS Elemental MediaConnect, as "mc-static-key setup" does:',
    'a Secrets Manager secret for each key in every Region that uses it, an IAM policy that grants read',
    'access to the secrets, and an IAM role that MediaConnect can assume.',
    'Created by "mc-static-key export script".',
    '',
    'Creates what is missing and changes nothing that exists. Safe to run again.',
    'If an existing resource differs, the script stops before it creates anything. To update that',
    'resource, use "mc-static-key setup".',
    'Requirements: bash 3.2 or later, the AWS CLI (1 or 2), and AWS credentials.',
  ],
  keysTitle:
    'This script contains no keys. Each key is read from the file named by a variable (- for standard input):',
  noTrace: 'Tracing and exported variables would expose the keys.',
  noInput: 'With standard input closed, the next opened file would take its place.',
  noPager: 'The script reads the output of the AWS CLI, so it uses no pager.',
  regionOfGlobalServices: 'IAM and STS are global. The AWS CLI calls them with this Region.',
  readingTitle: 'The keys. All keys are read and checked before anything is created.',
  accountTitle: 'The account of the credentials.',
  onlyAccount: 'This script is for one account. In any other account, it stops before it changes anything.',
  otherAccount: (account: string) =>
    `not to ${account}, the account that this script is for. Nothing was changed.`,
  secretTitle: (secret: string) =>
    `Secret ${secret}. The whole value of the secret is the key, as MediaConnect requires.`,
  existingTitle: (secret: string) => `Secret ${secret} must exist. Only its ARN is needed.`,
  adoptTitle: 'If a secret with this name already has a key, use that key. Otherwise, generate one.',
  checkAllTitle: 'Check what exists. A conflict stops the script before it creates anything.',
  checkTitle: 'Policies and roles.',
  createAllTitle: 'No conflicts. Create what is missing.',
  createSecretTitle: (secret: string) => `Secret ${secret}.`,
  createPolicyTitle: (policy: string) => `Policy ${policy}.`,
  createRoleTitle: (role: string) => `Role ${role} and its policies.`,
  policyTitle: (policy: string) => `Policy ${policy}, which grants read access to the secrets.`,
  roleTitle: (role: string) => `Trust policy of role ${role}. MediaConnect can assume the role.`,
  resultTitle: 'The ARNs for the encryption settings of flows.',

  functions: {
    stop: 'Prints a message and exits. The codes are those of mc-static-key: 1 AWS failed, 2 invalid key, 3 conflict, 4 wrong account.',
    call: 'Runs the AWS CLI, which prints its own errors. Stops if it fails.',
    exists:
      'Checks whether something exists. The first argument is the error code for "not found", the rest is for the AWS CLI. Sets "response" to its output.',
    readKey:
      'Reads a key from a file into "key". Arguments: the variable that names the file, and the file. Removes one line break at the end. Bash would drop zero bytes, so they are replaced by a character that is not valid in a key.',
    digits: 'Stops unless the key is hexadecimal and has one of these numbers of digits.',
    password: 'Stops unless the key is a valid SRT password.',
    generate: 'Generates a random key with this number of digits.',
    findSecret:
      'Finds a secret. Arguments: Region, name or ARN, and the expected KMS key. If the secret exists, sets "arn".',
    kmsName:
      'Prints the account and the name of a KMS key (ID, alias or ARN). Prints nothing for the AWS managed key.',
    isKmsKey: 'Checks whether two KMS keys can be the same. Only KMS knows which key an alias stands for.',
    readStoredValue:
      'Reads the value of a secret (Region, ARN) into "stored_value", as JSON, which shows a line break at its end.',
    isStored:
      'Checks whether the stored value is the key. Argument: the key type. In a static key, uppercase and lowercase letters are the same.',
    checkSecret:
      'Checks a secret. Arguments: key type, Region, name and KMS key. Stops if the secret holds a different key. If "key" is empty, uses the stored key. Sets "arn", which is empty if the secret is missing.',
    createSecret:
      'Creates a missing secret. Arguments: Region, name, ARN if it exists, and options of create-secret. Sets "arn".',
    useSecret: 'Finds a secret that must exist. Arguments: Region, name or ARN, and KMS key. Sets "arn".',
    normalized: 'Prints a document without white space, and with lists of one item as IAM returns them.',
    foundNames: 'Existing policies and roles that match.',
    checkPolicy:
      'Checks a policy. Arguments: name, and the function that prints its document. Stops if the existing document differs.',
    createPolicy:
      'Creates a missing policy. Arguments: name, the function that prints its document, and options of create-policy.',
    checkRole:
      'Checks a role. Arguments: name, the function that prints its trust policy, and the permissions boundary. Stops if the existing role differs.',
    createRole:
      'Creates a missing role. Arguments: name, the function that prints its trust policy, and options of create-role.',
    attach: 'Attaches a policy to a role.',
  },
  waits: 'IAM needs a moment to show a new resource.',

  credentialsOf: 'These credentials belong to account',
  failed: 'failed. Resources created so far remain. To continue, run this script again.',
  unreadable: 'must be the path of a readable file, or - for standard input.',
  noKey: 'no key. The file or the variable for it is empty or not set.',
  notHex: 'the key must be hexadecimal digits only (0-9, a-f), without spaces, quotes or 0x.',
  wrongLength: 'hexadecimal digits. Valid lengths:',
  hasDigits: 'the key has',
  notPassword:
    'an SRT password must be 10 to 80 printable ASCII characters, without surrounding spaces or quotes, and not JSON.',
  deleted: 'is scheduled for deletion. To restore it, run: aws secretsmanager restore-secret',
  otherKms: 'is encrypted with a different KMS key than this script expects. Use mc-static-key setup.',
  otherValue: 'holds a different value, which was kept. To store a new key, use mc-static-key rotate.',
  notFound: 'not found. Create it first, or export the script again.',
  otherPolicy:
    'already exists with a different document, which was kept. To add what is missing, use mc-static-key setup.',
  otherTrust:
    'already exists with a different trust policy, which was kept. Use mc-static-key setup, or another role.',
  otherBoundary: 'already exists with a different permissions boundary. Use another role.',
  created: 'created',
  kept: 'already exists',
  attached: 'attached to',
};
