import type { Machine } from '../machine.ts';
import { restJsonProtocol } from '../protocols/rest-json.ts';
import type { Operations, Service } from '../service.ts';
import type { ExistingFlow, ExistingRouterEnd } from '../types.ts';
import { contents } from './contents.ts';
import { flows } from './flows.ts';
import { needs } from './needs.ts';
import { routers } from './routers.ts';
import { routes } from './routes.ts';
import type { Encryption, FlowStore, Part, PartKind, RouterConfiguration, Settings } from './store.ts';

const operations: Operations = { ...flows, ...contents, ...routers };

/** Source: "Quotas in AWS Elemental MediaConnect" in its user guide. */
const QUICK = new Set(['DescribeFlow', 'GetRouterInput', 'GetRouterOutput']);

/** AWS Elemental MediaConnect, API version 2018-11-14: flows and routers, as far as encryption is concerned. */
export const mediaConnect: Service = {
  name: 'mediaconnect',
  protocol: restJsonProtocol(routes, new Set(['maxResults'])),
  operations,
  operationNames: new Set(routes.map(({ action }) => action)),
  internalError: [
    'InternalServerErrorException',
    'The server encountered an internal error and is unable to complete the request.',
  ],
  quotasOn: (action) => [QUICK.has(action) ? 'flowDescriptionsPerSecond' : 'flowRequestsPerSecond'],
  needs,
};

/**
 * Adds a flow unchanged, including settings that the API would reject today.
 * @returns its ARN.
 * @throws RangeError if the Region is not available to the account.
 */
export function addFlow(machine: Machine, given: ExistingFlow): string {
  const { region, name, status = 'STANDBY', source, sources = [], outputs = [], entitlements = [] } = given;
  const store = storeIn(machine, region);
  const parts = [
    ...(source ? [source] : sources).map((shape) => partOf(store, 'source', shape)),
    ...outputs.map((shape) => partOf(store, 'output', shape)),
    ...entitlements.map((shape) => partOf(store, 'entitlement', shape)),
  ];
  const arn = store.newArn('flow', name);
  const fixedErrors = given.errors;
  store.add({ arn, name, availabilityZone: `${region}a`, status, parts, fixedErrors });
  return arn;
}

/**
 * Adds a router input or output unchanged, including settings that the API would reject.
 * @returns its ARN.
 * @throws RangeError if the Region is not available to the account.
 */
export function addRouterEnd(machine: Machine, given: ExistingRouterEnd): string {
  const { region, kind, name, configuration, transitEncryption, messages = [] } = given;
  return storeIn(machine, region).addRouterEnd(kind, {
    name,
    createdAt: machine.now(),
    settings: { configuration: configuration as RouterConfiguration, transitEncryption },
    messages: messages.map((message) => ({ code: 'FIXTURE', message })),
  }).arn;
}

function storeIn(machine: Machine, region: string): FlowStore {
  const store = machine.worldOf(region)?.flowsIn(region);
  if (!store) {
    throw new RangeError(`The account of this sandbox is not in ${region}.`);
  }
  return store;
}

/** Returns a source, an output or an entitlement from the form in which the SDK returns it. */
function partOf(store: FlowStore, kind: PartKind, shape: object): Part {
  const { [`${kind}Arn`]: arn, ...members } = wireShape(shape);
  const { name, transport, decryption, encryption = decryption, ...settings } = members;
  const chosen = typeof name === 'string' ? name : kind;
  return {
    kind,
    arn: typeof arn === 'string' ? arn : store.newArn(kind, chosen),
    name: chosen,
    encryption: encryption as Encryption | undefined,
    settings: { ...settings, ...(transport as Settings) },
  };
}

/** Converts member names: the SDK starts them with an uppercase letter, the API with a lowercase one. */
function wireShape(shape: object): Record<string, unknown> {
  const entries = Object.entries(shape).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [key.charAt(0).toLowerCase() + key.slice(1), wireValue(value)]),
  );
}

function wireValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? wireShape(value) : value;
}
