import { type Call, type Operations, operation } from '../service.ts';
import { list, record, required } from '../shapes.ts';
import { checkSourceCount, flowOrThrow, MAX_ENTITLEMENTS, MAX_OUTPUTS } from './flows.ts';
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
import { updateKeyErrors } from './stream.ts';

/** The operations on the sources, outputs and entitlements of an existing flow. */
export const partOperations: Operations = {
  AddFlowSources: operation(
    { flowArn, sources: required(list(record(sourceMembers), { min: 1 })) },
    (call, input) => {
      const flow = flowOrThrow(call, input.flowArn);
      checkSourceCount(partsOf(flow, 'source').length + input.sources.length, flow.failover);
      return { flowArn: flow.arn, sources: addParts(call, flow, 'source', input.sources) };
    },
  ),
  AddFlowOutputs: operation(
    { flowArn, outputs: required(list(record(outputMembers), { min: 1 })) },
    (call, input) => {
      const flow = flowOrThrow(call, input.flowArn);
      if (partsOf(flow, 'output').length + input.outputs.length > MAX_OUTPUTS) {
        throw quotaExceeded('AddFlowOutputs', `A flow can have ${MAX_OUTPUTS} outputs.`);
      }
      return { flowArn: flow.arn, outputs: addParts(call, flow, 'output', input.outputs) };
    },
  ),
  GrantFlowEntitlements: operation(
    { flowArn, entitlements: required(list(record(entitlementMembers), { min: 1 })) },
    (call, input) => {
      const flow = flowOrThrow(call, input.flowArn);
      if (partsOf(flow, 'entitlement').length + input.entitlements.length > MAX_ENTITLEMENTS) {
        throw quotaExceeded('GrantFlowEntitlements', `A flow can have ${MAX_ENTITLEMENTS} entitlements.`);
      }
      return { flowArn: flow.arn, entitlements: addParts(call, flow, 'entitlement', input.entitlements) };
    },
  ),
  RemoveFlowOutput: operation({ flowArn, outputArn }, (call, input) =>
    removePart(call, input.flowArn, 'output', input.outputArn),
  ),
  RevokeFlowEntitlement: operation({ flowArn, entitlementArn }, (call, input) =>
    removePart(call, input.flowArn, 'entitlement', input.entitlementArn),
  ),
  UpdateFlowSource: operation({ ...sourceUpdate, flowArn, sourceArn }, (call, input) => {
    const { flowArn, sourceArn, ...changes } = input;
    return updateFlowPart(call, flowArn, 'source', sourceArn, changes);
  }),
  UpdateFlowOutput: operation({ ...outputUpdate, flowArn, outputArn }, (call, input) => {
    const { flowArn, outputArn, ...changes } = input;
    return updateFlowPart(call, flowArn, 'output', outputArn, changes);
  }),
  UpdateFlowEntitlement: operation({ ...entitlementUpdate, flowArn, entitlementArn }, (call, input) => {
    const { flowArn, entitlementArn, ...changes } = input;
    return updateFlowPart(call, flowArn, 'entitlement', entitlementArn, changes);
  }),
};

function addParts(call: Call, flow: Flow, kind: PartKind, inputs: readonly PartInput[]): object[] {
  const addedParts = newParts(call, kind, inputs, flow.parts);
  flow.parts = [...flow.parts, ...addedParts];
  updateKeyErrors(call, flow);
  const store = call.account.flowsIn(call.region);
  return addedParts.map((part) => partView(store, part));
}

function updateFlowPart(
  call: Call,
  flowArn: string,
  kind: PartKind,
  arn: string,
  changes: PartInput,
): object {
  const flow = flowOrThrow(call, flowArn);
  const part = partOrThrow(flow, kind, arn);
  updatePart(call, part, changes);
  updateKeyErrors(call, flow);
  return { flowArn: flow.arn, [kind]: partView(call.account.flowsIn(call.region), part) };
}

function removePart(call: Call, flowArn: string, kind: PartKind, arn: string): object {
  const flow = flowOrThrow(call, flowArn);
  const part = partOrThrow(flow, kind, arn);
  flow.parts = flow.parts.filter((other) => other !== part);
  return { flowArn: flow.arn, [`${kind}Arn`]: arn };
}

function partOrThrow(flow: Flow, kind: PartKind, arn: string): Part {
  const part = partsOf(flow, kind).find((candidate) => candidate.arn === arn);
  if (!part) throw notFound(kind, arn);
  return part;
}
