import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type RunOptions, runCommand } from './run.ts';

const node = (script: string, options?: RunOptions) => runCommand(process.execPath, ['-e', script], options);

describe('a command in a pipeline', () => {
  test('answers its exit code and what it wrote, each stream by itself', async () => {
    const result = await node('console.log("out"); console.error("err"); process.exitCode = 3;');
    expect(result).toEqual({ code: 3, signal: null, stdout: 'out\n', stderr: 'err\n' });
  });

  test('gets an environment of its own: an empty home, no AWS set-up, and what the test adds', async () => {
    const { stdout } = await node('console.log(JSON.stringify(process.env))', {
      env: { AWS_REGION: 'eu-west-1', AWS_CONFIG_FILE: undefined },
    });
    const env = JSON.parse(stdout);
    expect(Object.keys(env).sort()).toEqual([
      'AWS_EC2_METADATA_DISABLED',
      'AWS_REGION',
      'AWS_SHARED_CREDENTIALS_FILE',
      'HOME',
      'PATH',
    ]);
    expect(env.HOME).not.toBe(process.env.HOME);
    expect(existsSync(env.HOME)).toBe(true);
  });

  test('reads what the test puts into standard input, or its end at once', async () => {
    const echo = 'process.stdin.pipe(process.stdout)';
    expect((await node(echo, { stdin: 'a\nb' })).stdout).toBe('a\nb');
    expect((await node(echo)).stdout).toBe('');
  });

  test('may leave its standard input unread', async () => {
    expect(await node('process.exit(0)', { stdin: 'x'.repeat(1_000_000) })).toMatchObject({ code: 0 });
  });

  test('is killed when it takes too long', async () => {
    expect(await node('setInterval(() => {}, 1000)', { timeoutMs: 100 })).toMatchObject({
      code: null,
      signal: 'SIGKILL',
    });
  });

  test('that does not exist is an error', async () => {
    await expect(runCommand('/nowhere/no-such-command', [])).rejects.toThrow('ENOENT');
  });
});
