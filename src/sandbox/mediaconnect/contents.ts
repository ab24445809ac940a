import { type Call, type Operations, operation } from '../service.ts';
import { list, record, required } from '../shapes.ts';
import { checkSourceCount, demandFlow, MAX_ENTITLEMENTS, MAX_OUTPUTS } from './flows.ts';
import {
  entitlementArn,
  entitlementMembers,
  entitlementUpdate,
  flowArn,
  outputArn,
  outputMembers,
  outputUpdate,
  sourceArn,
  sourceMembers,
  sourceUpdate,
} from './members.ts';
import { newParts, type PartInput, partView, updatePart } from './parts.ts';
import { type Flow, notFound, type Part, type PartKind, partsOf, quotaExceeded } from './store.ts';
import { readKeys } from './stream.ts';

/** The operations on the sources, outputs and entitlements of an existing flow. */
export const contents: Operations = {
  AddFlowSources: operation(
    { flowArn, sources: required(list(record(sourceMembers), { min: 1 })) },
    (call, input) => {
      const flow = demandFlow(call, input.flowArn);
      checkSourceCount(partsOf(flow, 'source').length + input.sources.length, flow.failover);
      return { flowArn: flow.arn, sources: add(call, flow, 'source', input.sources) };
    },
  ),
  AddFlowOutputs: operation(
    { flowArn, outputs: required(list(record(outputMembers), { min: 1 })) },
    (call, input) => {
      const flow = demandFlow(call, input.flowArn);
      if (partsOf(flow, 'output').length + input.outputs.length > MAX_OUTPUTS) {
        throw quotaExceeded('AddFlowOutputs', `A flow can have ${MAX_OUTPUTS} outputs.`);
      }
      return { flowArn: flow.arn, outputs: add(call, flow, 'output', input.outputs) };
    },
  ),
  GrantFlowEntitlements: operation(
    { flowArn, entitlements: required(list(record(entitlementMembers), { min: 1 })) },
    (call, input) => {
      const flow = demandFlow(call, input.flowArn);
      if (partsOf(flow, 'entitlement').length + input.entitlements.length > MAX_ENTITLEMENTS) {
        throw quotaExceeded('GrantFlowEntitlements', `A flow can have ${MAX_ENTITLEMENTS} entitlements.`);
      }
      return { flowArn: flow.arn, entitlements: add(call, flow, 'entitlement', input.entitlements) };
    },
  ),
  RemoveFlowOutput: operation({ flowArn, outputArn }, (call, input) =>
    remove(call, input.flowArn, 'output', input.outputArn),
  ),
  RevokeFlowEntitlement: operation({ flowArn, entitlementArn: required(entitlementArn) }, (call, input) =>
    remove(call, input.flowArn, 'entitlement', input.entitlementArn),
  ),
  UpdateFlowSource: operation({ ...sourceUpdate, flowArn, sourceArn }, (call, input) => {
    const { flowArn: flow, sourceArn: arn, ...changes } = input;
    return update(call, flow, 'source', arn, changes);
  }),
  UpdateFlowOutput: operation({ ...outputUpdate, flowArn, outputArn }, (call, input) => {
    const { flowArn: flow, outputArn: arn, ...changes } = input;
    return update(call, flow, 'output', arn, changes);
  }),
  UpdateFlowEntitlement: operation(
    { ...entitlementUpdate, flowArn, entitlementArn: required(entitlementArn) },
    (call, input) => {
      const { flowArn: flow, entitlementArn: arn, ...changes } = input;
      return update(call, flow, 'entitlement', arn, changes);
    },
  ),
};

function add(call: Call, flow: Flow, kind: PartKind, inputs: readonly PartInput[]): object[] {
  const added = newParts(call, kind, inputs, flow.parts);
  flow.parts = [...flow.parts, ...added];
  readKeys(call, flow);
  const store = call.world.flowsIn(call.region);
  return added.map((part) => partView(store, part));
}

function update(call: Call, flowName: string, kind: PartKind, arn: string, changes: PartInput): object {
  const flow = demandFlow(call, flowName);
  const part = demandPart(flow, kind, arn);
  updatePart(call, part, changes);
  readKeys(call, flow);
  return { flowArn: flow.arn, [kind]: partView(call.world.flowsIn(call.region), part) };
}

function remove(call: Call, flowName: string, kind: PartKind, arn: string): object {
  const flow = demandFlow(call, flowName);
  const part = demandPart(flow, kind, arn);
  flow.parts = flow.parts.filter((other) => other !== part);
  return { flowArn: flow.arn, [`${kind}Arn`]: arn };
}

function demandPart(flow: Flow, kind: PartKind, arn: string): Part {
  const part = partsOf(flow, kind).find((each) => each.arn === arn);
  if (!part) {
    throw notFound(kind, arn);
  }
  return part;
}
