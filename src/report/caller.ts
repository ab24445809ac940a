import { type AwsConfiguration, SERVICE_IDS, type ServiceId, type Setting } from '../aws/configuration.ts';
import { looksLikePartOfKey } from '../aws/names.ts';
import type { Identity } from '../aws/session.ts';
import { plain } from './plain.ts';
import { configurationWords as words } from './words/configuration.ts';

/** Who asks AWS, and where: what is known of it by now. */
export interface Caller {
  /** Absent until AWS has told it. */
  identity?: Identity | undefined;
  /** Absent in the sandbox inside this program. */
  configuration?: AwsConfiguration | undefined;
}

/** Returns the member `caller` of the JSON documents. */
export function callerMembers({ identity, configuration }: Caller) {
  const { profile, source, region } = configuration ?? {};
  return {
    ...(identity ? { account: identity.account, arn: identity.arn } : {}),
    ...(profile?.from ? { profile: { value: profile.name, from: profile.from } } : {}),
    credentials: source ? (source.kind === 'profile' ? source.how : source.kind) : 'sandbox',
    ...(region ? { region } : {}),
    endpoints: endpointsOf(configuration).map(([service, { value, from }]) => ({
      service,
      url: shownUrl(value),
      from,
    })),
  };
}

/** Returns the lines that tell a person, before anything is changed, how AWS is reached. */
export function callerLines(configuration: AwsConfiguration): string[] {
  const { profile, source, region } = configuration;
  const endpoints = endpointsOf(configuration);
  const [first] = endpoints;
  const isSame =
    endpoints.length === SERVICE_IDS.length && endpoints.every(([, { value }]) => value === first?.[1].value);
  return [
    words.credentials(words.source(source, plain(profile.name), profile.from)),
    region ? words.region(plain(region.value), region.from) : words.noRegion,
    ...(first && isSame
      ? [words.endpoint(shownUrl(first[1].value), first[1].from)]
      : endpoints.map(([service, { value, from }]) => words.endpointOf(service, shownUrl(value), from))),
  ];
}

/** A URL as it may be shown: without a user, a password or a query, and not where it looks like a key in the wrong place. */
export function shownUrl(url: string): string {
  if (looksLikePartOfKey(url) || !URL.canParse(url)) return '[redacted]';
  const { protocol, host, pathname } = new URL(url);
  return plain(`${protocol}//${host}${pathname === '/' ? '' : pathname}`);
}

/** The endpoints that are not AWS's own. */
export function endpointsOf(configuration: AwsConfiguration | undefined): [ServiceId, Setting][] {
  return SERVICE_IDS.flatMap((service): [ServiceId, Setting][] => {
    const endpoint = configuration?.endpointOf(service);
    return endpoint ? [[service, endpoint]] : [];
  });
}
