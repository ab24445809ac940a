import { expect } from 'vitest';
import type { Fault, Sandbox } from '../../src/sandbox/index.ts';
import { readAccount } from '../support/account.ts';
import { type RunOptions, type RunResult, run } from '../support/runs/run.ts';
import { type Home, leaks, newHome } from './leaks.ts';
import { flagsWithout, openAccount } from './wizard.ts';

/** Random keys, so that a match of a piece is never a coincidence. */
export const KEY = '7d1c94e0b35fa826d9e47b10c8365af2914eb70d2c8f53a6e01b97d4f5682c3a';
export const HELD = 'c25e83f7104bd96a3f8e07b5d1946c2ae97f305b8d21c64f0ae7395bd86c14f0';
export const PASSWORD = 'Zeppelin "LZ 129" 100%/& <Lakehurst>';
export const SECRETS = [KEY, HELD, PASSWORD];

/** An account and the files for one run. */
export interface Scene {
  sandbox: Sandbox;
  home: Home;
}

export async function newScene(...faults: Fault[]): Promise<Scene> {
  const sandbox = await openAccount();
  for (const fault of faults) sandbox.addFault(fault);
  return { sandbox, home: newHome() };
}

/** Every flag but the key source. */
export const KEYLESS = flagsWithout('--key-env');

export function keyFile({ home }: Scene, text = `${KEY}\n`): string[] {
  return ['--key-file', home.give('studio.key', text)];
}

/** Runs `setup --yes` without a terminal, and expects no key in its output or its files. */
export async function setup(scene: Scene, flags: string[], options: RunOptions = {}): Promise<RunResult> {
  const { sandbox, home } = scene;
  const env = { ...sandbox.env, ...home.env, ...options.env };
  const result = await run(['setup', ...KEYLESS, '--yes', ...flags], { cwd: home.cwd, ...options, env });
  expectNoLeak(home, { stdout: result.stdout, stderr: result.stderr });
  return result;
}

export function expectNoLeak(home: Home, places: Record<string, string>, keys = SECRETS): void {
  expect(leaks({ ...places, ...home.files() }, keys)).toEqual([]);
}

/** Every value of every secret of the account. */
export async function heldKeys({ sandbox }: Scene): Promise<(string | undefined)[]> {
  const { secrets } = await readAccount(sandbox);
  return secrets.flatMap(({ values }) => Object.values(values));
}
