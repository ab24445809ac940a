import { randomBytes } from 'node:crypto';
import { type Call, type Operations, operation, type Page, pageOf } from '../service.ts';
import { number, required, text } from '../shapes.ts';
import { flowArn, flowMembers } from './members.ts';
import { flowSummaryView, flowView, newParts } from './parts.ts';
import { badRequest, type Flow, type FlowStatus, notFound, quotaExceeded } from './store.ts';
import { updateKeyErrors } from './stream.ts';

/** Source: "Quotas in AWS Elemental MediaConnect" in its user guide, and CreateFlow in the API reference. */
const MAX_FLOWS = 20;
export const MAX_OUTPUTS = 50;
export const MAX_ENTITLEMENTS = 50;
/** Source: `maxResults` of ListFlows and ListRouterInputs in the API reference. */
const DEFAULT_PAGE_SIZE = 10;

/** @throws AwsError NotFoundException. */
export function flowOrThrow(call: Call, arn: string): Flow {
  const flow = call.account.flowsIn(call.region).find(arn);
  if (!flow) throw notFound('flow', arn);
  return flow;
}

/**
 * Checks the number of sources of a flow. Source: `state` of `FailoverConfig` in the API reference.
 * @throws AwsError BadRequestException.
 */
export function checkSourceCount(count: number, failover: Flow['failover']): void {
  if (count === 0) throw badRequest('A flow must have a source.');
  if (count > (failover?.state === 'ENABLED' ? 2 : 1)) {
    throw badRequest('A flow can have two sources with source failover enabled, and one without.');
  }
}

/** @throws AwsError BadRequestException for a token that is not from an earlier response. */
export function pageOrThrow<T>(
  items: readonly T[],
  token: string | undefined,
  size = DEFAULT_PAGE_SIZE,
): Page<T> {
  const page = pageOf(items, token, size);
  if (!page) throw badRequest('The nextToken is not valid.');
  return page;
}

export const flowOperations: Operations = {
  CreateFlow: operation(flowMembers, (call, input) => {
    const store = call.account.flowsIn(call.region);
    const { name, availabilityZone, flowTags, sourceFailoverConfig, ...members } = input;
    const { source, sources = [], outputs = [], entitlements = [], ...settings } = members;
    if (source && sources.length > 0) throw badRequest('A request has either source or sources.');
    const allSources = source ? [source] : sources;
    checkSourceCount(allSources.length, sourceFailoverConfig);
    const parts = [
      ...newParts(call, 'source', allSources, []),
      ...newParts(call, 'output', outputs, []),
      ...newParts(call, 'entitlement', entitlements, []),
    ];
    if (
      store.all().length >= MAX_FLOWS ||
      outputs.length > MAX_OUTPUTS ||
      entitlements.length > MAX_ENTITLEMENTS
    ) {
      throw quotaExceeded('CreateFlow', 'The request exceeds a quota of the account.');
    }
    const flow: Flow = {
      arn: store.newArn('flow', name),
      name,
      availabilityZone: availabilityZone ?? `${call.region}a`,
      failover: sourceFailoverConfig,
      tags: flowTags,
      settings: { ...settings, vpcInterfaces: settings.vpcInterfaces?.map(withNetworkInterface) },
      status: 'STANDBY',
      parts,
    };
    store.add(flow);
    return { flow: flowView(store, flow) };
  }),
  DescribeFlow: operation({ flowArn }, (call, input) => {
    const flow = flowOrThrow(call, input.flowArn);
    // A flow that could not read its keys tries again. A flow that a test added as `ACTIVE` reads its keys for the first time.
    const hasReadAllKeys = flow.errors?.length === 0;
    if (!hasReadAllKeys) updateKeyErrors(call, flow);
    return { flow: flowView(call.account.flowsIn(call.region), flow), messages: messagesOf(flow) };
  }),
  ListTagsForResource: operation({ resourceArn: required(text()) }, (call, input) => ({
    tags: flowOrThrow(call, input.resourceArn).tags ?? {},
  })),
  ListFlows: operation({ maxResults: number({ min: 1, max: 1000 }), nextToken: text() }, (call, input) => {
    const flows = call.account.flowsIn(call.region).all();
    const { items, next } = pageOrThrow(flows, input.nextToken, input.maxResults);
    return { flows: items.map(flowSummaryView), nextToken: next };
  }),
  DeleteFlow: operation({ flowArn }, (call, input) => {
    const flow = requireStatus(flowOrThrow(call, input.flowArn), 'STANDBY', 'deleted');
    call.account.flowsIn(call.region).remove(flow);
    return { flowArn: flow.arn, status: 'DELETING' };
  }),
  // A flow starts and stops at once, but the response has the transitional status.
  StartFlow: operation({ flowArn }, (call, input) => {
    const flow = requireStatus(flowOrThrow(call, input.flowArn), 'STANDBY', 'started');
    flow.status = 'ACTIVE';
    updateKeyErrors(call, flow);
    return { flowArn: flow.arn, status: 'STARTING' };
  }),
  StopFlow: operation({ flowArn }, (call, input) => {
    const flow = requireStatus(flowOrThrow(call, input.flowArn), 'ACTIVE', 'stopped');
    flow.status = 'STANDBY';
    updateKeyErrors(call, flow);
    return { flowArn: flow.arn, status: 'STOPPING' };
  }),
};

/** Returns a VPC interface as the API returns it, with the network interface that MediaConnect creates for it. */
function withNetworkInterface(vpcInterface: { readonly networkInterfaceType?: string }): object {
  const { networkInterfaceType = 'ena' } = vpcInterface;
  // The ID of a network interface ends in 17 hexadecimal digits.
  const id = `eni-${randomBytes(9).toString('hex').slice(1)}`;
  return { ...vpcInterface, networkInterfaceType, networkInterfaceIds: [id] };
}

/** Returns the messages of a flow; undefined if it has no errors. Source: `messages` of DescribeFlow in the API reference. */
function messagesOf({ errors = [], permanentErrors = [] }: Flow): object | undefined {
  const allErrors = [...permanentErrors, ...errors];
  return allErrors.length > 0 ? { errors: allErrors } : undefined;
}

/** @throws AwsError BadRequestException if the flow has another status. */
function requireStatus(flow: Flow, status: FlowStatus, participle: 'deleted' | 'started' | 'stopped'): Flow {
  if (flow.status !== status) {
    throw badRequest(
      `The flow ${flow.arn} is in status ${flow.status}. It can be ${participle} in status ${status}.`,
    );
  }
  return flow;
}
