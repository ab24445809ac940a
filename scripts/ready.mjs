// Brings a fresh clone to the point where the program can run: packages installed, program built.
// Plain Node with no packages, because it runs before there are any.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Whether node_modules was installed from the lock file as it is now. */
function installed() {
  const marker = `${root}node_modules/.package-lock.json`;
  return existsSync(marker) && statSync(marker).mtimeMs >= statSync(`${root}package-lock.json`).mtimeMs;
}

/** Runs a command whose own output matters only when it fails; then it goes to standard error. */
function run(command, args) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  process.stderr.write(`'${command} ${args.join(' ')}' failed.\n`);
  process.exit(1);
}

if (!installed()) {
  process.stderr.write('Installing packages (once, some seconds)…\n');
  run('npm', ['ci', '--no-audit', '--no-fund']);
}
run(process.execPath, ['scripts/build.mjs']);
