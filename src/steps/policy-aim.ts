import type { FoundPolicy } from '../aws/policies.ts';
import type { Identity } from '../aws/session.ts';
import type { PolicyWork } from './policy-distribution.ts';

/** Where policies are to be brought, whatever they are now and whoever else writes to them meanwhile. */
export interface PolicyAim {
  /** The name of the first one; `NAME-2`, `NAME-3`, … belong to it. */
  name: string;
  /** Whether `NAME-2` counts where `NAME` is gone: `readChain`. */
  gaps: boolean;
  identity: Identity;
  /** The tags of a policy that has to be made. */
  tags: { Key: string; Value: string }[];
  /**
   * What is to be done about the policies as they are.
   * @throws Failure with a conflict when one of them is in the way
   */
  decide(chain: FoundPolicy[]): PolicyWork[];
  /** What shall stay of a document that somebody else wrote at the same time; nothing when all of it shall go. */
  keepOf(document: string): string | undefined;
}
