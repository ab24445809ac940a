import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, test } from 'vitest';
import { setUp } from '../../support/runs/setup.ts';
import { tearDown } from '../../support/runs/teardown.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();

/** Returns a handler that reaches the sandbox, except MediaConnect, whose host name does not resolve. */
function withoutMediaConnect() {
  const handler = new NodeHttpHandler();
  return {
    metadata: handler.metadata,
    destroy: () => handler.destroy(),
    async handle(...[request, options]: Parameters<NodeHttpHandler['handle']>) {
      if (!/^\/v1\/(flows|router)/.test(request.path)) return handler.handle(request, options);
      const hostname = 'mediaconnect.us-west-2.amazonaws.com';
      throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND', hostname });
    },
  };
}

test('removes a secret in a Region without MediaConnect, and says in the plan that no flow was checked', async () => {
  await setUp(sandbox());
  const { code, log } = await tearDown(sandbox(), {}, { requestHandler: withoutMediaConnect() });
  expect(code, log).toBe(0);
  expect(log).toContain('uses the secret in us-west-2 (no MediaConnect endpoint found there');
});
