import { region } from '../aws/names.ts';
import { inputWords as words } from '../report/words/input.ts';
import { type CommonOptions, isHttpUrl } from './options.ts';

const ENDPOINTS = [
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  'AWS_ENDPOINT_URL_IAM',
  'AWS_ENDPOINT_URL_STS',
];

/** What a request is signed and addressed with. An HTTP header takes printable ASCII (RFC 9110, section 5.5). */
const HEADER_VALUES = ['AWS_ACCESS_KEY_ID', 'AWS_SESSION_TOKEN'];

/**
 * What is wrong with the variables that the AWS SDK reads, a sentence each. The SDK itself would stop in the midst of a
 * request, with an error about its own insides.
 * @param asksForRegion whether the Region is to come from the environment
 */
export function environmentProblems(
  env: NodeJS.ProcessEnv,
  { endpointUrl, sandbox }: CommonOptions,
  asksForRegion: boolean,
): string[] {
  if (sandbox) return [];
  const endpoints = endpointUrl === undefined ? ENDPOINTS.filter((name) => env[name]) : [];
  const { AWS_REGION } = env;
  const wrongRegion = asksForRegion && AWS_REGION ? region(AWS_REGION, 'AWS_REGION') : undefined;
  return [
    ...endpoints.filter((name) => !isHttpUrl(env[name] ?? '')).map((name) => words.endpointUrl(name)),
    ...HEADER_VALUES.filter((name) => !/^[\x20-\x7e]*$/.test(env[name] ?? '')).map(words.headerValue),
    ...(wrongRegion ? [wrongRegion] : []),
  ];
}
