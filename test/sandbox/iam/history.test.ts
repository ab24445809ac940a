import { describe, expect, it } from 'vitest';
import { History } from '../../../src/sandbox/iam/history.ts';

const MINUTE_MS = 60_000;

describe('History', () => {
  it('shows each entry after its own delay, and nothing older than its own beginning', () => {
    const live = new Map([['old', 1]]);
    const history = new History(live);
    live.set('slow', 1);
    history.record(live, 500);
    live.set('quick', 1);
    history.record(live, 100);
    expect([...history.asOf(-MINUTE_MS).keys()]).toEqual(['old']);
    expect([...history.asOf(100).keys()]).toEqual(['old', 'quick']);
    expect([...history.asOf(500).keys()]).toEqual(['old', 'slow', 'quick']);
  });

  it('shows a slower earlier write together with a later one', () => {
    const live = new Map([['policy', 1]]);
    const history = new History(live);
    live.set('policy', 2);
    history.record(live, 500);
    live.set('policy', 3);
    history.record(live, 100);
    expect([99, 100, 500].map((time) => history.asOf(time).get('policy'))).toEqual([1, 3, 3]);
  });

  it('forgets a change after two minutes', () => {
    const live = new Map([
      ['changed', 1],
      ['deleted', 1],
    ]);
    const history = new History(live);
    live.set('changed', 2);
    live.delete('deleted');
    history.record(live, 0);
    history.prune(2 * MINUTE_MS - 1);
    expect(history.asOf(-1)).toEqual(
      new Map([
        ['changed', 1],
        ['deleted', 1],
      ]),
    );
    history.prune(2 * MINUTE_MS);
    expect(history.asOf(-1)).toEqual(new Map());
    expect(history.asOf(0)).toEqual(new Map([['changed', 2]]));
  });
});
