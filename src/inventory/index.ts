import type { Aws } from '../aws/session.ts';
import type { Progress } from '../ui/progress.ts';
import { statusOf } from './build-status.ts';
import type { Seen } from './collect.ts';
import { statusMessages as messages } from './messages.ts';
import { collectNotes, type Looking } from './notes.ts';
import type { Status } from './types.ts';

/**
 * Reads the account and returns what was found, with its status.
 * @param collecting reads the account: all of it, or what a manifest names
 */
export async function lookThrough(
  { aws, progress }: { aws: Aws; progress: Progress },
  asked: string[],
  collecting: (looking: Looking) => Promise<Seen>,
): Promise<{ seen: Seen; status: Status }> {
  const notes = collectNotes();
  progress.start(messages.looking);
  const seen = await collecting({ aws, asked, notes, onProgress: (what) => progress.wait(what) });
  progress.stop();
  return { seen, status: statusOf(seen, notes.list(), new Date()) };
}
