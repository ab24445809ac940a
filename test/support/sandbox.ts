import { afterEach, beforeEach } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';

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
