import { describe, expect, it } from 'vitest';
import { Recorder } from '../../src/sandbox/record.ts';

/** Returns the record of this many requests with user agents of this length, which arrived at 0, 1, 2, … */
function recordOf(requests: number, nameLength: number) {
  const recorder = new Recorder();
  const userAgent = 'x'.repeat(nameLength);
  const entry = { service: 'iam', action: 'GetRole', region: '', params: {}, accessKeyId: '', userAgent };
  for (let at = 0; at < requests; at += 1) recorder.begin(entry, at, 100);
  return recorder.requests;
}

describe('the record of requests', () => {
  it('keeps the newest ten thousand requests', () => {
    const requests = recordOf(10_500, 10);
    expect(requests).toHaveLength(10_000);
    expect(requests.at(0)?.startedAt).toBe(500);
    expect(requests.at(-1)?.startedAt).toBe(10_499);
  });

  it('keeps fewer requests when the user agent is long', () => {
    const requests = recordOf(3_000, 16_000);
    expect(requests.length).toBeLessThan(1_100);
    expect(requests.at(-1)?.startedAt).toBe(2_999);
  });
});
