import { transportMembers } from './members.ts';
import { type Flow, type FlowStore, type Part, partsOf } from './store.ts';

/** Addresses for documentation (RFC 5737): a flow of the sandbox listens nowhere. */
const INGEST_IP = '203.0.113.10';
const EGRESS_IP = '203.0.113.20';

/** A flow as CreateFlow and DescribeFlow answer it. */
export function flowView(store: FlowStore, flow: Flow): object {
  const view = (part: Part) => partView(store, part);
  const sources = partsOf(flow, 'source').map(view);
  return {
    flowArn: flow.arn,
    name: flow.name,
    availabilityZone: flow.availabilityZone,
    status: flow.status,
    ...flow.settings,
    egressIp: EGRESS_IP,
    source: sources[0],
    sources,
    sourceFailoverConfig: flow.failover,
    outputs: partsOf(flow, 'output').map(view),
    entitlements: partsOf(flow, 'entitlement').map(view),
  };
}

/** A flow as ListFlows answers it. */
export function listedView(flow: Flow): object {
  const [source] = partsOf(flow, 'source');
  return {
    flowArn: flow.arn,
    name: flow.name,
    description: '',
    availabilityZone: flow.availabilityZone,
    status: flow.status,
    sourceType: source?.settings.entitlementArn === undefined ? 'OWNED' : 'ENTITLED',
  };
}

/** A source, an output or an entitlement as the API shows it: what tells of the stream is under `transport`. */
export function partView(store: FlowStore, { kind, arn, name, encryption, settings }: Part): object {
  const entries = Object.entries(settings);
  const isOfTransport = ([member]: [string, unknown]) => Object.hasOwn(transportMembers, member);
  const transport = Object.fromEntries(entries.filter(isOfTransport));
  return {
    [`${kind}Arn`]: arn,
    name,
    [kind === 'source' ? 'decryption' : 'encryption']: encryption,
    ...(kind === 'source' && { ingestIp: INGEST_IP }),
    ...Object.fromEntries(entries.filter((entry) => !isOfTransport(entry))),
    transport: settings.protocol === undefined ? undefined : transport,
    [kind === 'source' ? 'connectedRouterOutputArn' : 'connectedRouterInputArn']: store.connectedTo({
      kind,
      arn,
    })?.arn,
  };
}
