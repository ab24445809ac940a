import { afterEach, beforeEach } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';

/** Makes everything in an account an hour old at once: a version of a policy that is a minute old may be in the making. */
export const AN_HOUR_AGO = { now: () => Date.now() - 60 * 60 * 1000 };

/** An empty account for each test of the file (or of the `describe` around it), gone after the test. */
export function freshSandbox(options: SandboxOptions = {}): () => Sandbox {
  let sandbox: Sandbox | undefined;
  beforeEach(async () => {
    sandbox = await startSandbox(options);
  });
  afterEach(() => sandbox?.close());
  return () => {
    if (!sandbox) throw new Error('a sandbox is there during a test only');
    return sandbox;
  };
}
