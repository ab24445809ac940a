import { type FlowPart, type FlowState, readFlow } from '../../../aws/mediaconnect/flows.ts';
import { type RouterEndState, readRouterEnd, routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import { atMost } from '../../../aws/requests/concurrency.ts';
import type { Aws, Identity } from '../../../aws/session.ts';
import { type Observed, observed, seenIn } from '../../../aws/session.ts';
import { isForeign } from '../result.ts';

/** A flow, router input or router output, as far as it could be read. */
export type MediaObservation = { arn: string } & (
  | { kind: 'foreign' }
  | { kind: 'flow'; found: Observed<FlowState | undefined> }
  | { kind: 'router'; found: Observed<RouterEndState | undefined> }
);

/** The requested resource and the ones that it is connected to, by ARN. */
export interface MediaObservations {
  asked: MediaObservation;
  others: ReadonlyMap<string, MediaObservation>;
}

/** Concurrent reads of connected resources. */
const AT_ONCE = 8;

/** Reads a flow, router input or router output, and the other end of each of its connections. */
export async function observeMedia(aws: Aws, identity: Identity, arn: string): Promise<MediaObservations> {
  const asked = await observeOne(aws, identity, arn);
  const others = await atMost(AT_ONCE, connectedArns(asked), async (other) => {
    return [other, await observeOne(aws, identity, other)] as const;
  });
  return { asked, others: new Map(others) };
}

async function observeOne(aws: Aws, identity: Identity, arn: string): Promise<MediaObservation> {
  if (isForeign(arn, identity)) return { arn, kind: 'foreign' };
  const kind = routerKindOf(arn);
  if (!kind) return { arn, kind: 'flow', found: await observed(readFlow(aws, arn)) };
  return { arn, kind: 'router', found: await observed(readRouterEnd(aws, kind, arn)) };
}

function connectedArns(observation: MediaObservation): string[] {
  if (observation.kind === 'foreign') return [];
  if (observation.kind === 'router') return [seenIn(observation.found)?.connectedTo?.flowArn ?? []].flat();
  const parts = seenIn(observation.found)?.parts ?? [];
  return [...new Set(parts.filter(isRouted).flatMap(({ connectedTo }) => connectedTo ?? []))];
}

/** Returns true if a part's settings for routers apply. */
export function isRouted({ routerIntegration }: FlowPart): boolean {
  return routerIntegration !== 'DISABLED';
}
