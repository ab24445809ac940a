import type { PolicyReader } from '../../aws/iam/policies.ts';
import type { Identity } from '../../aws/session.ts';
import type { Message } from '../../failure.ts';
import { LONGEST_POLICY_NAME } from '../../options/rules.ts';
import type { Choice, Conflict } from '../../plan-types.ts';
import type { PolicyChain } from './chain.ts';
import type { Blocked, CreateWork, NameTaken, NameTooLong, PolicyWork } from './distribute.ts';
import { policyMessages as messages } from './messages.ts';

/** The desired state of a chain. `decide` is called after each read, because others may write to the policies too. */
export interface DesiredPolicies {
  /** The name of the first policy, for messages. */
  name: string;
  identity: Identity;
  /** Reads the current policies. */
  read(reader: Pick<PolicyReader, 'read'>): Promise<PolicyChain>;
  /** Returns the tags of a new policy. */
  tags(work: CreateWork): { Key: string; Value: string }[];
  /**
   * Decides what to do about the current policies.
   * @throws Failure with a conflict if a policy can't be used
   */
  decide(chain: PolicyChain): PolicyWork[];
}

const OTHER_NAME: Choice = { id: 'policy-name', flag: '--policy-name NAME', text: messages.choiceName };

/**
 * Returns the conflict for a policy that can't be extended, or for a name that can't be used: `overflow` names a policy that this
 * program created to continue `baseName`, and `hidden` one that IAM reports as taken but doesn't show.
 */
export function policyConflict(
  obstacle: Blocked | NameTaken | NameTooLong | { overflow: string; baseName: string } | { hidden: string },
): Conflict {
  if ('hidden' in obstacle) return conflict(messages.nameTaken(obstacle.hidden));
  if ('taken' in obstacle) return conflict(messages.taken(obstacle.taken));
  if ('tooLong' in obstacle) return conflict(messages.tooLong(obstacle.tooLong, LONGEST_POLICY_NAME));
  if ('overflow' in obstacle) return conflict(messages.overflowNamed(obstacle.overflow, obstacle.baseName));
  const { blocked, difference } = obstacle;
  return blocked.stack
    ? conflict(messages.ofStack(blocked.name, blocked.stack), [messages.extendInStack])
    : conflict(messages.otherShape(blocked.name), difference);
}

function conflict(found: string, details: Message[] = []): Conflict {
  return { step: 'read-policy', found, details, choices: [OTHER_NAME] };
}
