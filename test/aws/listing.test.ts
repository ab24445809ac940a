import { describe, expect, test } from 'vitest';
import { atMost, pages } from '../../src/aws/requests/concurrency.ts';

describe('a listing', () => {
  const read = async (tokens: Record<string, string | undefined>) => {
    const seen: string[] = [];
    for await (const { items } of pages(async (token = 'first') => ({ items: [token], next: tokens[token] })))
      seen.push(...items);
    return seen;
  };

  test('is read to its last page', async () => {
    expect(await read({ first: 'second', second: 'third' })).toEqual(['first', 'second', 'third']);
  });

  test('ends when the next page would be the same one', async () => {
    expect(await read({ first: 'second', second: 'second' })).toEqual(['first', 'second']);
  });
});

describe('tasks with a concurrency limit', () => {
  test('run at most so many at once, and return their results in order', async () => {
    let [now, most] = [0, 0];
    const results = await atMost(3, [5, 1, 4, 1, 3, 2], async (turns) => {
      now += 1;
      most = Math.max(most, now);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      now -= 1;
      return turns * 10;
    });
    expect([results, most]).toEqual([[50, 10, 40, 10, 30, 20], 3]);
  });

  test('start nothing more once one has failed', async () => {
    const begun: number[] = [];
    const working = atMost(2, [1, 2, 3, 4, 5, 6], async (item) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 2) throw new Error('refused');
    });
    await expect(working).rejects.toThrow('refused');
    expect(begun).not.toContain(5);
  });
});
