import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { reaching } from '../../cli/program.ts';
import { KEYS, makeSecret, writesTo } from '../../support/account.ts';
import { closing } from '../../support/closing.ts';
import { program, run } from '../../support/runs/run.ts';
import { setUp } from '../../support/runs/setup.ts';
import { verifyIt } from '../../support/runs/verify.ts';
import { openTerminal } from '../../support/terminal/terminal.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
  await setUp(sandbox);
  await makeSecret(sandbox, { Name: 'studio-b', SecretString: `${KEYS.aes256}\n` });
  sandbox.clearRequests();
});
afterAll(() => sandbox.close());

test('verify in a pipeline prints the result for the configured Region, and changes nothing', async () => {
  const env = reaching(sandbox, { STUDIO_KEY: KEYS.aes256 });
  const { code, stdout, stderr } = await run(
    ['verify', '--secret-name', 'studio-a', '--key-env', 'STUDIO_KEY'],
    { env },
  );
  expect(stdout).toMatch(/^Secret studio-a \(us-west-2\)\n {2}arn:.*\n {2}✔ exists, .*, the key given, /);
  expect(stdout).toMatch(/\n✔ MediaConnect can read this key\.\n$/);
  expect([code, writesTo(sandbox)]).toEqual([0, []]);
  expect(stdout + stderr).not.toContain(KEYS.aes256);
});

test('verify in a terminal of 40 columns asks for the secret, and wraps sentences but not commands', async () => {
  const env = reaching(sandbox);
  const terminal = openTerminal({ command: process.execPath, args: [program, 'verify'], env, columns: 40 });
  closing(() => terminal.kill());
  await terminal.waitFor('? Secret');
  await terminal.type('studio-b');
  await terminal.waitFor('? Secret studio-b');
  await terminal.press('enter');
  expect(await terminal.exit()).toEqual({ code: 1 });
  const lines = terminal.transcript().split('\n');
  expect(lines.filter((line) => line.length > 40 && !/arn:|mc-static-key rotate/.test(line))).toEqual([]);
  expect(lines).toContain(
    '      mc-static-key rotate --secret-name studio-b --region us-west-2 --key-file KEY-FILE',
  );
  expect(terminal.transcript()).toMatch(/✖ MediaConnect cannot read this key: 2\s+checks failed\./);
});

test('verify in a terminal asks for the key type of an untagged secret if it matters', async () => {
  await makeSecret(sandbox, { Name: 'studio-srt', SecretString: 'a-long-Passphrase-1' });
  const args = [program, 'verify', '--secret-name', 'studio-srt', '--region', 'us-west-2'];
  const terminal = openTerminal({ command: process.execPath, args, env: reaching(sandbox) });
  closing(() => terminal.kill());
  await terminal.waitFor('? What will use the key?');
  await terminal.press('down');
  await terminal.press('enter');
  await terminal.exit();
  expect(terminal.transcript()).toContain('10 to 80 characters');
  expect(terminal.transcript()).not.toContain('mc-static-key rotate');
});

test.each([
  [
    { secretName: 'a', secretArn: ['arn:aws:secretsmanager:us-west-2:111122223333:secret:a-AbCdEf'] },
    'Leave --secret-name and --region out',
  ],
  [{ roleName: 'a', roleArn: 'arn:aws:iam::111122223333:role/a' }, 'Name the role in one way only'],
  [{ roleArn: 'MediaConnect-ASM' }, '--role-arn takes the ARN of a role'],
  [{ flowArn: 'game' }, '--flow-arn takes the ARN of a flow'],
])('verify refuses %j', async (options, sentence) => {
  await expect(verifyIt(sandbox, options)).rejects.toThrow(sentence);
});

test('verify without a secret lists what is missing with --no-input', async () => {
  const { code, stderr } = await run(['verify', '--no-input'], {
    env: reaching(sandbox, { AWS_REGION: undefined }),
  });
  expect(code).toBe(2);
  expect(stderr).toContain('--secret-name NAME (or --secret-arn ARN, or --flow-arn ARN)');
  expect(stderr).toContain('--region REGION (or AWS_REGION)');
});
