import type { Fix } from '../failure.ts';
import { awsCommand } from '../ui/commands.ts';

/** Messages about AWS denying a request, failing, or being unreachable. */
export const awsMessages = {
  /** In Regional services, each Region can have a resource with this name. */
  inRegion: (resource: string, region: string) => `${resource} (${region})`,
  accessDenied: (action: string, resource: string, caller: string | undefined) =>
    `Access denied: ${caller ?? 'your identity'} can't perform ${action} on ${resource}.`,
  accessDeniedHint: (action: string, resource: string) =>
    `Ask your AWS administrator to allow ${action} on ${resource}. Then run the same command again.`,
  denyingPolicy: (policy: string, explicit: boolean, arn: string | undefined) => {
    const article = policy === 'identity-based policy' ? 'An' : 'A';
    const sentence = explicit ? `${article} ${policy} explicitly denies it` : `No ${policy} allows it`;
    return arn === undefined ? `${sentence}.` : `${sentence}: ${arn}`;
  },
  denialHints: {
    'service control policy': (action: string) =>
      `Ask the administrator of your AWS organization to allow ${action}. Policies in this account can't allow it.`,
    'resource control policy': (action: string, resource: string) =>
      `Ask the administrator of your AWS organization to allow ${action} on ${resource}. Policies in this account can't allow it.`,
    'permissions boundary': (action: string) =>
      `Ask your AWS administrator to allow ${action} in your permissions boundary.`,
    'session policy': (action: string) =>
      `Use credentials without a session policy, or with one that allows ${action}.`,
    'VPC endpoint policy': (action: string) =>
      `Allow ${action} in the VPC endpoint policy, or run the command from another network.`,
    'identity-based policy': (action: string, resource: string) =>
      `Change or remove the statement in that policy that denies ${action} on ${resource}.`,
    'resource-based policy': (action: string, resource: string) =>
      `Allow ${action} in the resource-based policy of ${resource}.`,
  },
  deniedByResourcePolicyHint: (action: string, resource: string) =>
    `Change the resource-based policy of ${resource}, which denies ${action}. Other policies can't override it.`,
  /** What a denying policy often requires of new resources. */
  oftenRequired: {
    role: 'Such policies often require a permissions boundary on new roles (--permissions-boundary ARN) or certain tags (--tag KEY=VALUE).',
    other: 'Such policies often require certain tags on new resources (--tag KEY=VALUE).',
  },
  kmsKey: (id: string) => `the KMS key ${id}`,
  kmsKeyOfSecret: (secret: string) => `the KMS key of the secret ${secret}`,
  kmsKeyOfVersion: (secret: string) => `the KMS key of this version of the secret ${secret}`,
  kmsDeniedHint: (action: string, key: string) =>
    `Ask your AWS administrator to allow ${action} on ${key}. If its key policy denies it, only a change of the key policy helps.`,
  kmsSays: (message: string) => `Secrets Manager adds: ${message}`,
  kmsDenied:
    "Access to the secret's KMS key was denied. Writing a value needs kms:GenerateDataKey and kms:Decrypt, reading one needs kms:Decrypt. AWS doesn't say which is missing.",

  expired: 'The AWS credentials have expired.',
  expiredHint: "Renew them, for example with 'aws sso login'. Then run the same command again.",
  invalidCredentials:
    'AWS rejected your credentials: the access key ID is unknown, or the secret access key is wrong.',
  invalidCredentialsHint: (region: string, profile: string | undefined): Fix => ({
    remedy:
      'China and GovCloud credentials work only in their own Regions (--region). To check the access key:',
    command: awsCommand(
      'sts',
      'get-caller-identity',
      ...(region === '' ? [] : ['--region', region]),
      ...(profile === undefined ? [] : ['--profile', profile]),
    ),
  }),
  invalidOrRegionOff: (region: string) =>
    `AWS rejected your credentials in ${region}: they are invalid, or the Region isn't enabled for this account.`,
  invalidOrRegionOffHint: (): Fix => ({
    remedy:
      'If they work in other Regions, enable this Region, or use another one (--region). To check them in us-east-1:',
    command: awsCommand('sts', 'get-caller-identity', '--region', 'us-east-1'),
  }),
  clockSkew: 'Your system clock is wrong, so AWS rejects the requests.',
  clockSkewHint: 'Set the clock (NTP), then run the same command again.',
  mfaCannotAsk: (serial: string) =>
    `The profile needs a code from the MFA device ${serial}, but this run can't prompt for it.`,
  mfaCannotAskHint:
    "Run the command in a terminal, or get session credentials first with 'aws sts get-session-token'.",

  mfaRefused: 'AWS rejected the code of the MFA device.',
  mfaRefusedHint: 'Each code works once. Wait for the next one, then run the same command again.',

  unreachable: (action: string, region: string) => `Can't connect to AWS for ${action} (${region}).`,
  unreachableHint: 'Check the network and the Region code. Then run the same command again.',
  endpointUnreachable: (url: string, from: string, action: string) =>
    `Can't connect to the endpoint ${url} (${from}) for ${action}.`,
  endpointTimedOut: (url: string, from: string, action: string, seconds: number) =>
    `${action} timed out after ${Math.round(seconds)} s at the endpoint ${url} (${from}).`,
  endpointUnreachableHint: (from: string) =>
    `Check the network and the endpoint URL (${from}). Then run the same command again.`,
  timedOut: (action: string, region: string, seconds: number) =>
    `${action} (${region}) timed out after ${Math.round(seconds)} s.`,
  /** Shown while waiting for AWS to respond. */
  answerTo: (action: string) => `AWS to respond to ${action}`,
  notAws: (action: string) => `The response to ${action} did not come from AWS.`,
  notAwsHint:
    'A proxy, a captive portal or a wrong endpoint URL may be in the way. Check --endpoint-url and AWS_ENDPOINT_URL. Open any web page to see whether the network requires a login.',
  noSuchEndpoint: (host: string) => `Can't resolve the AWS endpoint ${host} (DNS).`,
  endpointHint: (host: string, region: string) =>
    [
      `Check the Region code (${region}) and the DNS settings of this machine.`,
      ...(/fips/.test(host)
        ? [
            'Not every Region has a FIPS endpoint, which AWS_USE_FIPS_ENDPOINT or use_fips_endpoint in the profile turns on.',
          ]
        : []),
      ...(/\.api\.(aws|amazonwebservices\.com\.cn)$/.test(host)
        ? [
            'Not every Region has a dual-stack endpoint, which AWS_USE_DUALSTACK_ENDPOINT or use_dualstack_endpoint in the profile turns on.',
          ]
        : []),
      'Then run the same command again.',
    ].join(' '),
  untrusted: (code: string) => `The server's TLS certificate is not trusted (${code}).`,
  untrustedHint:
    'This is typical of a TLS-inspecting proxy or a custom endpoint. Set NODE_EXTRA_CA_CERTS to a PEM file with its root certificate. This adds to the certificates that Node.js trusts; AWS_CA_BUNDLE, or ca_bundle in the profile, replaces them. Then run the same command again.',
  notInBundle: (file: string, from: string, code: string) =>
    `The server's TLS certificate is not trusted (${code}). Its issuer is not in ${file} (${from}).`,
  notInBundleHint: (file: string) =>
    `Add the root certificate (PEM) of the proxy or the endpoint to ${file}. To connect to AWS directly, also add Amazon's root certificates. Then run the same command again.`,
  outOfDate: (code: string) =>
    `According to your system clock, the server's TLS certificate is not valid now (${code}).`,
  outOfDateHint: 'Check the clock. If it is right, ask the administrator of the proxy or the endpoint.',
  proxyUrl: (variable: string) => `${variable} is not a URL.`,
  proxyNotHttp: (variable: string) =>
    `${variable} is not an HTTP proxy URL. Other proxy types aren't supported.`,
  proxyUrlHint:
    'Use the form http://HOST:PORT or http://USER:PASSWORD@HOST:PORT. In the password, write %40 for @, %3A for :, %23 for # and %2F for /.',
  proxyUnreachable: (host: string, variable: string) =>
    `Can't connect to the proxy ${host} (from ${variable}).`,
  proxyTimedOut: (host: string, variable: string, target: string) =>
    `The proxy ${host} (from ${variable}) timed out while connecting to ${target}.`,
  proxyRefused: (host: string, variable: string, target: string, status: number) =>
    `The proxy ${host} (from ${variable}) refused to connect to ${target} (HTTP status ${status}).`,
  proxyCannotReachTarget: (host: string, variable: string, target: string, status: number) =>
    `The proxy ${host} (from ${variable}) can't connect to ${target} (HTTP status ${status}).`,
  notAProxy: (host: string, variable: string) => `${host} (from ${variable}) is not an HTTP proxy.`,
  proxyHint: (variable: string, target: string) =>
    `Check ${variable}. If ${target} doesn't need the proxy, add it to NO_PROXY.`,
  proxyRequiresPassword: (host: string, variable: string) =>
    `The proxy ${host} (from ${variable}) requires a user name and a password, or rejected the ones given.`,
  proxyRequiresPasswordHint: (variable: string) =>
    `Set ${variable} to http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded. For hosts that don't need the proxy, use NO_PROXY.`,
  throttled: (action: string, attempts: number) =>
    `AWS throttled ${action} (${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}).`,
  throttledHint: 'Wait a minute, then run the same command again; it continues where it stopped.',
  regionOff: (region: string) => `Region ${region} is not enabled for this account.`,
  regionOffHint:
    "Enable it in the account settings and wait a few minutes, or use another Region (--region). Session credentials from the global STS endpoint don't work in such a Region.",
  notSent: (action: string, why: string) => `The AWS SDK couldn't send ${action}: ${why}`,
  notSentHint: 'Check the AWS environment variables and the profile.',
  service: (action: string, resource: string, code: string, message: string) =>
    `${action} on ${resource} failed: ${code}: ${message}`,
  serviceFault: (action: string, resource: string, code: string) =>
    `AWS internal error (${code}) in ${action} on ${resource}.`,
  noVersionKeys: "AWS didn't return the KMS key of the current version.",
  versionNotShown: (policy: string) => `IAM doesn't show the current version of the policy ${policy} yet.`,
  versionNotShownHint: 'Run the same command again in a minute.',
  tryAgainHint: 'Run the same command again; it continues where it stopped.',
};
