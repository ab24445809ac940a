import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fixes, flowFixes, routerFixes } from '../../../src/checks/catalog/index.ts';
import type { VerifyCheck } from '../../../src/checks/verify/result.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { KEYS } from '../../support/account.ts';
import { runPrinted } from '../../support/printed.ts';
import { temporaryFile } from '../../support/runs/manifest.ts';
import { runHere } from '../../support/runs/run-here.ts';
import { setUp } from '../../support/runs/setup.ts';
import { troubles, type VerifyDocument } from '../../support/runs/verify.ts';
import {
  type Fix,
  FLOW_FIXES,
  FURTHER,
  ofPart,
  PARTS,
  ROUTER_FIXES,
  type Scene,
  SECRET_AND_ROLE_FIXES,
} from './fixes.ts';

/** A correct setup. Each test creates one fault in it. */
let scene: Scene;
let sandbox: Sandbox;
beforeEach(async () => {
  let passed = 0;
  sandbox = await startSandbox({ now: () => Date.now() + passed });
  const { json } = await setUp(sandbox);
  scene = {
    sandbox,
    secretArn: json.secrets[0]?.arn ?? '',
    roleArn: json.role?.arn ?? '',
    credentials: sandbox.credentials,
    letDaysPass: (days) => {
      passed += days * 24 * 60 * 60 * 1000;
    },
  };
});
afterEach(async () => {
  vi.restoreAllMocks();
  await sandbox.close();
});

/** Runs `verify` with these arguments. */
async function verifyAs(args: string[]): Promise<VerifyCheck[]> {
  const { accessKeyId, secretAccessKey, sessionToken } = scene.credentials;
  const { stdout, stderr } = await runHere(['verify', '--json', ...args], {
    ...sandbox.env,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken ? { AWS_SESSION_TOKEN: sessionToken } : {}),
    FEED_KEY: KEYS.aes256,
  });
  expect(stdout, stderr).not.toBe('');
  return (JSON.parse(stdout) as VerifyDocument).checks;
}

/** Records the results of a fix in the table of fixes, if it is called. */
function noting(words: object, name: string): () => { remedy: string; command?: string }[] {
  const word = Reflect.get(words, name) as unknown;
  if (typeof word !== 'function') return () => [word as { remedy: string }];
  const spy = vi.spyOn(words as Record<string, (...args: unknown[]) => unknown>, name);
  return () => spy.mock.results.map(({ value }) => value as { remedy: string; command?: string });
}

/** Creates the fault, follows the printed fix, and verifies again. */
async function carryOut(words: object, name: string, { id, fault, asked = [], ...fix }: Fix): Promise<void> {
  const args = await fault(scene);
  const made = noting(words, name);
  const before = await verifyAs(args);
  const check = before.find((each) => each.id === id && each.verdict !== 'ok');
  expect(check, troubles(before).join(', ')).toBeDefined();
  const { remedy = '', command } = check ?? {};
  const isOfThisFix = made().some(
    (each) => each.command === command && (command !== undefined || each.remedy === remedy),
  );
  expect(isOfThisFix, `${name} has not said: ${remedy} ${command ?? ''}`).toBe(true);

  const instead = await fix.before?.(scene, { remedy, command, args });
  if (/^(aws|mc-static-key) /.test(command ?? '')) {
    await runPrinted(sandbox, command, { keyFile: temporaryFile('right.key', KEYS.aes256), asked });
  }
  const then = (await fix.afterwards?.(scene, { remedy, command, args })) ?? instead ?? args;
  const after = troubles(await verifyAs(then));
  expect(after).not.toContain(`${check?.verdict} ${id}`);
  expect(after).toEqual(fix.left ?? []);
}

describe.each([
  ['a secret or a role', fixes, SECRET_AND_ROLE_FIXES],
  ['a flow', flowFixes, FLOW_FIXES],
  ['a router input or output', routerFixes, ROUTER_FIXES],
])('the fixes that verify prints for %s', (_of, words, fixes) => {
  test('are all tested here', () => {
    expect(Object.keys(fixes).sort()).toEqual(Object.keys(words).sort());
  });

  const rows = Object.entries<Fix | { cannotBeMade: string }>(fixes);
  test.each(rows.flatMap(([name, fix]) => ('id' in fix ? [{ name, fix }] : [])))(
    'resolve the fault: $name',
    ({ name, fix }) => carryOut(words, name, fix),
  );
});

describe('the fixes that verify prints in other cases', () => {
  test.each(FURTHER)('resolve the fault in $what ($name)', ({ name, fix }) => carryOut(fixes, name, fix));

  test.each(PARTS)('correct the algorithm of a flow: %s', (_kind, flow) =>
    carryOut(flowFixes, 'useAlgorithm', ofPart(flow)),
  );
});
