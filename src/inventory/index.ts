import type { Aws } from '../aws/session.ts';
import type { Progress } from '../ui/progress.ts';
import { statusOf } from './build-status.ts';
import type { AccountSnapshot } from './collect.ts';
import { statusMessages as messages } from './messages.ts';
import { createNotes, type ScanContext } from './notes.ts';
import type { Status } from './types.ts';

/**
 * Reads the account and returns what was found, with its status.
 * @param collectSnapshot reads the account: all of it, or what a manifest names
 */
export async function scanAccount(
  { aws, progress }: { aws: Aws; progress: Progress },
  requestedRegions: string[],
  collectSnapshot: (context: ScanContext) => Promise<AccountSnapshot>,
): Promise<{ snapshot: AccountSnapshot; status: Status }> {
  const notes = createNotes();
  progress.start(messages.looking);
  const snapshot = await collectSnapshot({
    aws,
    requestedRegions,
    notes,
    onProgress: (what) => progress.wait(what),
  });
  progress.stop();
  return { snapshot, status: statusOf(snapshot, notes.list(), new Date()) };
}
