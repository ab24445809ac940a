import type { Aws } from '../aws/session.ts';
import { type Observed, observed } from '../aws/session.ts';
import { type Failure, isAccessDenied } from '../failure.ts';
import { statusMessages as messages } from './messages.ts';
import type { StatusNote } from './types.ts';

/** Collects what could not be read in a run. Failures with the same reason become one note. */
export interface Notes {
  /**
   * Awaits a read. If the caller isn't allowed to, adds a note and returns undefined.
   * @param what what is read, for the user: the name of a role, a Region, …
   */
  unlessDenied<T>(what: string, reading: Promise<T>): Promise<T | undefined>;
  /** Like `unlessDenied`, for an optional detail: also tolerates that AWS failed, or kept throttling. */
  unlessUnanswered<T>(what: string, reading: Promise<T>): Promise<Observed<T>>;
  /**
   * Like `unlessDenied`, for an optional detail from another service, which may be unreachable from here: tolerates and notes any
   * failure.
   */
  unlessFailed<T>(what: string, reading: Promise<T>): Promise<Observed<T>>;
  /** Notes that a Region was skipped. */
  noteSkippedRegion(region: string, because: Failure): void;
  list(): StatusNote[];
}

/** Failures of AWS that may concern a single request. Network failures would repeat for all, and each takes time. */
const UNANSWERED = /^(throttled|aws-internal-error)$/;

export function createNotes(): Notes {
  const notes = new Map<string, StatusNote>();
  const add = (subject: string, note: Omit<StatusNote, 'subjects'>) => {
    const known = notes.get(note.detail) ?? { ...note, subjects: [] };
    if (!known.subjects.includes(subject)) known.subjects.push(subject);
    notes.set(note.detail, known);
  };
  const addDenied = (subject: string, { awsAction = '' }: Failure) =>
    add(subject, { id: 'not-allowed', awsAction, detail: messages.denied(awsAction) });
  const addUnseen = (what: string, seen: Observed<unknown>) => {
    if ('seen' in seen) return;
    const { unseen } = seen;
    if (isAccessDenied(unseen)) return addDenied(what, unseen);
    const { awsAction = '', code, message } = unseen;
    const detail = UNANSWERED.test(code) ? messages.unanswered(awsAction) : message;
    add(what, { id: 'not-answered', awsAction, detail });
  };
  return {
    async unlessDenied(what, reading) {
      try {
        return await reading;
      } catch (error) {
        if (!isAccessDenied(error)) throw error;
        addDenied(what, error);
        return undefined;
      }
    },
    async unlessUnanswered(what, reading) {
      const seen = await observed(reading);
      if ('unseen' in seen && !isAccessDenied(seen.unseen) && !UNANSWERED.test(seen.unseen.code))
        throw seen.unseen;
      addUnseen(what, seen);
      return seen;
    },
    async unlessFailed(what, reading) {
      const seen = await observed(reading);
      addUnseen(what, seen);
      return seen;
    },
    noteSkippedRegion(region, failure) {
      if (isAccessDenied(failure)) return addDenied(region, failure);
      const isDisabled = failure.code === 'region-not-enabled';
      add(region, { id: 'region-skipped', detail: isDisabled ? messages.regionOff : failure.message });
    },
    list: () => [...notes.values()].map((note) => ({ ...note, subjects: note.subjects.sort() })),
  };
}

/** The environment for reading an account. */
export interface ScanContext {
  aws: Aws;
  /** The Regions that the user named. Empty for all likely Regions. */
  requestedRegions: string[];
  notes: Notes;
  /** True to read only the policies of roles, and skip resource policies and KMS keys. */
  rolesOnly?: boolean;
  /** Called with what is being read, and how much has been read so far. */
  onProgress(what: string): void;
}
