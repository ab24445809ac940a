import { type Call, type Operation, type Operations, operation, pageOf } from '../service.ts';
import { number, text } from '../shapes.ts';
import { checkSecretKey, checkTransit } from './encryption.ts';
import { routerArn, routerInputMembers, routerOutputMembers } from './members.ts';
import {
  badRequest,
  notFound,
  type RouterEndpoint,
  type RouterKind,
  type SecretKey,
  type TransitEncryption,
} from './store.ts';

/** The transit encryption of an input whose request has none. Source: `transitEncryption` of CreateRouterInput. */
const AUTOMATIC: TransitEncryption = {
  encryptionKeyType: 'AUTOMATIC',
  encryptionKeyConfiguration: { automatic: {} },
};
/** Source: `maxResults` of ListRouterInputs in the API reference. */
const pagingMembers = { maxResults: number({ min: 1, max: 100 }), nextToken: text() };
const DEFAULT_PAGE = 10;

/**
 * The operations on router inputs and router outputs. Nothing runs here: an input has no stream, and reads no key.
 * Source: the MediaConnect API reference.
 */
export const routerOperations: Operations = {
  CreateRouterInput: operation(routerInputMembers, (call, input) =>
    createEndpoint(call, 'routerInput', {
      ...input,
      transitEncryption: input.transitEncryption ?? AUTOMATIC,
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
  return operation(pagingMembers, (call, { maxResults = DEFAULT_PAGE, nextToken }) => {
    const page = pageOf(call.account.flowsIn(call.region).routerEndpoints(kind), nextToken, maxResults);
    if (!page) {
      throw badRequest('The nextToken is not valid.');
    }
    return {
      [`${kind}s`]: page.items.map((endpoint) => endpointSummaryView(call, endpoint)),
      nextToken: page.next,
    };
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
    if (typeof value !== 'object' || value === null) {
      continue;
    }
    if (/Transit|^transit/.test(member)) {
      checkTransit(call, value as TransitEncryption);
    } else if (member === 'encryptionKey') {
      checkSecretKey(call, value as SecretKey);
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
    .find((each) => each.arn === arn);
  if (!endpoint) {
    throw notFound(kind === 'routerInput' ? 'router input' : 'router output', arn);
  }
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

/** Source: `RouterInputType` and `RouterOutputType` in the API reference. */
function endpointType(configuration: object): string {
  const [member = ''] = Object.keys(configuration);
  return member
    .replace(/^media(Connect|Live)/, 'media$1_')
    .replace(/_$/, '')
    .toUpperCase();
}
