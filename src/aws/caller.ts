import { looksLikePartOfKey } from '../redaction.ts';
import { plain, shownUrl } from '../text.ts';
import type { AwsConfiguration, KnownConfiguration, Setting } from './credentials/configuration.ts';
import { configurationMessages as messages } from './credentials/messages.ts';
import { SERVICE_IDS, type ServiceId } from './regions.ts';
import type { Identity } from './session.ts';

/** Who asks AWS, and where: what is known of it by now. */
export interface Caller {
  /** Absent until AWS has returned it. */
  identity?: Identity | undefined;
  /** Absent in the sandbox inside this program. */
  configuration?: KnownConfiguration | undefined;
}

/** Returns the member `caller` of the JSON documents. */
export function callerMembers({ identity, configuration }: Caller) {
  const { profile, region } = configuration ?? {};
  return {
    ...(identity ? { account: identity.account, arn: identity.arn } : {}),
    ...(profile?.from ? { profile: { value: profile.name, from: profile.from } } : {}),
    ...credentialsMember(configuration),
    ...(region ? { region: { ...region, value: shownRegion(region.value) } } : {}),
    endpoints: endpointsOf(configuration).map(([service, { value, from }]) => ({
      service,
      url: shownUrl(value),
      from,
    })),
  };
}

/** Returns where the credentials come from; nothing where that was not found out before the run ended. */
function credentialsMember(configuration: KnownConfiguration | undefined): { credentials?: string } {
  if (!configuration) return { credentials: 'sandbox' };
  const { source } = configuration;
  if (!source) return {};
  return { credentials: source.kind === 'profile' ? source.how : source.kind };
}

/** Returns the Region as it may be shown: not where it looks like a key in the wrong place. */
function shownRegion(region: string): string {
  return looksLikePartOfKey(region) ? '[redacted]' : region;
}

/** Returns the lines that tell a person, before anything is changed, how AWS is reached. */
export function callerLines(configuration: AwsConfiguration): string[] {
  const { profile, source, region } = configuration;
  const endpoints = endpointsOf(configuration);
  const [first] = endpoints;
  const isSame =
    endpoints.length === SERVICE_IDS.length && endpoints.every(([, { value }]) => value === first?.[1].value);
  return [
    messages.credentials(messages.source(source, plain(profile.name), profile.from)),
    region ? messages.region(plain(region.value), region.from) : messages.noRegion,
    ...(first && isSame
      ? [messages.endpoint(shownUrl(first[1].value), first[1].from)]
      : endpoints.map(([service, { value, from }]) => messages.endpointOf(service, shownUrl(value), from))),
  ];
}

/** The endpoints that are not AWS's own. */
export function endpointsOf(configuration: KnownConfiguration | undefined): [ServiceId, Setting][] {
  return SERVICE_IDS.flatMap((service): [ServiceId, Setting][] => {
    const endpoint = configuration?.endpointOf(service);
    return endpoint ? [[service, endpoint]] : [];
  });
}
