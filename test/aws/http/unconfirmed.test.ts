import { describe, expect, test } from 'vitest';
import { mayHaveTakenEffect } from '../../../src/aws/requests/retries.ts';

const failureOf = (syscall: string, code: string) => Object.assign(new Error(code), { syscall, code });

describe('a request to a host with several addresses', () => {
  test('has had no effect if no address could be reached', () => {
    const errors = [failureOf('connect', 'ETIMEDOUT'), failureOf('connect', 'ENETUNREACH')];
    expect(mayHaveTakenEffect(new AggregateError(errors))).toBe(false);
  });

  test('may have taken effect if a connection was lost', () => {
    const errors = [failureOf('connect', 'ETIMEDOUT'), failureOf('read', 'ECONNRESET')];
    expect(mayHaveTakenEffect(new AggregateError(errors))).toBe(true);
  });
});
