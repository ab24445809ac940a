import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    isolate: false,
    setupFiles: ['test/support/tidy.ts'],
    // Much of the time goes by waiting for programs and terminals, so that more at once than there are cores are good.
    maxWorkers: 4,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests say which credentials and endpoint they use; nothing of the developer's own AWS set-up may leak in.
    env: {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  },
});
