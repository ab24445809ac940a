import { describe, expect, test } from 'vitest';
import { performTeardownManifest } from '../../src/cli/teardown-manifest.ts';
import { REGION, readAccount } from '../support/account.ts';
import type { InProcessOptions } from '../support/command.ts';
import { type FleetDocument, runAll, setUpAll } from '../support/manifest.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { setUp } from '../support/setup.ts';
import { tearDown } from '../support/teardown.ts';

const POLICY = 'SecretsManagerForMediaConnect';
const ROLE = 'MediaConnect-ASM';
const sandbox = freshSandbox();
const goingSecret = { secretName: 'studio-a', region: [REGION] };

/** Two keys whose roles have the same policy. */
const twoRoles = {
  keys: ['a', 'b'].map((name) => ({
    secretName: `studio-${name}`,
    policyName: 'cams',
    roleName: `MediaConnect-${name}`,
  })),
};

function tearDownBoth(options: InProcessOptions = {}) {
  const how = { dryRun: false, recoveryDays: 30, includeUntagged: false };
  return runAll<FleetDocument>(
    sandbox(),
    twoRoles,
    (run, manifest) => performTeardownManifest(run, manifest, how),
    options,
  );
}

/** How often a policy was to be attached. */
function requestsToAttach(): number {
  return sandbox().requests.filter(({ action }) => action === 'AttachRolePolicy').length;
}

async function attachments(): Promise<[string, (string | undefined)[]][]> {
  const { roles } = await readAccount(sandbox());
  return roles.map(({ name, attached }) => [name, attached]);
}

describe('a role that never lost the policy', () => {
  test('does not get it again, and is not said to have lost it, when AWS does not allow detaching it', async () => {
    await setUp(sandbox(), goingSecret);
    sandbox().addFault({ action: 'DetachRolePolicy', kind: 'access-denied' });
    sandbox().addFault({ action: 'AttachRolePolicy', kind: 'access-denied' });
    sandbox().clearRequests();
    const { code, json, log } = await tearDown(sandbox(), goingSecret);
    expect(code).toBe(4);
    expect(json.error.awsAction).toBe('iam:DetachRolePolicy');
    expect(log).not.toContain('has lost the policy');
    expect(requestsToAttach()).toBe(0);
    expect(await attachments()).toEqual([[ROLE, [POLICY]]]);
  });

  test('does not get it again when the run is interrupted before it was detached', async () => {
    await setUpAll(sandbox(), twoRoles);
    const controller = new AbortController();
    sandbox().addFault({
      action: 'DetachRolePolicy',
      kind: 'delay',
      delayMs: 200,
      onStrike: () => controller.abort(),
    });
    sandbox().clearRequests();
    const { code } = await tearDownBoth({ interrupt: controller.signal });
    expect(code).toBe(130);
    expect(requestsToAttach()).toBe(1);
    expect(await attachments()).toEqual([
      ['MediaConnect-a', ['cams']],
      ['MediaConnect-b', ['cams']],
    ]);
  });
});
