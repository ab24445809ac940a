import { type Look, look, seenIn } from '../../../aws/look.ts';
import { type FlowPart, type FoundFlow, readFlow } from '../../../aws/mediaconnect/flows.ts';
import { type FoundRouterEnd, readRouterEnd, routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import { atMost } from '../../../aws/requests/concurrency.ts';
import type { Aws, Identity } from '../../../aws/session.ts';
import { isForeign } from '../result.ts';

/** A flow, a router input or a router output, as far as it could be looked at. */
export type MediaSight = { arn: string } & (
  | { kind: 'foreign' }
  | { kind: 'flow'; found: Look<FoundFlow | undefined> }
  | { kind: 'router'; found: Look<FoundRouterEnd | undefined> }
);

/** What was asked for, and what it is connected to, by ARN. */
export interface MediaSights {
  asked: MediaSight;
  others: ReadonlyMap<string, MediaSight>;
}

/** Connections looked at together. */
const AT_ONCE = 8;

/** Looks at a flow, a router input or a router output, and at the other end of each of its connections. */
export async function sightMedia(aws: Aws, identity: Identity, arn: string): Promise<MediaSights> {
  const asked = await sightOne(aws, identity, arn);
  const others = await atMost(AT_ONCE, connectedArns(asked), async (other) => {
    return [other, await sightOne(aws, identity, other)] as const;
  });
  return { asked, others: new Map(others) };
}

async function sightOne(aws: Aws, identity: Identity, arn: string): Promise<MediaSight> {
  if (isForeign(arn, identity)) return { arn, kind: 'foreign' };
  const kind = routerKindOf(arn);
  if (!kind) return { arn, kind: 'flow', found: await look(readFlow(aws, arn)) };
  return { arn, kind: 'router', found: await look(readRouterEnd(aws, kind, arn)) };
}

function connectedArns(sight: MediaSight): string[] {
  if (sight.kind === 'foreign') return [];
  if (sight.kind === 'router') return [seenIn(sight.found)?.connectedTo?.flowArn ?? []].flat();
  const parts = seenIn(sight.found)?.parts ?? [];
  return [...new Set(parts.filter(isRouted).flatMap(({ connectedTo }) => connectedTo ?? []))];
}

/** Whether a part's settings for routers count. */
export function isRouted({ routerIntegration }: FlowPart): boolean {
  return routerIntegration !== 'DISABLED';
}
