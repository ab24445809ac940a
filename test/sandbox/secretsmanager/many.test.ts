import { describe, expect, it } from 'vitest';
import { SecretStore } from '../../../src/sandbox/secretsmanager/store.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const PREFIX = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:';

/** Returns the processor time, in microseconds, for finding secrets by name and by ARN in a Region with this many. */
function timeToFind(secrets: number, finds: number): number {
  const store = new SecretStore(PREFIX);
  const arns = Array.from({ length: secrets }, (_, index) => store.add(`live/${index}`, NOW).arn);
  const started = process.cpuUsage();
  for (let at = 0; at < finds; at += 1) {
    const found = store.find(`live/${at % secrets}`, NOW);
    if (!found || store.find(arns[at % secrets] ?? '', NOW) !== found) throw new Error('not found');
  }
  // Processor time, because other tests may use the machine.
  const { user, system } = process.cpuUsage(started);
  return user + system;
}

const best = (measure: () => number) => Math.min(measure(), measure(), measure());

describe('SecretStore', () => {
  it('finds one of ten thousand secrets as fast as one of a hundred', () => {
    const few = best(() => timeToFind(100, 10_000));
    const many = best(() => timeToFind(10_000, 10_000));
    expect(many / few).toBeLessThan(20);
  });

  it('does not find a secret by its ARN after a replica has replaced it', () => {
    const store = new SecretStore(PREFIX);
    const before = store.add('live/1', NOW);
    const elsewhere = new SecretStore(PREFIX.replace('us-west-2', 'eu-west-1'));
    const replica = store.addReplica(elsewhere.add('live/1', NOW), 'eu-west-1', undefined);
    expect(store.find(before.arn, NOW)).toBeUndefined();
    expect(store.find(replica.arn, NOW)).toBe(replica);
    expect(store.all(NOW)).toEqual([replica]);
  });
});
