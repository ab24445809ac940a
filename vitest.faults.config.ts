import { mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Every case of what can go wrong, which takes minutes; `npm test` runs a representative part. */
export default mergeConfig(base, {
  test: {
    include: ['test/{faults,foreign,input,network}/**/*.test.ts', 'test/**/{fuzz,evaluate-judge}.test.ts'],
    env: { FAULTS: 'all' },
    // Many cases wait for time-outs.
    maxConcurrency: 10,
    testTimeout: 300_000,
  },
});
