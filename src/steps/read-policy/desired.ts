import type { PolicyReader } from '../../aws/iam/policies.ts';
import type { Identity } from '../../aws/session.ts';
import type { PolicyChain } from './chain.ts';
import type { CreateWork, PolicyWork } from './distribute.ts';

/** What a run wants of a chain of policies, decided again after each read because others may write to them too. */
export interface PolicyAim {
  /** The name of the first one, for messages. */
  name: string;
  identity: Identity;
  /** Reads the policies as they are now. */
  read(reader: Pick<PolicyReader, 'read'>): Promise<PolicyChain>;
  /** Returns the tags of a policy that has to be made. */
  tags(work: CreateWork): { Key: string; Value: string }[];
  /**
   * What is to be done about the policies as they are.
   * @throws Failure with a conflict when one of them is in the way
   */
  decide(chain: PolicyChain): PolicyWork[];
}
