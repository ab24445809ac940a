/** Sentences about AWS refusing, failing or not being reached. */

export const awsWords = {
  accessDenied: (action: string, resource: string, caller: string | undefined) =>
    `AWS does not allow ${caller ?? 'these credentials'} to do ${action} on ${resource}.`,
  accessDeniedHint: (action: string, resource: string) =>
    `Ask for a policy that allows ${action} on ${resource}, then run the same command again.`,
  accessDeniedByScp: 'An organization policy (SCP) or a permissions boundary may be what forbids it.',

  noCredentials: 'No AWS credentials were found.',
  noCredentialsHint: (profile: string | undefined) =>
    profile
      ? `Run 'aws configure --profile ${profile}' or 'aws sso login --profile ${profile}', or name another profile with --profile.`
      : "Run 'aws configure' or 'aws sso login', name a profile with --profile, or try --sandbox, which needs no account.",
  ssoExpired: 'The AWS SSO session has ended.',
  expired: 'The AWS credentials have expired.',
  expiredHint: (profile: string | undefined) =>
    profile
      ? `Run 'aws sso login --profile ${profile}' (or get new credentials the way you got these), then run the same command again.`
      : "Run 'aws sso login' (or get new credentials the way you got these), then run the same command again.",
  invalidCredentials: 'AWS does not know these credentials, or their secret part is wrong.',
  invalidCredentialsHint:
    "Check the access key with 'aws sts get-caller-identity'. Credentials for China or GovCloud need a --region there.",
  clockSkew: "This machine's clock is too far off for AWS to accept its requests.",
  clockSkewHint: 'Set the clock (NTP), then run the same command again.',
  mfaCannotAsk: (serial: string) =>
    `The profile needs a code from the MFA device ${serial}, and there is no terminal to ask for it.`,
  mfaCannotAskHint:
    "Run the command in a terminal, or get session credentials first with 'aws sts get-session-token'.",

  mfaRefused: 'AWS did not accept the code of the MFA device.',
  mfaRefusedHint: 'A code is good for one use. Wait for the next one, then run the same command again.',

  unreachable: (action: string, region: string) => `AWS could not be reached for ${action} (${region}).`,
  unreachableHint:
    'Check the network, the name of the Region and, if one is set, the endpoint URL. Then run the same command again.',
  timedOut: (action: string, region: string) => `AWS did not answer in time to ${action} (${region}).`,
  notAws: (action: string) => `What answered to ${action} was not AWS.`,
  notAwsHint: 'A proxy or a wrong endpoint URL may stand between. Check --endpoint-url and AWS_ENDPOINT_URL.',
  throttled: (action: string, attempts: number) =>
    `AWS kept throttling ${action}; it was tried ${attempts} times.`,
  throttledHint: 'Wait a minute, then run the same command again: it continues where it stopped.',
  regionOff: (region: string) => `The Region ${region} is not enabled in this account, or does not exist.`,
  regionOffHint: 'Enable it in the account settings, or give another --region.',
  service: (action: string, resource: string, code: string, message: string) =>
    `AWS answered ${code} to ${action} on ${resource}: ${message}`,
  serviceFault: (action: string, resource: string, code: string) =>
    `AWS had an internal error (${code}) during ${action} on ${resource}.`,
  tryAgainHint: 'Run the same command again: it continues where it stopped.',
};
