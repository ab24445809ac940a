import type { Told } from '../../message.ts';
import { LONGEST_POLICY_NAME } from '../../options/rules.ts';
import type { Choice, Conflict } from '../../plan-types.ts';
import { policyWords as words } from '../messages.ts';
import type { Blocked, Taken, TooLong } from './distribute.ts';

/** A policy that was named, and that this program made to continue another one. */
export interface Overflow {
  overflow: string;
  of: string;
}

const OTHER_NAME: Choice = { id: 'policy-name', flag: '--policy-name NAME', text: words.choiceName };

/** A conflict over a policy that cannot be extended, or over a name that cannot be had. */
export function policyConflict(
  obstacle: Blocked | Taken | TooLong | Overflow | { hidden: string },
): Conflict {
  if ('hidden' in obstacle) return conflict(words.nameTaken(obstacle.hidden));
  if ('taken' in obstacle) return conflict(words.taken(obstacle.taken));
  if ('tooLong' in obstacle) return conflict(words.tooLong(obstacle.tooLong, LONGEST_POLICY_NAME));
  if ('overflow' in obstacle) return conflict(words.overflowNamed(obstacle.overflow, obstacle.of));
  const { blocked, difference } = obstacle;
  return blocked.stack
    ? conflict(words.ofStack(blocked.name, blocked.stack), [words.extendInStack])
    : conflict(words.otherShape(blocked.name), difference);
}

function conflict(found: string, details: Told[] = []): Conflict {
  return { step: 'read-policy', found, details, choices: [OTHER_NAME] };
}
