import { looksLikePartOfKey } from '../key-detection.ts';
import { clean, shownUrl } from '../text.ts';
import type { AwsConfiguration, KnownConfiguration, Setting } from './credentials/configuration.ts';
import { configurationMessages as messages } from './credentials/messages.ts';
import { SERVICE_IDS, type ServiceId } from './regions.ts';
import type { Identity } from './session.ts';

/** Who calls AWS, as far as the run knows it. */
export interface Caller {
  /** Absent until AWS has returned the identity. */
  identity?: Identity;
  /** Absent in the sandbox. */
  configuration?: KnownConfiguration;
}

/** Returns the `caller` object for JSON output. */
export function callerMembers({ identity, configuration }: Caller) {
  const { profile, region } = configuration ?? {};
  return {
    account: identity?.account,
    arn: identity?.arn,
    profile: profile?.from ? { value: profile.name, from: profile.from } : undefined,
    credentials: credentialsKind(configuration),
    region: region ? { ...region, value: shownRegion(region.value) } : undefined,
    endpoints: endpointsOf(configuration).map(([service, { value, from }]) => ({
      service,
      url: shownUrl(value),
      from,
    })),
  };
}

/** Returns the kind of the credentials source; undefined if the run ended before it determined the source. */
function credentialsKind(configuration: KnownConfiguration | undefined): string | undefined {
  if (!configuration) return 'sandbox';
  const { source } = configuration;
  return source?.kind === 'profile' ? source.method : source?.kind;
}

/** Returns the Region for display, or `[redacted]` if it looks like a key in the wrong place. */
function shownRegion(region: string): string {
  return looksLikePartOfKey(region) ? '[redacted]' : region;
}

/** Returns the lines that show, before anything is changed, how the run connects to AWS. */
export function callerLines(configuration: AwsConfiguration): string[] {
  const { profile, source, region } = configuration;
  const endpoints = endpointsOf(configuration);
  const firstEndpoint = endpoints[0]?.[1];
  const isSameForAll =
    endpoints.length === SERVICE_IDS.length &&
    endpoints.every(([, { value }]) => value === firstEndpoint?.value);
  return [
    messages.credentials(messages.source(source, clean(profile.name), profile.from)),
    region ? messages.region(clean(region.value), region.from) : messages.noRegion,
    ...(firstEndpoint && isSameForAll
      ? [messages.endpoint(shownUrl(firstEndpoint.value), firstEndpoint.from)]
      : endpoints.map(([service, { value, from }]) => messages.endpointOf(service, shownUrl(value), from))),
  ];
}

/** Returns the custom endpoints: those that are not AWS's own. */
export function endpointsOf(configuration: KnownConfiguration | undefined): [ServiceId, Setting][] {
  return SERVICE_IDS.flatMap((service): [ServiceId, Setting][] => {
    const endpoint = configuration?.endpointOf(service);
    return endpoint ? [[service, endpoint]] : [];
  });
}
