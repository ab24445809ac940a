import type { Fix } from '../failure.ts';
import { awsCommand } from '../ui/commands.ts';

/** Messages about AWS denying a request, failing, or being unreachable. */
export const awsMessages = {
  /** In Regional services, each Region can have a resource with this name. */
  inRegion: (resource: string, region: string) => `${resource} (${region})`,
  accessDenied: (action: string, resource: string, caller: string | undefined) =>
    `AWS does not allow ${caller ?? 'these credentials'} to do ${action} on ${resource}.`,
  accessDeniedHint: (action: string, resource: string) =>
    `Ask for a policy that allows ${action} on ${resource}, then run the same command again. 'mc-static-key permissions COMMAND' prints all that a command needs.`,
  denyingPolicy: (policy: string, explicit: boolean, arn: string | undefined) => {
    const article = policy === 'identity-based policy' ? 'an' : 'a';
    const sentence = explicit ? `A statement of ${article} ${policy} denies it` : `No ${policy} allows it`;
    return arn === undefined ? `${sentence}.` : `${sentence}: ${arn}`;
  },
  denialHints: {
    'service control policy': (action: string) =>
      `Ask the administrator of the AWS organization to let you do ${action}. No policy in this account can allow it.`,
    'resource control policy': (action: string, resource: string) =>
      `Ask the administrator of the AWS organization to allow ${action} on ${resource}. No policy in this account can allow it.`,
    'permissions boundary': (action: string) =>
      `Ask whoever set your permissions boundary to let it allow ${action}.`,
    'session policy': (action: string) =>
      `Use credentials with no session policy, or with one that allows ${action}.`,
    'VPC endpoint policy': (action: string) =>
      `Change the VPC endpoint policy so that it permits ${action}, or run the command from another network.`,
    'identity-based policy': (action: string, resource: string) =>
      `Change or remove the statement in that policy that denies ${action} on ${resource}.`,
    'resource-based policy': (action: string, resource: string) =>
      `Change the policy of ${resource} itself so that it permits ${action}.`,
  },
  deniedByResourcePolicyHint: (action: string, resource: string) =>
    `Change the policy of ${resource} itself, which denies ${action}. A policy that allows it does not help.`,
  /** What a denying policy often requires of new resources. */
  oftenRequired: {
    role: 'Such policies often require a permissions boundary on each new role (--permissions-boundary ARN), or certain tags (--tag KEY=VALUE).',
    other: 'Such policies often require certain tags on new resources (--tag KEY=VALUE).',
  },
  kmsKey: (id: string) => `the KMS key ${id}`,
  kmsKeyOfSecret: (secret: string) => `the KMS key of the secret ${secret}`,
  kmsKeyOfVersion: (secret: string) => `the KMS key of this version of the secret ${secret}`,
  kmsDeniedHint: (action: string, key: string) =>
    `Ask for a policy that allows ${action} on ${key}, then run the same command again. If its key policy denies it, a policy that allows it does not help: change the key policy.`,
  kmsSays: (message: string) => `Secrets Manager adds: ${message}`,
  kmsDenied:
    'It is about the KMS key of the secret. Storing a value takes kms:GenerateDataKey and kms:Decrypt on it, reading one kms:Decrypt; AWS does not say which of them is missing.',

  expired: 'The AWS credentials have expired.',
  expiredHint:
    "Get new credentials the way you got these, such as with 'aws sso login'. Then run the same command again.",
  invalidCredentials: 'AWS does not recognize these credentials, or the secret access key is wrong.',
  invalidCredentialsHint: (region: string, profile: string | undefined): Fix => ({
    remedy:
      'Credentials for China or GovCloud work only in Regions there (--region). To check the access key:',
    command: awsCommand(
      'sts',
      'get-caller-identity',
      ...(region === '' ? [] : ['--region', region]),
      ...(profile === undefined ? [] : ['--profile', profile]),
    ),
  }),
  invalidOrRegionOff: (region: string) =>
    `AWS does not recognize these credentials in ${region}: they are wrong, or that Region is not enabled in the account.`,
  invalidOrRegionOffHint: (): Fix => ({
    remedy:
      'If the access key works elsewhere, enable the Region, or use another one (--region). To check the access key elsewhere:',
    command: awsCommand('sts', 'get-caller-identity', '--region', 'us-east-1'),
  }),
  clockSkew: "This machine's clock is too far off for AWS to accept its requests.",
  clockSkewHint: 'Set the clock (NTP), then run the same command again.',
  mfaCannotAsk: (serial: string) =>
    `The profile needs a code from the MFA device ${serial}, and there is no terminal to ask for it.`,
  mfaCannotAskHint:
    "Run the command in a terminal, or get session credentials first with 'aws sts get-session-token'.",

  mfaRefused: 'AWS did not accept the code of the MFA device.',
  mfaRefusedHint: 'A code is good for one use. Wait for the next one, then run the same command again.',

  unreachable: (action: string, region: string) => `AWS could not be reached for ${action} (${region}).`,
  unreachableHint: 'Check the network and the name of the Region. Then run the same command again.',
  endpointUnreachable: (url: string, from: string, action: string) =>
    `The endpoint ${url} (${from}) could not be reached for ${action}.`,
  endpointTimedOut: (url: string, from: string, action: string, seconds: number) =>
    `The endpoint ${url} (${from}) did not answer ${action} in ${Math.round(seconds)} s.`,
  endpointUnreachableHint: (from: string) =>
    `Check the network and the endpoint URL (${from}). Then run the same command again.`,
  timedOut: (action: string, region: string, seconds: number) =>
    `AWS did not answer ${action} (${region}) in ${Math.round(seconds)} s.`,
  /** Shown while waiting for AWS to respond. */
  answerTo: (action: string) => `AWS to answer ${action}`,
  notAws: (action: string) => `What answered to ${action} was not AWS.`,
  notAwsHint:
    'A proxy, a login page of the network or a wrong endpoint URL may stand between. Check --endpoint-url and AWS_ENDPOINT_URL, and open any web page to see whether the network wants a login.',
  noSuchEndpoint: (host: string) => `No address was found for AWS's endpoint ${host}.`,
  endpointHint: (host: string, region: string) =>
    `Check the name of the Region, ${region}${
      /fips/.test(host)
        ? '; not every Region has a FIPS endpoint, which AWS_USE_FIPS_ENDPOINT (or use_fips_endpoint in the profile) asks for'
        : ''
    }${
      /\.api\.(aws|amazonwebservices\.com\.cn)$/.test(host)
        ? '; not every Region has a dual-stack endpoint, which AWS_USE_DUALSTACK_ENDPOINT (or use_dualstack_endpoint in the profile) asks for'
        : ''
    }; and that the names of other servers are found. Then run the same command again.`,
  untrusted: (code: string) =>
    `Node.js on this machine does not trust the issuer of the server's certificate (${code}).`,
  untrustedHint:
    'A proxy that inspects encrypted connections does that, or an endpoint other than AWS. Name a PEM file with its root certificate in NODE_EXTRA_CA_CERTS, which adds it to those that Node trusts. AWS_CA_BUNDLE, or ca_bundle in the profile, names all that are trusted instead. Then run the same command again.',
  notInBundle: (file: string, from: string, code: string) =>
    `The issuer of the server's certificate is not in ${file} (${from}), so it is not trusted (${code}).`,
  notInBundleHint: (file: string) =>
    `Add the root certificate (PEM) of the proxy or the endpoint to ${file}. To reach AWS directly, add Amazon's root certificates too. Then run the same command again.`,
  outOfDate: (code: string) =>
    `By this machine's clock, the server's certificate is not valid now (${code}).`,
  outOfDateHint: 'Check the clock. If it is right, ask the administrator of the proxy or the endpoint.',
  proxyUrl: (variable: string) => `${variable} is not a URL.`,
  proxyNotHttp: (variable: string) =>
    `${variable} does not name an HTTP proxy, and other kinds cannot be used.`,
  proxyUrlHint:
    'Write it as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with %40 for @, %3A for :, %23 for # and %2F for / in the password.',
  proxyUnreachable: (host: string, variable: string) =>
    `The proxy ${host} (from ${variable}) could not be reached.`,
  proxyTimedOut: (host: string, variable: string, target: string) =>
    `The proxy ${host} (from ${variable}) did not connect to ${target} in time.`,
  proxyRefused: (host: string, variable: string, target: string, status: number) =>
    `The proxy ${host} (from ${variable}) refused to connect to ${target} (HTTP status ${status}).`,
  proxyCannotReachTarget: (host: string, variable: string, target: string, status: number) =>
    `The proxy ${host} (from ${variable}) could not reach ${target} (HTTP status ${status}).`,
  notAProxy: (host: string, variable: string) =>
    `What answered at ${host} (from ${variable}) is not an HTTP proxy.`,
  proxyHint: (variable: string, target: string) =>
    `Check ${variable}. If ${target} is to be reached without the proxy, put it into NO_PROXY.`,
  proxyRequiresPassword: (host: string, variable: string) =>
    `The proxy ${host} (from ${variable}) requires a user name and a password, or rejected the ones given.`,
  proxyRequiresPasswordHint: (variable: string) =>
    `Put them into ${variable} as http://USER:PASSWORD@HOST:PORT (special characters percent-encoded), or name the hosts that need no proxy in NO_PROXY.`,
  throttled: (action: string, attempts: number) =>
    `AWS kept throttling ${action}; it was tried ${attempts} times.`,
  throttledHint: 'Wait a minute, then run the same command again: it continues where it stopped.',
  regionOff: (region: string) => `The Region ${region} is not enabled in this account.`,
  regionOffHint:
    'Enable it in the account settings (that takes some minutes), or take another one (--region). Session credentials from the global STS endpoint do not work in such a Region even then.',
  notSent: (action: string, why: string) => `The AWS SDK could not send ${action}: ${why}`,
  notSentHint: 'Check the AWS variables of the environment and the profile.',
  service: (action: string, resource: string, code: string, message: string) =>
    `AWS answered ${code} to ${action} on ${resource}: ${message}`,
  serviceFault: (action: string, resource: string, code: string) =>
    `AWS had an internal error (${code}) during ${action} on ${resource}.`,
  noVersionKeys: 'AWS did not return the KMS key of the current version.',
  versionNotShown: (policy: string) => `IAM does not show the current version of the policy ${policy} yet.`,
  versionNotShownHint: 'Run the same command again in a minute.',
  tryAgainHint: 'Run the same command again: it continues where it stopped.',
};
