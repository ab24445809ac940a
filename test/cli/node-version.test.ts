import { readFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { program, run } from '../support/runs/run.ts';

/** Runs the program as if on this version of Node.js. */
function onNode(version: string) {
  const code = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(code)}`;
  return run(['--version'], { env: { NODE_OPTIONS } });
}

describe('the launcher', () => {
  test.concurrent.for(['12.22.12', '18.20.8', '20.0.0', '20.16.0', '21.7.3', '22.12.0'])(
    'reports in one sentence which versions it needs on Node.js %s',
    async (version) => {
      expect(await onNode(version)).toMatchObject({
        code: 1,
        stdout: '',
        stderr: `mc-static-key needs Node.js 20.17, 22.13 or newer. This is ${version}. Install a newer version: https://nodejs.org\n`,
      });
    },
  );

  test.concurrent.for(['20.17.0', '20.20.2', '22.13.0', '23.0.0', '24.11.1', '25.2.1'])(
    'starts the program on Node.js %s',
    async (version) => {
      expect(await onNode(version)).toMatchObject({ code: 0, stdout: `${packageJson.version}\n` });
    },
  );

  test('has syntax that Node.js 12 can parse, and needs the versions in package.json', async () => {
    const source = readFileSync(program, 'utf8');
    const lowered = await transform(source, { format: 'esm', target: 'node12.20' });
    const asItIs = await transform(source, { format: 'esm', target: 'esnext' });
    expect(lowered.code).toBe(asItIs.code);
    expect(packageJson.engines.node).toBe('^20.17.0 || >=22.13.0');
  });
});
