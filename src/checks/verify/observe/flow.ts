import { type FlowPart, type FlowState, readFlow } from '../../../aws/mediaconnect/flows.ts';
import { type RouterState, readRouter, routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import { atMost } from '../../../aws/requests/concurrency.ts';
import { type Aws, type Identity, type Observed, observed, seenIn } from '../../../aws/session.ts';
import { isForeign } from '../result.ts';

/** A flow, router input or router output, as far as it could be read. */
export type FlowOrRouterObservation = { arn: string } & (
  | { kind: 'foreign' }
  | { kind: 'flow'; found: Observed<FlowState | undefined> }
  | { kind: 'router'; found: Observed<RouterState | undefined> }
);

/** The requested resource and the ones that it is connected to, by ARN. */
export interface FlowOrRouterObservations {
  requested: FlowOrRouterObservation;
  connected: ReadonlyMap<string, FlowOrRouterObservation>;
}

/** Concurrent reads of connected resources. */
const CONNECTED_AT_ONCE = 8;

/** Reads a flow, router input or router output, and the other end of each of its connections. */
export async function observeFlowOrRouter(
  aws: Aws,
  identity: Identity,
  arn: string,
): Promise<FlowOrRouterObservations> {
  const requested = await observeOne(aws, identity, arn);
  const connected = await atMost(CONNECTED_AT_ONCE, connectedArns(requested), async (connectedArn) => {
    return [connectedArn, await observeOne(aws, identity, connectedArn)] as const;
  });
  return { requested, connected: new Map(connected) };
}

async function observeOne(aws: Aws, identity: Identity, arn: string): Promise<FlowOrRouterObservation> {
  if (isForeign(arn, identity)) return { arn, kind: 'foreign' };
  const kind = routerKindOf(arn);
  if (!kind) return { arn, kind: 'flow', found: await observed(readFlow(aws, arn)) };
  return { arn, kind: 'router', found: await observed(readRouter(aws, kind, arn)) };
}

function connectedArns(observation: FlowOrRouterObservation): string[] {
  if (observation.kind === 'foreign') return [];
  if (observation.kind === 'router') return [seenIn(observation.found)?.connectedTo?.flowArn ?? []].flat();
  const parts = seenIn(observation.found)?.parts ?? [];
  return [...new Set(parts.filter(isRouted).flatMap(({ connectedTo }) => connectedTo ?? []))];
}

/** Returns true if a part's settings for routers apply. */
export function isRouted({ routerIntegration }: FlowPart): boolean {
  return routerIntegration !== 'DISABLED';
}
