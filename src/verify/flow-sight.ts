import { parseArn } from '../aws/arn.ts';
import { type FoundFlow, readFlow } from '../aws/flows.ts';
import type { Aws, Identity } from '../aws/session.ts';
import { type Look, look } from './look.ts';

/** A flow as far as it could be looked at. */
export type FlowSight = { arn: string } & (
  | { kind: 'foreign'; account: string }
  | { kind: 'there'; found: Look<FoundFlow | undefined> }
);

export async function sightFlow(aws: Aws, identity: Identity, arn: string): Promise<FlowSight> {
  const { account = '', partition = '' } = parseArn(arn) ?? {};
  if (account !== identity.account || partition !== identity.partition)
    return { arn, kind: 'foreign', account };
  return { arn, kind: 'there', found: await look(readFlow(aws, arn)) };
}
