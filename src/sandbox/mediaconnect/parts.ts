import { randomAlphanumeric } from '../random.ts';
import type { Call } from '../service.ts';
import { checkEncryption, checkTransitEncryption, updatedEncryption } from './encryption.ts';
import { transportMembers } from './members.ts';
import {
  badRequest,
  type Encryption,
  type Flow,
  type FlowStore,
  type Part,
  type PartKind,
  type PartSettings,
  partsOf,
} from './store.ts';

export interface PartInput extends PartSettings {
  readonly name?: string;
  /** Sources only. */
  readonly decryption?: Encryption;
  /** Outputs and entitlements only. */
  readonly encryption?: Encryption;
}

/**
 * Creates sources, outputs or entitlements from a request. Names are unique within their kind and flow; a missing name is
 * generated.
 * @param existingParts the flow's parts so far, of any kind.
 * @throws AwsError BadRequestException, before anything is created.
 */
export function newParts(
  call: Call,
  kind: PartKind,
  inputs: readonly PartInput[],
  existingParts: readonly Part[],
): Part[] {
  const takenNames = new Set(existingParts.filter((part) => part.kind === kind).map(({ name }) => name));
  return inputs.map((input) => {
    const {
      name = `${kind}-${randomAlphanumeric(8)}`,
      decryption,
      encryption = decryption,
      ...settings
    } = input;
    if (takenNames.has(name)) throw badRequest(`The flow has another ${kind} with the name ${name}.`);
    takenNames.add(name);
    checkSettings(call, kind, settings);
    checkEncryption(call, encryption, kind, settings.protocol);
    return {
      kind,
      arn: call.account.flowsIn(call.region).newArn(kind, name),
      name,
      encryption: withKeyType(encryption),
      settings: withDefaultStatus(kind, settings),
    };
  });
}

/**
 * Changes a source, an output or an entitlement. Members that the request omits keep their values.
 * @throws AwsError BadRequestException, before anything is changed.
 */
export function updatePart(call: Call, part: Part, input: PartInput): void {
  const { decryption, encryption: update = decryption, ...changes } = input;
  const settings = { ...part.settings, ...changes };
  const encryption = withKeyType(updatedEncryption(part.encryption, update));
  checkSettings(call, part.kind, settings);
  checkEncryption(call, encryption, part.kind, settings.protocol);
  part.settings = settings;
  part.encryption = encryption;
}

/** Checks the settings of a part. A source from a router and an output to a router have no protocol. */
function checkSettings(call: Call, kind: PartKind, settings: PartSettings): void {
  const { protocol, entitlementArn, routerIntegrationState } = settings;
  const lacksProtocol = protocol === undefined && routerIntegrationState !== 'ENABLED';
  if (kind === 'source' && lacksProtocol && entitlementArn === undefined) {
    throw badRequest('A source needs a protocol, or the entitlement that it comes through.');
  }
  if (kind === 'output' && lacksProtocol) throw badRequest('An output needs a protocol.');
  checkTransitEncryption(call, settings.routerIntegrationTransitDecryption);
  checkTransitEncryption(call, settings.routerIntegrationTransitEncryption);
}

/** Returns the encryption with its key type, which is `static-key` by default. Source: `keyType` in the API reference. */
function withKeyType(encryption: Encryption | undefined): Encryption | undefined {
  return encryption && { keyType: 'static-key', ...encryption };
}

function withDefaultStatus(kind: PartKind, settings: PartSettings): PartSettings {
  switch (kind) {
    case 'source':
      return settings;
    case 'output':
      return { outputStatus: 'ENABLED', ...settings };
    case 'entitlement':
      return { entitlementStatus: 'ENABLED', ...settings };
  }
}

/** Addresses that RFC 5737 reserves for documentation: a flow of the sandbox sends and receives nothing. */
const INGEST_IP = '203.0.113.10';
const EGRESS_IP = '203.0.113.20';

/** Returns a flow as CreateFlow and DescribeFlow return it. */
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

/** Returns a flow as ListFlows returns it. */
export function flowSummaryView(flow: Flow): object {
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

/** Returns a source, an output or an entitlement as the API returns it, with the members about the stream under `transport`. */
export function partView(store: FlowStore, { kind, arn, name, encryption, settings }: Part): object {
  const entries = Object.entries(settings);
  const isTransportMember = ([member]: [string, unknown]) => Object.hasOwn(transportMembers, member);
  const transport = Object.fromEntries(entries.filter(isTransportMember));
  const connectedRouter = store.connectedEndpoint({ kind, arn });
  return {
    [`${kind}Arn`]: arn,
    name,
    [kind === 'source' ? 'decryption' : 'encryption']: encryption,
    ...(kind === 'source' && { ingestIp: INGEST_IP }),
    ...Object.fromEntries(entries.filter((entry) => !isTransportMember(entry))),
    transport: settings.protocol === undefined ? undefined : transport,
    [kind === 'source' ? 'connectedRouterOutputArn' : 'connectedRouterInputArn']: connectedRouter?.arn,
  };
}
