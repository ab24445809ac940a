import { afterAll, beforeAll, expect, test } from 'vitest';
import { showChecks } from '../../../src/checks/verify/report/report.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { commandLines } from '../../../src/ui/commands.ts';
import { createOutput, type Output, wrap } from '../../../src/ui/output.ts';
import { reaching } from '../../cli/program.ts';
import {
  ACCOUNT,
  FAR_REGION,
  guideTrust,
  KEYS,
  makeRole,
  makeSecret,
  REGION,
  writesTo,
} from '../../support/account.ts';
import { closing } from '../../support/closing.ts';
import { program, run } from '../../support/runs/run.ts';
import { setUp } from '../../support/runs/setup.ts';
import { type VerifyWishes, verifyIt } from '../../support/runs/verify.ts';
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
  expect(stdout).toMatch(/^✔ MediaConnect can read this key\. +account \d{12}\n\n {2}Secret /);
  expect(stdout).toContain('AES-256 key, 64 digits, matches the key you provided, ');
  expect(stdout).toMatch(/\n\d\d checks passed {2}\(--all to list them\)\n$/);
  expect([code, writesTo(sandbox)]).toEqual([0, []]);
  expect(stdout + stderr).not.toContain(KEYS.aes256);
});

test('verify in a terminal of 40 columns asks for the secret, wraps sentences, and breaks commands with \\', async () => {
  const env = reaching(sandbox);
  const terminal = openTerminal({ command: process.execPath, args: [program, 'verify'], env, columns: 40 });
  closing(() => terminal.kill());
  await terminal.waitFor('? Which secret?');
  await terminal.type('studio-b');
  await terminal.waitFor('? Which secret? studio-b');
  await terminal.press('enter');
  expect(await terminal.exit()).toEqual({ code: 1 });
  const lines = terminal.transcript().split('\n');
  expect(lines.filter((line) => line.length > 40 && !/arn:|^ *\S+$/.test(line))).toEqual([]);
  const command = lines.slice(lines.findIndex((line) => line.includes('mc-static-key rotate'))).join('\n');
  expect(command.replace(/ \\\n +/g, ' ')).toMatch(
    /^ {7}mc-static-key rotate --secret-name studio-b --region us-west-2 --key-file KEY-FILE\n/,
  );
  expect(terminal.transcript()).toMatch(/✖ This setup doesn't work: 2\s+problems/);
});

/** Returns the lines of the report in a terminal of 80 columns. */
async function reportLines(wishes: VerifyWishes, all = false): Promise<string[]> {
  const { json } = await verifyIt(sandbox, wishes);
  const results: string[] = [];
  const output: Output = {
    ...createOutput({ json: false, quiet: false, debug: false, color: false }),
    resultWidth: 80,
    prose: (text, hanging) => wrap(text, 80, hanging),
    command: (text) => commandLines(text, 80).join('\n'),
    result: (text) => void results.push(text),
  };
  showChecks(output, json.checks, [], { account: ACCOUNT, all });
  return results.join('\n').split('\n');
}

test('verify reports 2 problems and 2 warnings with their fixes in at most 26 lines of 80 columns', async () => {
  const readWrite = 'arn:aws:iam::aws:policy/SecretsManagerReadWrite';
  await makeRole(sandbox, { name: 'HandMade', trust: guideTrust(), attached: [readWrite] });
  await makeSecret(sandbox, { Name: 'game', SecretString: `{"key":"${KEYS.aes256}"}` });
  const lines = await reportLines({
    secretName: 'game',
    region: [REGION, FAR_REGION],
    roleName: 'HandMade',
  });
  expect(lines[0]).toMatch(/^✖ This setup doesn't work: 2 problems, 2 warnings +account \d{12}$/);
  expect(lines.filter((line) => /^[✖!] \d/.test(line))).toEqual([
    `✖ 1  Secret game (${REGION})`,
    `✖ 2  Secret game (${FAR_REGION})`,
    '! 3  Role HandMade',
    '! 4  Policy SecretsManagerReadWrite on role HandMade',
  ]);
  expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(26);
  expect(lines.filter((line) => line.length > 80 && !/--secret-arn|\{"Version"/.test(line))).toEqual([]);
});

test('verify counts the checks that passed, and lists them with --all', async () => {
  const wishes = { secretName: 'studio-a', region: [REGION] };
  const counted = await reportLines(wishes);
  const [, count = ''] = /^(\d+) checks passed/.exec(counted.at(-1) ?? '') ?? [];
  expect(counted.filter((line) => line.includes('✔'))).toHaveLength(1);
  const listed = await reportLines(wishes, true);
  expect(listed.filter((line) => /^ {4}✔ /.test(line))).toHaveLength(Number(count));
  expect(listed).toContain('    ✔ not scheduled for deletion');
});

test('verify in a terminal asks for the key type of an untagged secret if it matters', async () => {
  await makeSecret(sandbox, { Name: 'studio-srt', SecretString: 'a-long-Passphrase-1' });
  const args = [program, 'verify', '--secret-name', 'studio-srt', '--region', 'us-west-2'];
  const terminal = openTerminal({ command: process.execPath, args, env: reaching(sandbox) });
  closing(() => terminal.kill());
  await terminal.waitFor('? What will use this key?');
  await terminal.press('down');
  await terminal.press('enter');
  await terminal.exit();
  // Only the role is wrong: the value is checked as a password.
  expect(terminal.transcript()).toMatch(/✖ MediaConnect can't read this key: 1\s+problem/);
  expect(terminal.transcript()).not.toContain('mc-static-key rotate');
});

test.each([
  [
    { secretName: 'a', secretArn: ['arn:aws:secretsmanager:us-west-2:111122223333:secret:a-AbCdEf'] },
    'Remove --secret-name and --region',
  ],
  [{ roleName: 'a', roleArn: 'arn:aws:iam::111122223333:role/a' }, 'Use either --role-name or --role-arn'],
  [{ roleArn: 'MediaConnect-ASM' }, '--role-arn must be a role ARN'],
  [{ flowArn: 'game' }, '--flow-arn must be the ARN of a flow'],
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
