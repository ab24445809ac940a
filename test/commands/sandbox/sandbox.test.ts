import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { closing } from '../../support/closing.ts';
import { baseEnv, program, run, runCommand } from '../../support/runs/run.ts';
import { runHere } from '../../support/runs/run-here.ts';
import { openTerminal } from '../../support/terminal/terminal.ts';

const node = (script: string) => [process.execPath, '-e', script];
const inside = (script: string, env: NodeJS.ProcessEnv = {}) =>
  run(['sandbox', '--', ...node(script)], { env });
/** Variables that could lead AWS clients to other endpoints or credentials. */
const LEADING_AWAY = {
  AWS_PROFILE: 'production',
  AWS_DEFAULT_PROFILE: 'production',
  AWS_SESSION_TOKEN: 'token',
  AWS_ENDPOINT_URL: 'https://example.com',
  AWS_ENDPOINT_URL_IAM: 'https://iam.amazonaws.com',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: 'https://secretsmanager.us-west-2.amazonaws.com',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
  AWS_USE_FIPS_ENDPOINT: 'true',
  AWS_USE_DUALSTACK_ENDPOINT: 'true',
  AWS_CA_BUNDLE: '/nowhere',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere',
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/production',
  MC_STATIC_KEY_PROFILE: 'production',
  MC_STATIC_KEY_ENDPOINT_URL: 'https://example.com',
  MC_STATIC_KEY_ACCOUNT_ID: '999988887777',
  MC_STATIC_KEY_SANDBOX: 'true',
};
/** Variables that the user may set in the sandbox too. */
const KEPT = { AWS_PAGER: '', AWS_DEFAULT_OUTPUT: 'text', MC_STATIC_KEY_ROLE_NAME: 'Studio', MINE: 'a b' };
const temporaryFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-test-'));
  closing(() => rmSync(folder, { recursive: true }));
  return folder;
};
const hasShell = (shell = '') => spawnSync(shell, ['-c', 'exit 0']).status === 0;
const pathOf = (shell: string) =>
  spawnSync('sh', ['-c', `command -v ${shell}`], { encoding: 'utf8' }).stdout.trim();
const canConnect = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

describe('a command in the sandbox', () => {
  test('finds an endpoint, credentials and a Region in its environment', async () => {
    const { code, stdout, stderr } = await inside('console.log(JSON.stringify(process.env))');
    expect([code, stderr]).toEqual([0, '']);
    const env = JSON.parse(stdout);
    expect(env.AWS_ENDPOINT_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(env.AWS_ACCESS_KEY_ID).toMatch(/./);
    expect(env.AWS_SECRET_ACCESS_KEY).toMatch(/./);
    expect([env.AWS_REGION, env.AWS_DEFAULT_REGION]).toEqual(['us-west-2', 'us-west-2']);
  });

  test('keeps the user’s Region, and gets no variables that lead out of the sandbox', async () => {
    const { stdout } = await inside('console.log(JSON.stringify(process.env))', {
      AWS_REGION: 'eu-west-1',
      AWS_PROFILE: 'production',
      AWS_SESSION_TOKEN: 'token',
      AWS_ENDPOINT_URL_IAM: 'https://iam.amazonaws.com',
      MINE: 'stays',
    });
    const env = JSON.parse(stdout);
    expect(env).toMatchObject({ AWS_REGION: 'eu-west-1', MINE: 'stays' });
    expect(Object.keys(env)).not.toContain('AWS_PROFILE');
    expect(Object.keys(env)).not.toContain('AWS_SESSION_TOKEN');
    expect(Object.keys(env)).not.toContain('AWS_ENDPOINT_URL_IAM');
  });

  test('gets none of the variables that lead out of the sandbox, and keeps all others', async () => {
    const { stdout } = await inside('console.log(JSON.stringify(process.env))', {
      ...LEADING_AWAY,
      ...KEPT,
    });
    const env = JSON.parse(stdout);
    expect(env).toMatchObject(KEPT);
    const { AWS_ENDPOINT_URL, ...others } = LEADING_AWAY;
    expect(Object.keys(others).filter((name) => name in env)).toEqual([]);
    expect(env.AWS_ENDPOINT_URL).not.toBe(AWS_ENDPOINT_URL);
  });

  test.each([
    [{}, 'localhost,127.0.0.1', 'localhost,127.0.0.1'],
    [{ NO_PROXY: '.a.example' }, '.a.example,localhost,127.0.0.1', '.a.example,localhost,127.0.0.1'],
    [{ no_proxy: 'a.example' }, 'a.example,localhost,127.0.0.1', 'a.example,localhost,127.0.0.1'],
    [{ NO_PROXY: 'a', no_proxy: 'b' }, 'a,localhost,127.0.0.1', 'b,localhost,127.0.0.1'],
    [{ NO_PROXY: 'a', no_proxy: ' ' }, 'a,localhost,127.0.0.1', 'a,localhost,127.0.0.1'],
    [{ no_proxy: '127.0.0.1, b' }, '127.0.0.1, b,localhost', '127.0.0.1, b,localhost'],
    [{ no_proxy: 'LOCALHOST 127.0.0.1' }, 'LOCALHOST 127.0.0.1', 'LOCALHOST 127.0.0.1'],
    // Python and older versions of curl accept `*` only on its own.
    [{ NO_PROXY: '*' }, '*', '*'],
  ])('bypasses the proxy for the hosts in NO_PROXY, and for the sandbox: %o', async (env, upper, lower) => {
    const { stdout } = await inside('console.log(JSON.stringify(process.env))', env);
    expect(JSON.parse(stdout)).toMatchObject({ NO_PROXY: upper, no_proxy: lower });
  });

  test('gets AWS configuration files that lead to the sandbox and are removed afterwards', async () => {
    const script =
      'const { readFileSync } = require("node:fs"); const { env } = process;' +
      'console.log(JSON.stringify([env.AWS_CONFIG_FILE, readFileSync(env.AWS_CONFIG_FILE, "utf8"), env.AWS_ENDPOINT_URL]))';
    const { stdout } = await inside(script, { AWS_CONFIG_FILE: '/nowhere', AWS_USE_FIPS_ENDPOINT: 'true' });
    const [path, config, url] = JSON.parse(stdout);
    expect(config).toBe(`[default]\nregion = us-west-2\nendpoint_url = ${url}\n`);
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    ['aws-cli/2.9.21 Python/3.9.11 Linux/5.10', 'AWS CLI 2.9.21 ignores AWS_ENDPOINT_URL'],
    ['aws-cli/1.27.165 Python/3.9.11 Linux/5.10', 'AWS CLI 1.27.165 ignores AWS_ENDPOINT_URL'],
    ['aws-cli/2.13.0 Python/3.11.4 Linux/5.10', ''],
    ['aws-cli/1.29.0 Python/3.11.4 Linux/5.10', ''],
  ])('is not run if it is an AWS CLI that would call AWS: %s', async (version, told) => {
    const aws = join(temporaryFolder(), 'aws');
    writeFileSync(aws, `#!/bin/sh\nif [ "$1" = --version ]; then echo '${version}'; else echo called; fi\n`, {
      mode: 0o755,
    });
    const { code, stdout, stderr } = await run(['sandbox', '--', aws, 'sts', 'get-caller-identity']);
    expect([code, stdout]).toEqual(told ? [2, ''] : [0, 'called\n']);
    expect(stderr).toContain(told);
  });

  test('is run with a warning if PATH has an AWS CLI that would call AWS', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'aws'), "#!/bin/sh\necho 'aws-cli/2.9.21 Python/3.9.11 Linux/5.10'\n", {
      mode: 0o755,
    });
    const PATH = `${folder}:${process.env.PATH}`;
    const { code, stderr } = await run(['sandbox', '--', 'sh', '-c', 'exit 3'], { env: { PATH } });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^Warning: AWS CLI 2\.9\.21 in PATH ignores AWS_ENDPOINT_URL/);
  });

  test('can be this program, which finds everything in place on its second run', async () => {
    const setup = `${process.execPath} ${program} setup --secret-name a --generate aes256 --yes --json`;
    const { code, stdout } = await run(['sandbox', '--', 'sh', '-c', `${setup} > /dev/null && ${setup}`]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ secrets: [{ action: 'kept' }], role: { action: 'kept' } });
  });

  test('passes its exit code, its input and its output through', async () => {
    const script =
      'process.stdin.on("data", (d) => process.stdout.write(d)).on("end", () => process.exit(7))';
    const result = await run(['sandbox', '--', ...node(script)], { stdin: 'hello' });
    expect(result).toMatchObject({ code: 7, stdout: 'hello', stderr: '' });
  });

  test('ends with the exit code of a shell if a signal ends it', async () => {
    expect((await inside('process.kill(process.pid, "SIGTERM")')).code).toBe(128 + 15);
  });

  test('gets its own options after --', async () => {
    const { stdout } = await run(['sandbox', '--', process.execPath, '-p', '1 + 1']);
    expect(stdout).toBe('2\n');
  });

  test('leaves nothing listening when it ends', async () => {
    const { stdout } = await inside('console.log(process.env.AWS_ENDPOINT_URL)');
    expect(await canConnect(stdout.trim())).toBe(false);
  });

  test('is reported as missing if it does not exist', async () => {
    const { code, stdout, stderr } = await run(['sandbox', '--', 'no-such-command']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Command after -- not found.');
  });

  test.each(['', '/dev/null/command'])('is reported if it cannot be started: “%s”', async (command) => {
    const { code, stdout, stderr } = await run(['sandbox', '--', command]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/Command after -- couldn't be started \(E\w+\)/);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'is not started after %s, and no files are left',
    async (signal) => {
      const [folder, temporary] = [temporaryFolder(), temporaryFolder()];
      const aws = join(folder, 'aws');
      // The signal arrives while the program waits for the version.
      writeFileSync(
        aws,
        '#!/bin/sh\nif [ "$1" = --version ]; then echo >&2; exec sleep 1; else echo called; fi\n',
        {
          mode: 0o755,
        },
      );
      const { code, stdout } = await run(['sandbox', '--', aws], {
        env: { TMPDIR: temporary },
        onStart: (child) => {
          const timer = setInterval(() => {
            if (readdirSync(temporary).length === 0) return;
            clearInterval(timer);
            child.kill(signal);
          }, 5);
        },
      });
      expect([code, stdout]).toEqual([128 + constants.signals[signal], '']);
      expect(readdirSync(temporary)).toEqual([]);
    },
  );

  test('gets SIGHUP, as when its terminal is closed, and no files are left', async () => {
    const temporary = temporaryFolder();
    const { code, stdout } = await run(['sandbox', '--', 'sh', '-c', 'kill -HUP $PPID; exec sleep 10'], {
      env: { TMPDIR: temporary },
    });
    expect([code, stdout]).toEqual([129, '']);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('gets a SIGINT that was sent to the program alone, as by kill -INT', async () => {
    const temporary = temporaryFolder();
    const { code, signal } = await run(['sandbox', '--', 'sh', '-c', 'kill -INT $PPID; exec sleep 8'], {
      env: { TMPDIR: temporary },
    });
    expect([code, signal]).toEqual([130, null]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('gets Ctrl-C once in a terminal, even if its input is a pipe', async () => {
    const script =
      'let n = 0; process.on("SIGINT", () => { n += 1; setTimeout(() => { console.log("got", n); process.exit(3); }, 500); });' +
      'console.log("ready"); setInterval(() => {}, 1000);';
    for (const input of ['', 'sleep 20 | ']) {
      const terminal = openTerminal({
        command: 'bash',
        args: ['-c', `${input}"$0" "$1" sandbox -- "$0" -e '${script}'`, process.execPath, program],
      });
      closing(() => terminal.kill());
      await terminal.waitFor('ready');
      await terminal.press('ctrl-c');
      await terminal.waitFor(/got \d/);
      expect(terminal.transcript()).toContain('got 1');
    }
  });

  test('is the user’s shell if none is given', async () => {
    const { code, stdout, stderr } = await run(['sandbox'], {
      env: { SHELL: '/bin/sh' },
      stdin: 'echo "at $AWS_ENDPOINT_URL"; exit 3\n',
    });
    expect(code).toBe(3);
    expect(stdout).toMatch(/at http:\/\/127\.0\.0\.1:\d+/);
    expect(stderr).toContain('Sandbox shell: AWS calls go to http://127.0.0.1:');
  });
});

describe('the shell of the sandbox', () => {
  test.each([
    ['/nowhere/shell', 'Shell in SHELL not found.'],
    ['/dev/null/shell', "Shell in SHELL couldn't be started (ENOTDIR)"],
  ])('is reported if it cannot be started: %s', async (shell, told) => {
    const { code, stderr } = await run(['sandbox'], { env: { SHELL: shell } });
    expect(code).toBe(2);
    expect(stderr).toContain(told);
  });

  test('is the system shell if SHELL is empty', async () => {
    const { code } = await run(['sandbox'], { env: { SHELL: '' }, stdin: 'exit 3\n' });
    expect(code).toBe(3);
  });

  const EXPORTS = Object.entries(LEADING_AWAY).map(([name, value]) => `export ${name}=${value}\n`);
  const LOST = Object.keys(LEADING_AWAY).filter((name) => name !== 'AWS_ENDPOINT_URL');

  test.each(
    [
      ['bash', '.bashrc', '(sandbox) studio$'],
      ['zsh', '.zshenv', '(sandbox) studio$'],
      ['zsh', '.zshrc', '(sandbox) studio$'],
      ['zsh', 'of zsh/.zshrc', '(sandbox) studio$'],
    ].filter(([shell]) => hasShell(shell)),
  )('stays in the sandbox, whatever the startup files of %s export: %s', async (shell, file, shown) => {
    const home = temporaryFolder();
    const path = join(home, file);
    mkdirSync(dirname(path), { recursive: true });
    const rest = `alias mine='echo from an alias'\nPS1='studio$ '\n`;
    writeFileSync(path, `${EXPORTS.join('')}${rest}`);
    // Without any startup file, zsh would offer to create one.
    if (file !== '.zshrc') writeFileSync(join(home, '.zshrc'), '');
    const terminal = openTerminal({
      command: process.execPath,
      args: [program, 'sandbox'],
      env: {
        HOME: home,
        SHELL: pathOf(shell),
        ZDOTDIR: file.includes('/') ? dirname(path) : undefined,
      },
    });
    closing(() => terminal.kill());
    await terminal.waitFor(shown);
    await terminal.type('mine\r');
    await terminal.waitFor(/^from an alias/m);
    await terminal.type(`echo "at $AWS_ENDPOINT_URL, left: ${LOST.map((name) => `$${name}`).join('')}."\r`);
    await terminal.waitFor(/^at http:\/\/127\.0\.0\.1:\d+, left: \./m);
    await terminal.type('export AWS_REGION=eu-west-1\r');
    await terminal.type('echo "in $AWS_REGION"\r');
    await terminal.waitFor(/^in eu-west-1/m);
    await terminal.type('exit 3\r');
    expect(await terminal.exit()).toMatchObject({ code: 3 });
  });
});

describe('the prompt of the shell', () => {
  test.each(
    [
      ['bash', '.bashrc', `PROMPT_COMMAND='PS1="theme> ";'`],
      ['zsh', '.zshrc', `precmd() { PS1='theme> ' }`],
      ['fish', '.config/fish/config.fish', `function fish_prompt; printf 'theme> '; end`],
    ].filter(([shell]) => hasShell(shell)),
  )('says that it is the sandbox, even if a theme of %s sets it', async (shell, file, theme) => {
    const home = temporaryFolder();
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), `${theme}\n`);
    const terminal = openTerminal({
      command: process.execPath,
      args: [program, 'sandbox'],
      env: { HOME: home, SHELL: pathOf(shell) },
    });
    closing(() => terminal.kill());
    await terminal.waitFor('(sandbox) theme> ');
    await terminal.type('exit 3\r');
    expect(await terminal.exit()).toMatchObject({ code: 3 });
  });

  test('says that it is the sandbox if the environment has a prompt', async () => {
    const terminal = openTerminal({
      command: process.execPath,
      args: [program, 'sandbox'],
      env: { HOME: temporaryFolder(), SHELL: '/bin/sh', PS1: 'mine> ' },
    });
    closing(() => terminal.kill());
    await terminal.waitFor('(sandbox) mine> ');
    await terminal.type('exit 3\r');
    expect(await terminal.exit()).toMatchObject({ code: 3 });
  });
});

describe('sandbox --port', () => {
  const freePort = async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return { port, close: () => new Promise((resolve) => server.close(resolve)) };
  };

  /**
   * Serves the sandbox until the test file ends or `stop` is called. `lines` is the standard output. Another process can take the port
   * before the sandbox does; then another port is tried.
   */
  const serve = async (env: NodeJS.ProcessEnv = {}, attempts = 3) => {
    const { port, close } = await freePort();
    await close();
    const child = spawn(process.execPath, [program, 'sandbox', '--port', `${port}`], {
      env: { ...baseEnv(), ...env },
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    };
    closing(stop);
    const printed = new Promise<string>((resolve) => {
      let stdout = '';
      child.stdout.on('data', (chunk) => {
        stdout += chunk;
        if (/AWS_SHARED_CREDENTIALS_FILE=.*\n/.test(stdout)) resolve(stdout);
      });
    });
    const lines = await Promise.race([printed, ended]);
    if (typeof lines === 'string') return { lines, port, stop };
    expect(attempts, 'the sandbox ends before it serves').toBeGreaterThan(1);
    return serve(env, attempts - 1);
  };

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('serves on that port until %s', async (signal, exit) => {
    const { lines, port, stop } = await serve();
    expect(lines).toContain(`export AWS_ENDPOINT_URL=http://127.0.0.1:${port}\n`);
    const exports = Object.fromEntries(
      [...lines.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    );
    const args = ['setup', '--secret-name', 'a', '--generate', 'aes256', '--yes'];
    expect((await run(args, { env: exports })).code).toBe(0);
    expect(await stop(signal)).toBe(exit);
    expect(await canConnect(`http://127.0.0.1:${port}`)).toBe(false);
  });

  const SHELLS = ['sh', 'bash', 'zsh'].filter(hasShell);
  const PRINT_ENV = 'node -p "JSON.stringify(process.env)"';

  test.each(SHELLS)('prints lines that give %s the same environment as a command gets', async (shell) => {
    const { lines } = await serve();
    const env = { ...LEADING_AWAY, ...KEPT };
    const printed = await runCommand(shell, ['-c', `set -eu\n${lines}\n${PRINT_ENV}`], { env });
    expect([printed.code, printed.stderr]).toEqual([0, '']);
    const child = await run(['sandbox', '--', shell, '-c', PRINT_ENV], { env });
    // Each sandbox has its own address, credentials and files.
    const alike = (stdout: string) =>
      Object.entries(JSON.parse(stdout) as Record<string, string>)
        .map(([name, value]) => [name, /^AWS_.*(URL|KEY|ID|FILE)$/.test(name) ? '' : value])
        .filter(([name = '']) => !/^(_|SHLVL|PWD|OLDPWD|AWS_SDK_JS_NODE_VERSION_.*)$/.test(name))
        .sort();
    expect(alike(printed.stdout)).toEqual(alike(child.stdout));
  });

  test('prints lines that lead this program to the sandbox, whatever the environment and the profile say', async () => {
    const { lines, stop } = await serve();
    const config = join(temporaryFolder(), 'config');
    writeFileSync(
      config,
      '[default]\nignore_configured_endpoint_urls = true\nca_bundle = /nowhere\n[profile production]\nregion = eu-west-1\n',
    );
    const setup = `${process.execPath} ${program} setup --secret-name a --generate aes256 --yes --json`;
    const env = { ...LEADING_AWAY, AWS_CONFIG_FILE: config };
    const result = await runCommand('sh', ['-c', `set -eu\n${lines}\n${setup}`], { env });
    expect(result).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Warning') });
    const { caller } = JSON.parse(result.stdout);
    const url = /AWS_ENDPOINT_URL=(.*)/.exec(lines)?.[1];
    expect(caller).toMatchObject({ account: '111122223333', region: { value: 'us-west-2' } });
    expect(caller.endpoints.map((each: { url: string }) => each.url)).toContain(url);
    const files = [...lines.matchAll(/_FILE=(.*)/g)].map(([, path = '']) => path);
    expect(files.map((path) => existsSync(path))).toEqual([true, true]);
    expect(await stop('SIGHUP')).toBe(129);
    expect(files.map((path) => existsSync(path))).toEqual([false, false]);
  });

  test('is reported if the port is in use', async () => {
    const { port, close } = await freePort();
    const { code, stderr } = await run(['sandbox', '--port', `${port}`]);
    await close();
    expect(code).toBe(2);
    expect(stderr).toContain(`--port: port ${port} is already in use.`);
  });

  test.each(['0', '65536', 'http', '80.5', '-1'])('is refused with the value %s', async (port) => {
    const { code, stderr } = await run(['sandbox', `--port=${port}`]);
    expect(code).toBe(2);
    expect(stderr).toContain('--port must be a port number from 1 to 65535');
  });

  test('is ignored as a variable if a command is given', async () => {
    const env = { MC_STATIC_KEY_PORT: '4566' };
    expect((await runHere(['sandbox', '--', ...node('process.exit(7)')], env)).code).toBe(7);
  });

  test('is refused together with a command', async () => {
    const { code, stderr } = await run(['sandbox', '--port', '4566', '--', 'ls']);
    expect(code).toBe(2);
    expect(stderr).toContain('Use either --port or a command, not both.');
  });
});

describe('an option for AWS', () => {
  test.each([
    ['--profile', 'production'],
    ['--endpoint-url', 'https://example.com'],
    ['--account-id', '999988887777'],
    ['--sandbox'],
  ])('is refused by the sandbox command: %s', async (...option) => {
    const { code, stdout, stderr } = await runHere(['sandbox', ...option, '--', ...node('process.exit(0)')]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`Unknown option: ${option[0]}.`);
  });

  test('is passed to the command after --', async () => {
    const { code, stdout } = await run(['sandbox', '--', 'echo', '--profile', 'production']);
    expect([code, stdout]).toEqual([0, '--profile production\n']);
  });

  test('is not in the help of the sandbox command', async () => {
    const { stdout } = await runHere(['sandbox', '--help']);
    expect(stdout).toContain('--quiet');
    expect(stdout).not.toMatch(/--(profile|endpoint-url|account-id|sandbox)\b/);
  });

  test('is ignored by the sandbox command as a variable', async () => {
    const env = { MC_STATIC_KEY_PROFILE: 'production', MC_STATIC_KEY_ACCOUNT_ID: '999988887777' };
    expect((await runHere(['sandbox', '--', ...node('process.exit(7)')], env)).code).toBe(7);
  });
});

describe('setup --sandbox', () => {
  test('uses the example names of the AWS guide and a generated key by default', async () => {
    const { code, stdout } = await run(['setup', '--sandbox']);
    expect(code).toBe(0);
    expect(stdout).toContain('secret:2018-12-01_baseball-game-source-');
    expect(stdout).toContain('role/MediaConnect-ASM');
    expect(stdout.replace(/\s+/g, ' ')).toContain('Setup complete (sandbox). Nothing was created in AWS.');
  });

  test('stays in the sandbox, whatever the environment says about AWS', async () => {
    const { code, stdout } = await run(['setup', '--sandbox', '--json'], {
      env: {
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
        AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:1',
        AWS_PROFILE: 'production',
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'example',
        AWS_SESSION_TOKEN: 'example',
        AWS_USE_FIPS_ENDPOINT: 'true',
        AWS_USE_DUALSTACK_ENDPOINT: 'true',
        AWS_DEFAULTS_MODE: 'nonsense',
        AWS_CREDENTIAL_EXPIRATION: '2020-01-01T00:00:00Z',
        AWS_CA_BUNDLE: '/nowhere',
      },
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ account: '111122223333', role: { action: 'created' } },
      caller: { account: '111122223333', credentials: 'sandbox', endpoints: [] },
    });
  });
});
