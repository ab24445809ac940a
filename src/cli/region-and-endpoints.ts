import { isRegionName } from '../aws/arn.ts';
import { endpointsOf } from '../aws/caller.ts';
import type { AwsConfiguration, Setting } from '../aws/credentials/configuration.ts';
import { configurationMessages as messages } from '../aws/credentials/messages.ts';
import type { Aws } from '../aws/session.ts';
import { DEFAULTS } from '../defaults.ts';
import { EXIT, Failure } from '../failure.ts';
import { hasKeyAsHost, isHttpUrl } from '../options/rules.ts';
import type { CommonOptions } from './options.ts';

/**
 * Rejects endpoints that the SDK can't send a request to. The SDK would fail during a request, with an internal error.
 * @throws Failure that names each variable, profile or services section with such an endpoint
 */
export function rejectInvalidEndpoints(configuration: AwsConfiguration): void {
  const settings = endpointsOf(configuration).map(([, setting]) => setting);
  const problems = new Map(settings.flatMap((setting) => endpointProblem(setting)));
  const [[from, message] = [], ...others] = problems;
  if (from === undefined || message === undefined) return;
  throw configurationFailure(
    message,
    messages.wrongEndpointHint(from),
    others.map(([, problem]) => problem),
  );
}

/** Returns the problem with an endpoint and its origin; empty if there is none. Doesn't repeat the value, which may be a key. */
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
export function configuredRegions({ aws, common }: { aws: Aws; common: CommonOptions }): string[] {
  const region = common.sandbox ? DEFAULTS.example.region : aws.settings.configuration?.region?.value;
  return region === undefined ? [] : [region];
}

/** Returns true if access keys in the environment have no effect because the user named a profile. */
export function profileOverridesEnvironmentKeys(configuration: AwsConfiguration): boolean {
  const { profile, source } = configuration;
  return profile.from !== undefined && source.kind !== 'environment' && !assumesRoleWithKeys(configuration);
}

/** Returns true if the profile's role is assumed with the access keys in the environment (`credential_source`). */
function assumesRoleWithKeys({ source, profile, profileNamed }: AwsConfiguration): boolean {
  if (source.kind !== 'profile' || source.method !== 'role') return false;
  const visited = new Set<string>();
  let { settings } = profile;
  while (settings.credential_source === undefined) {
    const { source_profile: name } = settings;
    const next = name === undefined || visited.has(name) ? undefined : profileNamed(name);
    // A chain of profiles ends at access keys or a web identity token.
    if (!next || next.settings.aws_access_key_id || next.settings.web_identity_token_file) return false;
    visited.add(next.name);
    settings = next.settings;
  }
  return settings.credential_source === 'Environment';
}
