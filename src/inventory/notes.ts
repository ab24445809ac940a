import { isNetworkFailure } from '../aws/http/network-errors.ts';
import { type Observed, observed } from '../aws/observed.ts';
import type { Aws } from '../aws/session.ts';
import type { KmsRequester } from '../checks/access/decryption.ts';
import { HTTP } from '../defaults.ts';
import { type Failure, isAccessDenied } from '../failure.ts';
import { statusMessages as messages } from './messages.ts';
import type { StatusNote } from './types.ts';

/** What could not be looked at, collected over a run. What has the same reason becomes one note. */
export interface Notes {
  /**
   * Waits for a look at something. When that is not allowed, this is noted, and the answer is `undefined`.
   * @param what what is looked at, for the reader: the name of a role, a Region, …
   */
  unlessDenied<T>(what: string, reading: Promise<T>): Promise<T | undefined>;
  /** The same for a detail that is no reason to end: AWS may also have failed, or have throttled it to the end. */
  unlessUnanswered<T>(what: string, reading: Promise<T>): Promise<Observed<T>>;
  /** The same for a detail from another service, which may not be reachable from here: whatever fails is noted. */
  unlessUnseen<T>(what: string, reading: Promise<T>): Promise<Observed<T>>;
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
    async unlessUnseen(what, reading) {
      const seen = await observed(reading);
      addUnseen(what, seen);
      return seen;
    },
    leftOut(region, failure) {
      if (isAccessDenied(failure)) return addDenied(region, failure);
      const off = failure.code === 'region-not-enabled';
      add(region, { id: 'region-skipped', detail: off ? messages.regionOff : failure.message });
    },
    list: () => [...notes.values()].map((note) => ({ ...note, subjects: note.subjects.sort() })),
  };
}

/**
 * Sends the requests to KMS, which may not be reachable from here, with a short time limit. The first request to a Region goes alone.
 * After a network failure in a Region, nothing more is sent there: what is asked for has the same failure. Each failure is noted.
 */
export function kmsRequester(notes: Notes): KmsRequester {
  const firstRequests = new Map<string, Promise<unknown>>();
  const failures = new Map<string, unknown>();
  const sendUnlessFailed = async <T>(region: string, send: () => Promise<T>): Promise<T> => {
    const first = firstRequests.get(region);
    await first;
    if (failures.has(region)) throw failures.get(region);
    return send();
  };
  return ({ region, id }, send) => {
    const sending = sendUnlessFailed(region, () => send({ limitMs: HTTP.searchLimitMs }));
    const settled = sending.catch((error: unknown) => {
      if (isNetworkFailure(error)) failures.set(region, error);
    });
    if (!firstRequests.has(region)) firstRequests.set(region, settled);
    return notes.unlessUnseen(id, sending);
  };
}

/** How the account is looked through. */
export interface Looking {
  aws: Aws;
  /** The Regions asked for by their names; none means all in which there may be something. */
  asked: string[];
  notes: Notes;
  /** Whether to look only at the policies of roles, and to skip resource policies and KMS keys. */
  rolesOnly?: boolean;
  /** Hears what is being looked at, and how much of it there was so far. */
  onProgress(what: string): void;
}
