import { Failure, isAccessDenied } from '../failure.ts';
import type { StatusNote } from '../report/status-types.ts';
import { statusWords as words } from '../report/words/status.ts';

/** What could not be looked at, collected over a run. What has the same reason becomes one note. */
export interface Notes {
  /**
   * Waits for a look at something. When that is not allowed, this is noted, and the answer is `undefined`.
   * @param what what is looked at, for the reader: the name of a role, a Region, …
   */
  unlessDenied<T>(what: string, look: Promise<T>): Promise<T | undefined>;
  /** The same for a detail that is no reason to end: AWS may also have failed, or have throttled it to the end. */
  unlessUnanswered<T>(what: string, look: Promise<T>): Promise<T | undefined>;
  /** Notes that a Region was left out. */
  leftOut(region: string, because: Failure): void;
  list(): StatusNote[];
}

/** Failures of AWS that may be of one request. Those of the network would be the same for all, and each takes its time. */
const UNANSWERED = /^(throttled|aws-internal-error)$/;

export function collectNotes(): Notes {
  const notes = new Map<string, StatusNote>();
  const add = (subject: string, note: Omit<StatusNote, 'subjects'>) => {
    const known = notes.get(note.detail) ?? { ...note, subjects: [] };
    if (!known.subjects.includes(subject)) known.subjects.push(subject);
    notes.set(note.detail, known);
  };
  const addDenied = (subject: string, { awsAction = '' }: Failure) =>
    add(subject, { id: 'not-allowed', awsAction, detail: words.denied(awsAction) });
  return {
    async unlessDenied(what, look) {
      try {
        return await look;
      } catch (error) {
        if (!isAccessDenied(error)) throw error;
        addDenied(what, error);
        return undefined;
      }
    },
    async unlessUnanswered(what, look) {
      try {
        return await this.unlessDenied(what, look);
      } catch (error) {
        if (!(error instanceof Failure) || !UNANSWERED.test(error.code)) throw error;
        const { awsAction = '' } = error;
        add(what, { id: 'not-answered', awsAction, detail: words.unanswered(awsAction) });
        return undefined;
      }
    },
    leftOut(region, failure) {
      if (isAccessDenied(failure)) return addDenied(region, failure);
      const off = failure.code === 'region-not-enabled';
      add(region, { id: 'region-skipped', detail: off ? words.regionOff : failure.message });
    },
    list: () => [...notes.values()].map((note) => ({ ...note, subjects: note.subjects.sort() })),
  };
}
