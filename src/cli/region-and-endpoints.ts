import { isRegionName } from '../aws/arn.ts';
import { endpointsOf } from '../aws/caller-output.ts';
import type { AwsConfiguration, Setting } from '../aws/credentials/configuration.ts';
import { configurationMessages as messages } from '../aws/credentials/messages.ts';
import type { Aws } from '../aws/session.ts';
import { DEFAULTS } from '../defaults.ts';
import { EXIT, Failure } from '../failure.ts';
import { hasKeyAsHost, isHttpUrl } from '../options/rules.ts';

/**
 * Rejects endpoints that the SDK can't send a request to. The SDK would fail during a request, with an internal error.
 * @throws Failure that names each variable, profile or services section with such an endpoint
 */
export function rejectInvalidEndpoints(configuration: AwsConfiguration): void {
  const settings = endpointsOf(configuration).map(([, setting]) => setting);
  const problems = new Map(settings.flatMap((setting) => endpointProblem(setting)));
  const [[from, message] = [], ...others] = problems;
  if (from === undefined || message === undefined) return;
  const details = others.map(([, problem]) => problem);
  throw configurationFailure(message, messages.wrongEndpointHint(from), details);
}

/** Returns where an endpoint is set and its problem, if any. The problem doesn't repeat the value, which may be a key. */
function endpointProblem({ value, from }: Setting): [from: string, problem: string][] {
  if (hasKeyAsHost(value)) return [[from, messages.endpointLikeKey(from)]];
  return isHttpUrl(value) ? [] : [[from, messages.wrongEndpoint(from)]];
}

/** Rejects an invalid Region name. @throws Failure that names the variable or the profile */
export function rejectInvalidRegion({ region }: AwsConfiguration): void {
  if (region === undefined || isRegionName(region.value)) return;
  throw configurationFailure(messages.wrongRegion(region.from), messages.wrongRegionHint(region.from));
}

function configurationFailure(message: string, hint: string, details: string[] = []): Failure {
  return new Failure(message, { code: 'aws-configuration', exitCode: EXIT.permission, hint, details });
}

/** Returns the configured Region as a list; empty if none is configured. In the sandbox, the Region of the guide's example. */
export function configuredRegions({ aws, common }: { aws: Aws; common: { sandbox: boolean } }): string[] {
  const region = common.sandbox ? DEFAULTS.example.region : aws.settings.configuration?.region?.value;
  return region === undefined ? [] : [region];
}
