import { isNetworkFailure } from '../aws/http/network-errors.ts';
import type { KmsRequester } from '../checks/access/decryption.ts';
import { HTTP } from '../defaults.ts';
import type { Notes } from './notes.ts';

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
