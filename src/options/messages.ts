/** Messages about invalid flags and answers. None of them repeats the value, which may be a key pasted into the wrong place. */
export const inputMessages = {
  title: (count: number) =>
    count === 1 ? 'The command line has a mistake' : `The command line has ${count} mistakes`,
  helpHint: "'mc-static-key --help' lists the commands, and 'mc-static-key COMMAND --help' their options.",
  profileWins: 'There is a profile as well as access keys in the environment; the profile is used.',
  plainHttp:
    'The endpoint is plain http, and requests to it leave this machine. Anyone on the way can read the key. Use https, unless the network is your own.',

  looksLikeKey: (what: string) =>
    `${what} looks like a key. Keys are given with --key-file, --key-env or in the wizard, never as a name.`,
  secretName: (what: string) =>
    `${what} takes 1 to 512 letters, digits or the characters /_+=.@- and nothing else.`,
  secretPrefix: (what: string) =>
    `${what} takes the beginning of names of secrets, without a wildcard: 1 to 500 letters, digits or the characters /_+=.@- and nothing else.`,
  prefixMissing: '--policy-scope prefix needs the prefix: add, for example, --policy-prefix live/',
  prefixAlone: '--policy-prefix belongs to --policy-scope prefix: add that, or leave it out.',
  outsidePrefix: (what: string) =>
    `${what} does not begin with the prefix of --policy-prefix, so that the policy would not allow reading the secret. Give it a name that does, or another prefix.`,
  policyName: (what: string) =>
    `${what} takes 1 to 128 letters, digits or the characters +=,.@_- and nothing else.`,
  roleName: (what: string) =>
    `${what} takes 1 to 64 letters, digits or the characters +=,.@_- and nothing else.`,
  roleReserved: (what: string) =>
    `${what} must not be MediaConnectAccessRole, which AWS reserves. Take, for example, MediaConnect-ASM.`,
  roleDescription: (what: string) =>
    `${what} takes at most 1,000 characters of the Latin-1 alphabet, without control characters other than line breaks and tabs.`,
  region: (what: string) => `${what} takes the name of a Region, such as us-west-2.`,
  secretArn: (what: string) =>
    `${what} takes the full ARN of a secret, such as arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i, its six random characters included.`,
  roleArn: (what: string) =>
    `${what} takes the ARN of a role, such as arn:aws:iam::111122223333:role/MediaConnect-ASM.`,
  flowArn: (what: string) =>
    `${what} takes the ARN of a flow, a router input or a router output, such as arn:aws:mediaconnect:us-west-2:111122223333:flow:1-AbCd:game.`,
  roleOnce: 'Name the role in one way only: --role-name or --role-arn.',
  boundary: (what: string) =>
    `${what} takes the ARN of a managed policy, such as arn:aws:iam::111122223333:policy/Boundary.`,
  sourceArn: (what: string) =>
    `${what} takes an ARN pattern of MediaConnect, such as arn:aws:mediaconnect:us-west-2:111122223333:flow:*.`,
  kmsKeyId: (what: string) => `${what} takes a KMS key ID, a key ARN, or an alias such as alias/video-keys.`,
  kmsPartition: (what: string) =>
    `${what} names a key of another AWS partition than the Region. Use a key in the secret's partition.`,
  kmsRegions: (what: string) =>
    `${what} names a key of one Region, and the secret is to be in another. Give a multi-Region key (mrk-…) or an alias, or set up each Region by itself.`,
  tagForm: (what: string) => `${what} takes KEY=VALUE, for example team=playout.`,
  tagKey: (what: string) =>
    `${what}: a tag's key has 1 to 128, its value up to 256 letters, digits, spaces or the characters _.:/=+-@, and the key does not begin with aws:.`,
  tagOwn: (what: string, key: string) => `${what}: the tag ${key} is the program's own.`,
  tagTwice: (what: string) => `${what} gives the same tag key twice.`,
  tagCount: (what: string, most: number) =>
    `${what}: AWS takes 50 tags, one of which is the program's own, so at most ${most} can be given.`,
  notBesideManifest: (flags: string[]) =>
    `--manifest says all about the keys, so it does not go together with ${flags.join(', ')}. Put that into the file, or leave --manifest out.`,
  oneOf: (what: string, choices: readonly string[]) => `${what} takes one of: ${choices.join(', ')}.`,
  yesOrNo: (what: string) => `${what} takes true or false.`,
  accountId: (what: string) => `${what} takes the twelve digits of an account, such as 111122223333.`,
  twoAccounts: (from: string) =>
    `--account-id and ${from} name different accounts. Give one, or make them agree.`,
  endpointUrl: (what: string) => `${what} takes a URL, such as http://127.0.0.1:4566.`,
  headerValue: (what: string) =>
    `${what} holds characters that no AWS credentials have. Set it again, or take it out of the environment.`,
  envName: (what: string) =>
    `${what} takes the name of an environment variable, such as MEDIACONNECT_KEY; the key itself stays in the variable.`,
  keySources: 'Give the key in one way only: --key-file, --key-env or --generate.',
  notWithArn: (flags: readonly string[]) =>
    `--secret-arn uses secrets that exist, so it does not go together with ${flags.slice(0, -1).join(', ')} or ${flags.at(-1)}.`,
  arnOrName:
    '--secret-arn says which secret is meant, and in which Region. Leave --secret-name and --region out.',
  arnsOfOneName: '--secret-arn takes the ARNs of one secret in its Regions; these have different names.',
  rollbackTakesNoKey:
    '--rollback goes back to the key before the last rotation, so it does not go together with --key-file, --key-env or --generate.',
  srtAlgorithm:
    '--algorithm belongs to static keys; an SRT password has none. Leave it out, or give --key-type static-key.',
  srtGenerate: '--generate makes static keys. For an SRT password give --key-file or --key-env.',
  generateAlgorithm: '--generate and --algorithm name different algorithms. Leave --algorithm out.',
  partitions: (what: string) =>
    `${what} belong to different partitions of AWS, and so to different accounts. Give those of one partition at a time.`,
  regionsOf: (what: string) => `The Regions in ${what}`,
  regionsAndArns: 'The Regions and ARNs',
  sandboxEndpoint:
    '--sandbox brings its own endpoint and account, so it does not go together with --endpoint-url or --profile.',
  outputPath: (what: string) => `${what} takes the path of a file, or - for standard output.`,
  port: (what: string) => `${what} takes a port from 1 to 65535.`,

  unknownOption: (option: string) => `There is no option ${option}.`,
  unnamedUnknownOption: 'There is no such option.',
  didYouMean: (option: string) => `Did you mean ${option}?`,
  missingValue: (option: string) => `${option} needs a value.`,
  excess: 'There are more words than the command takes. Were quotes forgotten around a value?',
  defect: (name: string) => `Something went wrong inside the program (${name}).`,
  defectHint: 'Please report it with the output of the same command and --debug, which shows no key.',
  keyOption:
    'A key is never given on the command line, where others can see it. Use --key-file, --key-env or --generate, or be asked.',
  unknownCommand: 'There is no such command.',
  incomplete: 'The command is not complete: something has to follow. Its --help says what.',
};
