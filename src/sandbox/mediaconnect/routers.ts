import { type Call, type Operation, type Operations, operation } from '../service.ts';
import { number, text } from '../shapes.ts';
import { checkSecretsManagerKey, checkTransitEncryption } from './encryption.ts';
import { pageOrThrow } from './flows.ts';
import { routerArn, routerInputMembers, routerOutputMembers } from './members.ts';
import {
  badRequest,
  notFound,
  type RouterEndpoint,
  type RouterKind,
  type SecretsManagerKey,
  type TransitEncryption,
} from './store.ts';

/** The transit encryption of a router input whose request sets none. Source: `transitEncryption` of CreateRouterInput. */
const AUTOMATIC_ENCRYPTION: TransitEncryption = {
  encryptionKeyType: 'AUTOMATIC',
  encryptionKeyConfiguration: { automatic: {} },
};
/** Source: `maxResults` of ListRouterInputs in the API reference. */
const pagingMembers = { maxResults: number({ min: 1, max: 100 }), nextToken: text() };

/**
 * The operations on router inputs and router outputs. The sandbox never starts them, so a router input reads no key.
 * Source: the MediaConnect API reference.
 */
export const routerOperations: Operations = {
  CreateRouterInput: operation(routerInputMembers, (call, input) =>
    createEndpoint(call, 'routerInput', {
      ...input,
      transitEncryption: input.transitEncryption ?? AUTOMATIC_ENCRYPTION,
    }),
  ),
  CreateRouterOutput: operation(routerOutputMembers, (call, input) =>
    createEndpoint(call, 'routerOutput', input),
  ),
  GetRouterInput: getOperation('routerInput'),
  GetRouterOutput: getOperation('routerOutput'),
  ListRouterInputs: listOperation('routerInput'),
  ListRouterOutputs: listOperation('routerOutput'),
  DeleteRouterInput: deleteOperation('routerInput'),
  DeleteRouterOutput: deleteOperation('routerOutput'),
};

function getOperation(kind: RouterKind): Operation {
  return operation({ arn: routerArn }, (call, { arn }) => ({
    [kind]: endpointView(call, endpointOrThrow(call, kind, arn)),
  }));
}

/** Returns a list operation. Its response omits the configurations. */
function listOperation(kind: RouterKind): Operation {
  return operation(pagingMembers, (call, { maxResults, nextToken }) => {
    const endpoints = call.account.flowsIn(call.region).routerEndpoints(kind);
    const { items, next } = pageOrThrow(endpoints, nextToken, maxResults);
    return { [`${kind}s`]: items.map((endpoint) => endpointSummaryView(call, endpoint)), nextToken: next };
  });
}

function deleteOperation(kind: RouterKind): Operation {
  return operation({ arn: routerArn }, (call, { arn }) => {
    const endpoint = endpointOrThrow(call, kind, arn);
    call.account.flowsIn(call.region).removeRouterEndpoint(endpoint);
    return { arn, name: endpoint.name, state: 'DELETING' };
  });
}

function createEndpoint(
  call: Call,
  kind: RouterKind,
  { name, ...settings }: { name: string } & RouterEndpoint['settings'],
): object {
  if (Object.values(settings.configuration).filter(Boolean).length !== 1) {
    throw badRequest('A configuration has exactly one member.');
  }
  checkEncryptionSettings(call, settings);
  const store = call.account.flowsIn(call.region);
  const endpoint = store.addRouterEndpoint(kind, { name, createdAt: call.now, settings, messages: [] });
  return { [kind]: endpointView(call, endpoint) };
}

/** Checks encryption settings, at any depth of the configuration. */
function checkEncryptionSettings(call: Call, settings: object): void {
  for (const [member, value] of Object.entries(settings)) {
    if (typeof value !== 'object' || value === null) continue;
    if (/Transit|^transit/.test(member)) {
      checkTransitEncryption(call, value as TransitEncryption);
    } else if (member === 'encryptionKey') {
      checkSecretsManagerKey(call, value as SecretsManagerKey);
    } else {
      checkEncryptionSettings(call, value);
    }
  }
}

/** @throws AwsError NotFoundException. */
function endpointOrThrow(call: Call, kind: RouterKind, arn: string): RouterEndpoint {
  const endpoint = call.account
    .flowsIn(call.region)
    .routerEndpoints(kind)
    .find((candidate) => candidate.arn === arn);
  if (!endpoint) throw notFound(kind === 'routerInput' ? 'router input' : 'router output', arn);
  return endpoint;
}

function endpointSummaryView(
  { region }: Call,
  { kind, arn, id, name, createdAt, settings }: RouterEndpoint,
): object {
  const type = endpointType(settings.configuration);
  return {
    arn,
    id,
    name,
    state: 'STANDBY',
    regionName: region,
    createdAt: createdAt / 1000,
    ...(kind === 'routerInput' ? { inputType: type, routedOutputs: 0 } : { outputType: type }),
  };
}

function endpointView(call: Call, endpoint: RouterEndpoint): object {
  return { ...endpoint.settings, ...endpointSummaryView(call, endpoint), messages: endpoint.messages };
}

/** Returns the type of a configuration, such as `MEDIACONNECT_FLOW`. Source: `RouterInputType` and `RouterOutputType`. */
function endpointType(configuration: object): string {
  const [member = ''] = Object.keys(configuration);
  return member.replace(/^media(Connect|Live)/, 'media$1_').toUpperCase();
}
