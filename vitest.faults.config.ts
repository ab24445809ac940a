import { mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** All tests, with every case of what can go wrong, which takes minutes; `npm test` runs a representative part. */
export default mergeConfig(base, {
  test: {
    env: { FAULTS: 'all' },
    // Many cases wait for time-outs.
    maxConcurrency: 10,
    testTimeout: 300_000,
  },
});
