import type { Machine } from '../machine.ts';
import { homeRegion } from '../partitions.ts';

/**
 * Gives the default version of a customer managed policy another document, without a check.
 * @throws RangeError if there is no such policy.
 */
export function setPolicyDocument(machine: Machine, policyArn: string, document: object): void {
  const [, partition = ''] = policyArn.split(':');
  const iam = machine.worldOf(homeRegion(partition) ?? '')?.iam.view();
  const policy = iam?.live.policies.get(policyArn);
  if (!iam || !policy || policy.managedByAws) {
    throw new RangeError(`The sandbox has no customer managed policy ${policyArn}.`);
  }
  policy.versions = policy.versions.map((version) =>
    version.id === policy.defaultVersionId ? { ...version, document: JSON.stringify(document) } : version,
  );
  iam.commit();
}
