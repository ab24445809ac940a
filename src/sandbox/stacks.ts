import { randomUUID } from 'node:crypto';
import type { Machine } from './machine.ts';
import { homeRegion } from './partitions.ts';
import { mergeTags, type Tag } from './tags.ts';
import type { World } from './world.ts';

const ARN = /^arn:([a-z-]+):(secretsmanager|iam):([a-z0-9-]*):(\d{12}):(secret|role|policy)[:/]/;

interface Owner {
  tags?: Tag[] | undefined;
}

/**
 * Gives a secret, a role or a customer managed policy the tags of a resource that CloudFormation made.
 * Source: "Resource tag" in the CloudFormation template reference.
 * @throws RangeError for an ARN of something that does not exist.
 */
export function putInStack(machine: Machine, arn: string, stackName: string): void {
  const [, partition = '', , ownRegion, account, kind = ''] = ARN.exec(arn) ?? [];
  const region = ownRegion || (homeRegion(partition) ?? '');
  const world = account === machine.account ? machine.worldOf(region) : undefined;
  const owner = world && ownerOf(machine, world, region, arn);
  if (!owner) {
    throw new RangeError(`The sandbox has no secret, role or customer managed policy ${arn}.`);
  }
  const stackId = `arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/${randomUUID()}`;
  owner.tags = mergeTags(owner.tags ?? [], [
    { Key: 'aws:cloudformation:stack-name', Value: stackName },
    { Key: 'aws:cloudformation:stack-id', Value: stackId },
    { Key: 'aws:cloudformation:logical-id', Value: kind.charAt(0).toUpperCase() + kind.slice(1) },
  ]);
  world.iam.view().commit();
}

function ownerOf(machine: Machine, world: World, region: string, arn: string): Owner | undefined {
  const { roles, policies } = world.iam.view().live;
  const secrets = world.secretsIn(region).all(machine.now());
  return [...secrets, ...roles.values(), ...policies.values()].find((owner) => owner.arn === arn);
}
