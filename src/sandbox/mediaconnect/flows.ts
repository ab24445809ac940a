import { randomBytes } from 'node:crypto';
import { type Call, type Operations, operation, pageOf } from '../service.ts';
import { type InputOf, number, required, text } from '../shapes.ts';
import { flowArn, flowMembers } from './members.ts';
import { flowView, listedView, newParts, type PartInput } from './parts.ts';
import { badRequest, type Flow, type FlowStatus, notFound, type PartKind, quotaExceeded } from './store.ts';
import { readKeys } from './stream.ts';

/** Source: "Quotas in AWS Elemental MediaConnect" in its user guide, and CreateFlow in the API reference. */
const MAX_FLOWS = 20;
export const MAX_OUTPUTS = 50;
export const MAX_ENTITLEMENTS = 50;
/** Source: `maxResults` of ListFlows in the API reference. */
const DEFAULT_PAGE = 10;

/** @throws AwsError NotFoundException. */
export function demandFlow(call: Call, arn: string): Flow {
  const flow = call.world.flowsIn(call.region).find(arn);
  if (!flow) {
    throw notFound('flow', arn);
  }
  return flow;
}

/**
 * Checks the number of sources of a flow. Source: `state` of `FailoverConfig` in the API reference.
 * @throws AwsError BadRequestException.
 */
export function checkSourceCount(count: number, failover: Flow['failover']): void {
  if (count === 0) {
    throw badRequest('A flow must have a source.');
  }
  if (count > (failover?.state === 'ENABLED' ? 2 : 1)) {
    throw badRequest('A flow can have two sources with source failover enabled, and one without.');
  }
}

export const flows: Operations = {
  CreateFlow: operation(flowMembers, (call, input) => {
    const store = call.world.flowsIn(call.region);
    const { source, sources = [], outputs = [], entitlements = [] } = input;
    if (source && sources.length > 0) {
      throw badRequest('A request has either source or sources.');
    }
    const inputs: [PartKind, readonly PartInput[]][] = [
      ['source', source ? [source] : sources],
      ['output', outputs],
      ['entitlement', entitlements],
    ];
    checkSourceCount(source ? 1 : sources.length, input.sourceFailoverConfig);
    const parts = inputs.flatMap(([kind, given]) => newParts(call, kind, given, []));
    if (
      store.all().length >= MAX_FLOWS ||
      outputs.length > MAX_OUTPUTS ||
      entitlements.length > MAX_ENTITLEMENTS
    ) {
      throw quotaExceeded('CreateFlow', 'The request exceeds a quota of the account.');
    }
    const flow: Flow = {
      arn: store.newArn('flow', input.name),
      name: input.name,
      availabilityZone: input.availabilityZone ?? `${call.region}a`,
      failover: input.sourceFailoverConfig,
      tags: input.flowTags,
      settings: furtherSettings(input),
      status: 'STANDBY',
      parts,
    };
    store.add(flow);
    return { flow: flowView(store, flow) };
  }),
  DescribeFlow: operation({ flowArn }, (call, input) => {
    const flow = demandFlow(call, input.flowArn);
    // A flow without a key keeps trying. A flow that a test added as `ACTIVE` reads its keys now.
    if (flow.errors?.length !== 0) {
      readKeys(call, flow);
    }
    return { flow: flowView(call.world.flowsIn(call.region), flow), messages: messagesOf(flow) };
  }),
  ListTagsForResource: operation({ resourceArn: required(text()) }, (call, input) => ({
    tags: demandFlow(call, input.resourceArn).tags ?? {},
  })),
  ListFlows: operation({ maxResults: number({ min: 1, max: 1000 }), nextToken: text() }, (call, input) => {
    const all = call.world.flowsIn(call.region).all();
    const page = pageOf(all, input.nextToken, input.maxResults ?? DEFAULT_PAGE);
    if (!page) {
      throw badRequest('The nextToken is not valid.');
    }
    return { flows: page.items.map(listedView), nextToken: page.next };
  }),
  DeleteFlow: operation({ flowArn }, (call, input) => {
    const flow = inStatus(demandFlow(call, input.flowArn), 'STANDBY', 'deleted');
    call.world.flowsIn(call.region).remove(flow);
    return { flowArn: flow.arn, status: 'DELETING' };
  }),
  // A flow starts and stops at once, but the response has the transitional status.
  StartFlow: operation({ flowArn }, (call, input) => {
    const flow = inStatus(demandFlow(call, input.flowArn), 'STANDBY', 'started');
    flow.status = 'ACTIVE';
    readKeys(call, flow);
    return { flowArn: flow.arn, status: 'STARTING' };
  }),
  StopFlow: operation({ flowArn }, (call, input) => {
    const flow = inStatus(demandFlow(call, input.flowArn), 'ACTIVE', 'stopped');
    flow.status = 'STANDBY';
    readKeys(call, flow);
    return { flowArn: flow.arn, status: 'STOPPING' };
  }),
};

function furtherSettings(input: InputOf<typeof flowMembers>): object {
  const { encodingConfig, flowSize, maintenance, mediaStreams, ndiConfig, sourceMonitoringConfig } = input;
  const vpcInterfaces = input.vpcInterfaces?.map(withNetwork);
  return {
    encodingConfig,
    flowSize,
    maintenance,
    mediaStreams,
    ndiConfig,
    sourceMonitoringConfig,
    vpcInterfaces,
  };
}

/**
 * Returns a VPC interface as the API returns it, with the network interface that MediaConnect creates for it; `ena` by default.
 */
function withNetwork<T extends { readonly networkInterfaceType?: string | undefined }>(given: T): object {
  const id = `eni-${randomBytes(9).toString('hex').slice(1)}`;
  return { ...given, networkInterfaceType: given.networkInterfaceType ?? 'ena', networkInterfaceIds: [id] };
}

/** Returns the messages of a flow; undefined if it has no errors. Source: `messages` of DescribeFlow in the API reference. */
function messagesOf({ errors = [], fixedErrors = [] }: Flow): object | undefined {
  const all = [...fixedErrors, ...errors];
  return all.length > 0 ? { errors: all } : undefined;
}

function inStatus(flow: Flow, status: FlowStatus, participle: string): Flow {
  if (flow.status !== status) {
    throw badRequest(
      `The flow ${flow.arn} is in status ${flow.status}. It can be ${participle} in status ${status}.`,
    );
  }
  return flow;
}
