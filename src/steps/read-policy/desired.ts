import type { PolicyReader } from '../../aws/iam/policies.ts';
import type { Identity } from '../../aws/session.ts';
import type { Message } from '../../failure.ts';
import { LONGEST_POLICY_NAME } from '../../options/rules.ts';
import type { Choice, Conflict } from '../../plan-types.ts';
import { policyMessages as messages } from '../messages.ts';
import type { PolicyChain } from './chain.ts';
import type { Blocked, CreateWork, PolicyWork, Taken, TooLong } from './distribute.ts';

/** What a run wants of a chain of policies, decided again after each read because others may write to them too. */
export interface DesiredPolicies {
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

/** A policy that was named, and that this program made to continue another one. */
interface Overflow {
  overflow: string;
  of: string;
}

const OTHER_NAME: Choice = { id: 'policy-name', flag: '--policy-name NAME', text: messages.choiceName };

/** A conflict over a policy that cannot be extended, or over a name that cannot be had. */
export function policyConflict(
  obstacle: Blocked | Taken | TooLong | Overflow | { hidden: string },
): Conflict {
  if ('hidden' in obstacle) return conflict(messages.nameTaken(obstacle.hidden));
  if ('taken' in obstacle) return conflict(messages.taken(obstacle.taken));
  if ('tooLong' in obstacle) return conflict(messages.tooLong(obstacle.tooLong, LONGEST_POLICY_NAME));
  if ('overflow' in obstacle) return conflict(messages.overflowNamed(obstacle.overflow, obstacle.of));
  const { blocked, difference } = obstacle;
  return blocked.stack
    ? conflict(messages.ofStack(blocked.name, blocked.stack), [messages.extendInStack])
    : conflict(messages.otherShape(blocked.name), difference);
}

function conflict(found: string, details: Message[] = []): Conflict {
  return { step: 'read-policy', found, details, choices: [OTHER_NAME] };
}
