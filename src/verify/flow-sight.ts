import { type FoundFlow, readFlow } from '../aws/flows.ts';
import { type Look, look } from '../aws/look.ts';
import type { Aws, Identity } from '../aws/session.ts';
import { isForeign } from './foreign.ts';

/** A flow as far as it could be looked at. */
export type FlowSight = { arn: string } & (
  | { kind: 'foreign' }
  | { kind: 'there'; found: Look<FoundFlow | undefined> }
);

export async function sightFlow(aws: Aws, identity: Identity, arn: string): Promise<FlowSight> {
  if (isForeign(arn, identity)) return { arn, kind: 'foreign' };
  return { arn, kind: 'there', found: await look(readFlow(aws, arn)) };
}
