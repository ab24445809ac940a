import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { KEYS } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { program, runCommand } from '../support/run.ts';
import { entries, manifestFolder } from './manifests.ts';

const FROM_FILE = 'secretName: studio-a\nregions: [us-west-2]\nkey: { file: studio.key }';

/** Runs a command in a folder, with a manifest that the shell gives as `<(…)`. */
async function piped(name: string, manifest: string, command: string) {
  const cwd = join(realpathSync(manifestFolder()), name);
  mkdirSync(cwd, { recursive: true });
  const script = `"$0" "$1" ${command} --manifest <(printf %s "$2")`;
  const sandbox = await startSandbox();
  closing(() => sandbox.close());
  const run = () =>
    runCommand('bash', ['-c', script, process.execPath, program, manifest], { cwd, env: sandbox.env });
  return { cwd, run };
}

describe('a manifest from a process substitution', () => {
  test.concurrent('reads key files from the current folder, and prints commands that can be run', async () => {
    const { cwd, run } = await piped('good', entries(FROM_FILE), 'verify');
    writeFileSync(join(cwd, 'studio.key'), KEYS.aes256, { mode: 0o644 });
    const { stdout, stderr } = await run();
    expect(stderr.replace(/\s+/g, ' ')).toContain(`chmod 600 ${cwd}/studio.key`);
    expect(stdout).toContain('mc-static-key setup --manifest FILE');
    expect(stdout + stderr).not.toContain('--manifest /dev/fd');
  });

  test.concurrent('names the folder in which a key file is missing', async () => {
    const { cwd, run } = await piped('missing', entries(FROM_FILE), 'setup --yes');
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toContain(`key.file: there is no file of that name in ${cwd}.`);
  });
});
