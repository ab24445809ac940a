import { restJsonProtocol } from '../protocols/rest-json.ts';
import { accountOrThrow, type SandboxState } from '../sandbox-state.ts';
import type { Operations, Service } from '../service.ts';
import type { ExistingFlow, ExistingRouterEndpoint } from '../types.ts';
import { flowOperations } from './flows.ts';
import { requiredPermissions } from './needs.ts';
import { partOperations } from './part-operations.ts';
import { routerOperations } from './routers.ts';
import { routes } from './routes.ts';
import type { Encryption, FlowStore, Part, PartKind, PartSettings, RouterConfiguration } from './store.ts';

const operations: Operations = { ...flowOperations, ...partOperations, ...routerOperations };

/** The actions that share the quota for descriptions. Source: "Quotas in AWS Elemental MediaConnect" in its user guide. */
const DESCRIBE_ACTIONS = new Set(['DescribeFlow', 'GetRouterInput', 'GetRouterOutput']);

const INTEGER_QUERY_MEMBERS = new Set(['maxResults']);

/** AWS Elemental MediaConnect, API version 2018-11-14: flows and routers, as far as encryption is concerned. */
export const mediaConnect: Service = {
  name: 'mediaconnect',
  protocol: restJsonProtocol(routes, INTEGER_QUERY_MEMBERS),
  operations,
  operationNames: new Set(routes.map(({ action }) => action)),
  internalError: [
    'InternalServerErrorException',
    'The server encountered an internal error and is unable to complete the request.',
  ],
  quotasFor: (action) => [
    DESCRIBE_ACTIONS.has(action) ? 'flowDescriptionsPerSecond' : 'flowRequestsPerSecond',
  ],
  requiredPermissions,
};

/**
 * Adds a flow unchanged, including settings that the API would reject today.
 * @returns its ARN.
 * @throws RangeError if the Region is not available to the account.
 */
export function addFlow(sandbox: SandboxState, flow: ExistingFlow): string {
  const { region, name, status = 'STANDBY', source, sources = [], outputs = [], entitlements = [] } = flow;
  const store = accountOrThrow(sandbox, region).flowsIn(region);
  const parts = [
    ...(source ? [source] : sources).map((sdkPart) => partFromSdk(store, 'source', sdkPart)),
    ...outputs.map((sdkPart) => partFromSdk(store, 'output', sdkPart)),
    ...entitlements.map((sdkPart) => partFromSdk(store, 'entitlement', sdkPart)),
  ];
  const arn = store.newArn('flow', name);
  const permanentErrors = flow.errors;
  store.add({ arn, name, availabilityZone: `${region}a`, status, parts, permanentErrors });
  return arn;
}

/**
 * Adds a router input or output unchanged, including settings that the API would reject.
 * @returns its ARN.
 * @throws RangeError if the Region is not available to the account.
 */
export function addRouterEndpoint(sandbox: SandboxState, endpoint: ExistingRouterEndpoint): string {
  const { region, kind, name, configuration, transitEncryption, messages = [] } = endpoint;
  const store = accountOrThrow(sandbox, region).flowsIn(region);
  return store.addRouterEndpoint(kind, {
    name,
    createdAt: sandbox.now(),
    settings: { configuration: configuration as RouterConfiguration, transitEncryption },
    messages: messages.map((message) => ({ code: 'FIXTURE', message })),
  }).arn;
}

/** Returns a source, an output or an entitlement from the form in which the SDK returns it. */
function partFromSdk(store: FlowStore, kind: PartKind, sdkPart: object): Part {
  const { [`${kind}Arn`]: arn, ...members } = wireMembers(sdkPart);
  const { name, transport, decryption, encryption = decryption, ...settings } = members;
  const partName = typeof name === 'string' ? name : kind;
  return {
    kind,
    arn: typeof arn === 'string' ? arn : store.newArn(kind, partName),
    name: partName,
    encryption: encryption as Encryption | undefined,
    settings: { ...settings, ...(transport as PartSettings) },
  };
}

/** Converts member names: the SDK starts them with an uppercase letter, the API with a lowercase one. */
function wireMembers(sdkPart: object): Record<string, unknown> {
  const entries = Object.entries(sdkPart).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [key.charAt(0).toLowerCase() + key.slice(1), wireValue(value)]),
  );
}

function wireValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? wireMembers(value) : value;
}
