import { type Call, type Operation, type Operations, operation, pageOf } from '../service.ts';
import { number, text } from '../shapes.ts';
import { checkSecretKey, checkTransit } from './encryption.ts';
import { routerArn, routerInputMembers, routerOutputMembers } from './members.ts';
import {
  badRequest,
  notFound,
  type RouterEnd,
  type RouterKind,
  type SecretKey,
  type TransitEncryption,
} from './store.ts';

/** The sandbox's default for an input without transit encryption. Source: `transitEncryption` of CreateRouterInput. */
const AUTOMATIC: TransitEncryption = {
  encryptionKeyType: 'AUTOMATIC',
  encryptionKeyConfiguration: { automatic: {} },
};
/** Source: `maxResults` of ListRouterInputs in the API reference. */
const page = { maxResults: number({ min: 1, max: 100 }), nextToken: text() };
const DEFAULT_PAGE = 10;

/**
 * The operations on router inputs and router outputs. Nothing runs here: an input has no stream, and reads no key.
 * Source: the MediaConnect API reference.
 */
export const routers: Operations = {
  CreateRouterInput: operation(routerInputMembers, (call, input) =>
    create(call, 'routerInput', { ...input, transitEncryption: input.transitEncryption ?? AUTOMATIC }),
  ),
  CreateRouterOutput: operation(routerOutputMembers, (call, input) => create(call, 'routerOutput', input)),
  GetRouterInput: get('routerInput'),
  GetRouterOutput: get('routerOutput'),
  ListRouterInputs: list('routerInput'),
  ListRouterOutputs: list('routerOutput'),
  DeleteRouterInput: remove('routerInput'),
  DeleteRouterOutput: remove('routerOutput'),
};

function get(kind: RouterKind): Operation {
  return operation({ arn: routerArn }, (call, { arn }) => ({ [kind]: view(call, demand(call, kind, arn)) }));
}

/** Returns a list operation. Its response omits the configurations. */
function list(kind: RouterKind): Operation {
  return operation(page, (call, { maxResults = DEFAULT_PAGE, nextToken }) => {
    const found = pageOf(call.world.flowsIn(call.region).routerEnds(kind), nextToken, maxResults);
    if (!found) {
      throw badRequest('The nextToken is not valid.');
    }
    return { [`${kind}s`]: found.items.map((end) => listedView(call, end)), nextToken: found.next };
  });
}

function remove(kind: RouterKind): Operation {
  return operation({ arn: routerArn }, (call, { arn }) => {
    const end = demand(call, kind, arn);
    call.world.flowsIn(call.region).removeRouterEnd(end);
    return { arn, name: end.name, state: 'DELETING' };
  });
}

function create(
  call: Call,
  kind: RouterKind,
  { name, ...settings }: { name: string } & RouterEnd['settings'],
): object {
  if (Object.values(settings.configuration).filter(Boolean).length !== 1) {
    throw badRequest('A configuration has exactly one member.');
  }
  checkKeys(call, settings);
  const store = call.world.flowsIn(call.region);
  const end = store.addRouterEnd(kind, { name, createdAt: call.now, settings, messages: [] });
  return { [kind]: view(call, end) };
}

/** Checks encryption settings, at any depth of the configuration. */
function checkKeys(call: Call, settings: object): void {
  for (const [member, value] of Object.entries(settings)) {
    if (typeof value !== 'object' || value === null) {
      continue;
    }
    if (/Transit|^transit/.test(member)) {
      checkTransit(call, value as TransitEncryption);
    } else if (member === 'encryptionKey') {
      checkSecretKey(call, value as SecretKey);
    } else {
      checkKeys(call, value);
    }
  }
}

/** @throws AwsError NotFoundException. */
function demand(call: Call, kind: RouterKind, arn: string): RouterEnd {
  const end = call.world
    .flowsIn(call.region)
    .routerEnds(kind)
    .find((each) => each.arn === arn);
  if (!end) {
    throw notFound(kind === 'routerInput' ? 'router input' : 'router output', arn);
  }
  return end;
}

function listedView({ region }: Call, { kind, arn, id, name, createdAt, settings }: RouterEnd): object {
  const type = typeOf(settings.configuration);
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

function view(call: Call, end: RouterEnd): object {
  return { ...end.settings, ...listedView(call, end), messages: end.messages };
}

/** Source: `RouterInputType` and `RouterOutputType` in the API reference. */
function typeOf(configuration: object): string {
  const [member = ''] = Object.keys(configuration);
  return member
    .replace(/^media(Connect|Live)/, 'media$1_')
    .replace(/_$/, '')
    .toUpperCase();
}
