import { inputMessages as messages } from '../options/messages.ts';
import { regionProblem } from '../options/rules.ts';
import type { CommonOptions } from './options.ts';

/** Values that become part of HTTP headers, which take printable ASCII (RFC 9110, section 5.5). */
const HEADER_VALUES = ['AWS_ACCESS_KEY_ID', 'AWS_SESSION_TOKEN'];

/**
 * Variables that CI systems set in each job. Many also set `CI`; Jenkins, Azure Pipelines, CodeBuild, TeamCity, Bamboo and GoCD
 * don't. Sources: their documentation, and the list in the npm package ci-info.
 */
const CI_VARIABLES = `
  CI CONTINUOUS_INTEGRATION JENKINS_URL HUDSON_URL TF_BUILD SYSTEM_TEAMFOUNDATIONCOLLECTIONURI
  CODEBUILD_BUILD_ID CODEBUILD_BUILD_ARN TEAMCITY_VERSION bamboo_planKey bamboo_buildKey
  GO_PIPELINE_LABEL GO_PIPELINE_NAME GITHUB_ACTIONS GITLAB_CI CIRCLECI TRAVIS BUILDKITE
  DRONE APPVEYOR CIRRUS_CI SEMAPHORE BITBUCKET_BUILD_NUMBER BITBUCKET_COMMIT BUILDER_OUTPUT
  BUDDY_WORKSPACE_ID BITRISE_IO CF_BUILD_ID HARNESS_BUILD_ID JB_SPACE_EXECUTION_NUMBER PROW_JOB_ID
  SCREWDRIVER SHIPPABLE STRIDER TDDIUM VELA GERRIT_PROJECT AC_APPCIRCLE APPCENTER_BUILD_ID
  EAS_BUILD RELEASE_BUILD_ID SAILCI XCS CI_XCODE_PROJECT AGOLA_GIT_REF NEVERCODE RD_JOB_EXECID
`
  .trim()
  .split(/\s+/);

/** Returns true in a CI job, where nobody answers prompts. With `CI=false`, returns false whatever else is set. */
export function isCi(env: NodeJS.ProcessEnv): boolean {
  const isOff = (value: string) => /^(0|false)$/i.test(value);
  if (env.CI && isOff(env.CI)) return false;
  return CI_VARIABLES.some((name) => env[name] && !isOff(env[name]));
}

/**
 * Returns problems with the variables that the AWS SDK reads, one sentence each. The SDK would fail during a request, with an
 * internal error.
 * @param usesConfiguredRegion true if the Region comes from the environment
 */
export function environmentProblems(
  env: NodeJS.ProcessEnv,
  { sandbox }: CommonOptions,
  usesConfiguredRegion: boolean,
): string[] {
  if (sandbox) return [];
  const { AWS_REGION } = env;
  const wrongRegion =
    usesConfiguredRegion && AWS_REGION ? regionProblem(AWS_REGION, 'AWS_REGION') : undefined;
  return [
    ...HEADER_VALUES.filter((name) => !/^[\x20-\x7e]*$/.test(env[name] ?? '')).map(messages.headerValue),
    ...(wrongRegion ? [wrongRegion] : []),
  ];
}
