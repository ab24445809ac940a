const list = (words: readonly string[], conjunction: string) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`;

/** Returns true for the subject of a wizard's question, such as `The name`; false for a flag, a field or a variable. */
function isAsked(what: string): boolean {
  return /^[A-Z][a-z]/.test(what);
}

/** Messages about invalid flags and answers. None of them repeats the value, which may be a key pasted into the wrong place. */
export const inputMessages = {
  title: (count: number) => `${count} invalid options`,
  helpHint:
    "Run 'mc-static-key --help' for the commands, or 'mc-static-key COMMAND --help' for the options of one.",
  profileWins: 'Access keys are set in the environment, but the profile is used instead.',
  plainHttp:
    'The endpoint is plain HTTP on another host, so your key would be sent unencrypted. Use https unless you trust this network.',

  looksLikeKey: (what: string) =>
    isAsked(what)
      ? `${what} looks like a key. Enter keys only at the key prompt.`
      : `${what} looks like a key. Provide keys with --key-file or --key-env, or at the key prompt.`,
  secretName: (what: string) => `${what} must be 1–512 characters: letters, digits and /_+=.@- only.`,
  secretPrefix: (what: string) =>
    `${what} must be the start of a secret name, without a wildcard: 1–500 letters, digits or /_+=.@- only.`,
  prefixMissing: '--policy-scope prefix requires a prefix. Add, for example, --policy-prefix live/',
  prefixAlone: '--policy-prefix requires --policy-scope prefix. Add it, or remove --policy-prefix.',
  outsidePrefix: (what: string) =>
    `${what} doesn't start with --policy-prefix, so the policy wouldn't cover this secret. Change the name or the prefix.`,
  policyName: (what: string) => `${what} must be 1–128 characters: letters, digits and +=,.@_- only.`,
  roleName: (what: string) => `${what} must be 1–64 characters: letters, digits and +=,.@_- only.`,
  roleReserved: (what: string) =>
    `${what} can't be MediaConnectAccessRole (reserved by AWS). Use another name, such as MediaConnect-ASM.`,
  roleDescription: (what: string) =>
    `${what} must be at most 1,000 Latin-1 characters, without control characters except line breaks and tabs.`,
  /** @param meant the Region that was probably meant, if there is one */
  region: (what: string, meant: string | undefined) =>
    meant === undefined
      ? `${what} must be a Region code, such as us-west-2.`
      : `${what} must be a Region code. Did you mean ${meant}?`,
  secretArn: (what: string) =>
    `${what} must be a full secret ARN with its 6 random characters, such as arn:aws:secretsmanager:us-west-2:111122223333:secret:studio-a-7g8H9i.`,
  roleArn: (what: string) =>
    `${what} must be a role ARN, such as arn:aws:iam::111122223333:role/MediaConnect-ASM.`,
  flowArn: (what: string) =>
    `${what} must be the ARN of a flow, router input or router output, such as arn:aws:mediaconnect:us-west-2:111122223333:flow:1-AbCd:game.`,
  roleOnce: 'Use either --role-name or --role-arn, not both.',
  boundary: (what: string) =>
    `${what} must be the ARN of a managed policy, such as arn:aws:iam::111122223333:policy/Boundary.`,
  sourceArn: (what: string) =>
    `${what} must be a MediaConnect ARN pattern, such as arn:aws:mediaconnect:us-west-2:111122223333:flow:*.`,
  kmsKeyId: (what: string) => `${what} must be a KMS key ID, key ARN or alias, such as alias/video-keys.`,
  kmsPartition: (what: string) =>
    `${what} is in a different AWS partition from the Region. Use a KMS key in the secret's partition.`,
  kmsRegions: (what: string) =>
    `${what} is a single-Region key, but the secret is in another Region. Use a multi-Region key (mrk-…) or an alias, or set up each Region separately.`,
  tagForm: (what: string) => `${what} must be KEY=VALUE, for example team=playout.`,
  tagKey: (what: string) =>
    `${what}: a tag key must be 1–128 characters, and a tag value at most 256. Use only letters, digits, spaces and _.:/=+-@. The tag key can't start with aws: (reserved by AWS).`,
  tagOwn: (what: string, key: string) => `${what}: the tag key ${key} is reserved. Use another tag key.`,
  tagTwice: (what: string) => `${what} has the same tag key twice. Remove one of the tags.`,
  tagCount: (what: string, most: number) =>
    `${what} has too many tags. Use at most ${most}: AWS allows 50, and mc-static-key adds 1.`,
  notBesideManifest: (flags: string[]) =>
    `--manifest can't be combined with ${list(flags, 'or')}. Put these settings in the manifest.`,
  oneOf: (what: string, choices: readonly string[]) => `${what} must be one of: ${choices.join(', ')}.`,
  yesOrNo: (what: string) => `${what} must be true or false.`,
  accountId: (what: string) => `${what} must be a 12-digit account ID, such as 111122223333.`,
  twoAccounts: (from: string) => `--account-id and ${from} name different accounts. Correct or remove one.`,
  endpointUrl: (what: string) => `${what} must be an HTTP or HTTPS URL, such as http://127.0.0.1:4566.`,
  headerValue: (what: string) =>
    `${what} contains characters that AWS credentials can't have. Set it again, or unset it.`,
  envName: (what: string) =>
    `${what} must be the name of an environment variable, such as MEDIACONNECT_KEY, not the key itself.`,
  keySources: 'Use only one of --key-file, --key-env and --generate.',
  notWithArn: (flags: readonly string[]) =>
    `--secret-arn uses existing secrets, so it can't be combined with ${list(flags, 'or')}.`,
  arnOrName: '--secret-arn already identifies the secret and Region. Remove --secret-name and --region.',
  arnsOfOneName:
    'All --secret-arn values must be for the same secret in different Regions. These have different names. Run the command once per secret.',
  rollbackTakesNoKey:
    "--rollback restores the previous key, so it can't be combined with --key-file, --key-env or --generate.",
  srtAlgorithm: '--algorithm applies to static keys only. Remove it, or use --key-type static-key.',
  srtGenerate: '--generate supports static keys only. For an SRT password, use --key-file or --key-env.',
  generateAlgorithm: '--generate and --algorithm name different algorithms. Remove --algorithm.',
  partitions: (what: string) =>
    `${what} are in different AWS partitions. Run the command once per partition.`,
  regionsOf: (what: string) => `The Regions in ${what}`,
  regionsAndArns: 'The Regions and ARNs',
  sandboxEndpoint:
    "--sandbox has its own endpoint and account, so it can't be combined with --endpoint-url or --profile.",
  outputPath: (what: string) => `${what} must be a file path, or - for standard output.`,
  port: (what: string) => `${what} must be a port number from 1 to 65535.`,

  unknownOption: (option: string) => `Unknown option: ${option}.`,
  unnamedUnknownOption: 'Unknown option.',
  didYouMean: (option: string) => `Did you mean ${option}?`,
  missingValue: (option: string) => `${option} requires a value.`,
  excess: 'Too many arguments. Put values that contain spaces in quotes.',
  defect: (name: string) => `Unexpected error (${name}).`,
  defectHint:
    'Please report this with the output of the same command plus --debug. The output never contains keys.',
  keyOption:
    "Keys can't be passed on the command line, where other users could see them. Use --key-file, --key-env or --generate, or enter the key when prompted.",
};
