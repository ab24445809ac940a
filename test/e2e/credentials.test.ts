import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { ACCOUNT, ADMINISTRATOR, makeRole, readAccount, roleArn } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { run } from '../support/runs/run.ts';
import { flagsWithout, openAccount, Q, STUDIO_KEY, shown, startWizard } from './wizard.ts';

const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-profiles-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DEVICE = `arn:aws:iam::${ACCOUNT}:mfa/engineer`;

/** The environment of a user whose profile assumes a role with an MFA code. */
function withProfile({ url, credentials }: Sandbox): NodeJS.ProcessEnv {
  const write = (name: string, lines: string[]) => {
    const path = join(folder, `${name}-${new URL(url).port}`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  };
  const role = [`role_arn = ${roleArn('Engineer')}`, 'source_profile = home', `mfa_serial = ${DEVICE}`];
  const secrets = [
    `aws_access_key_id = ${credentials.accessKeyId}`,
    `aws_secret_access_key = ${credentials.secretAccessKey}`,
  ];
  return {
    ...STUDIO_KEY,
    AWS_ENDPOINT_URL: url,
    AWS_PROFILE: 'studio',
    AWS_CONFIG_FILE: write('config', ['[profile studio]', ...role, 'region = us-west-2']),
    AWS_SHARED_CREDENTIALS_FILE: write('credentials', ['[home]', ...secrets]),
  };
}

/** An account with a role that its users can assume with MFA. */
async function accountWithEngineer(): Promise<Sandbox> {
  const sandbox = await openAccount();
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
        Action: 'sts:AssumeRole',
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      },
    ],
  };
  await makeRole(sandbox, { name: 'Engineer', trust, attached: [ADMINISTRATOR] });
  return sandbox;
}

/** An STS endpoint that rejects every MFA code; the sandbox accepts any six digits. */
async function refusingCodes(): Promise<string> {
  const message = 'MultiFactorAuthentication failed with invalid MFA one time pass code. ';
  const error = `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
  const server = createServer((_, response) => {
    response.writeHead(403, { 'content-type': 'text/xml' });
    response.end(`<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('setup with a profile that requires an MFA code', () => {
  test.concurrent('asks for the six-digit code once in a terminal and continues as the role', async () => {
    const sandbox = await accountWithEngineer();
    const wizard = startWizard(flagsWithout('--region'), { sandbox: 'none', env: withProfile(sandbox) });
    await wizard.insist(`MFA code for ${DEVICE}`, [['12345', 'Enter the 6-digit code.']], '123456');
    await wizard.waitFor(/Identity:\s+arn:aws:sts::111122223333:assumed-role\/Engineer\//);
    await wizard.waitFor('profile studio');
    await wizard.waitFor('Region: us-west-2');
    await wizard.reply(Q.account);
    await wizard.reply(Q.region);
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(wizard.transcript().match(/MFA code for/g)).toHaveLength(1);
    expect(wizard.raw()).not.toContain('123456');
  });

  test.concurrent.for(['ctrl-c', 'ctrl-d'] as const)(
    'changes nothing when %s is pressed at the question for the code',
    async (key) => {
      const sandbox = await accountWithEngineer();
      const wizard = startWizard(flagsWithout(), { sandbox: 'none', env: withProfile(sandbox) });
      await wizard.waitFor(`? MFA code for ${DEVICE}`);
      await wizard.press(key);
      expect(await wizard.exit()).toEqual({ code: 130 });
      expect(wizard.transcript()).toContain('Interrupted.\nNothing was changed.');
    },
  );

  test.concurrent('reports that the role cannot be assumed', async () => {
    const sandbox = await accountWithEngineer();
    sandbox.addFault({ action: 'sts:AssumeRole', kind: 'access-denied' });
    const wizard = startWizard(flagsWithout(), { sandbox: 'none', env: withProfile(sandbox) });
    await wizard.reply(`MFA code for ${DEVICE}`, '123456');
    expect(await wizard.exit()).toEqual({ code: 4 });
    expect(shown(wizard)).toContain(
      `✖ Access denied: your identity can't perform sts:AssumeRole on ${roleArn('Engineer')}.`,
    );
    expect(shown(wizard)).toContain('Nothing was changed.');
  });

  test.concurrent('reports that AWS did not accept the code', async () => {
    const sandbox = await openAccount();
    const sts = await refusingCodes();
    const env = { ...withProfile(sandbox), AWS_ENDPOINT_URL: sts };
    const wizard = startWizard(flagsWithout(), { sandbox: 'none', env });
    await wizard.reply(`MFA code for ${DEVICE}`, '000000');
    expect(await wizard.exit()).toEqual({ code: 4 });
    expect(shown(wizard)).toContain('✖ AWS rejected the code of the MFA device. Each code works once.');
    expect(shown(wizard)).toContain('Nothing was changed.');
  });

  test.concurrent('fails without a terminal and says why the code is needed', async () => {
    const sandbox = await accountWithEngineer();
    const before = await readAccount(sandbox);
    const { code, stderr } = await run(['setup', ...flagsWithout(), '--yes'], { env: withProfile(sandbox) });
    expect(code).toBe(4);
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      `The profile needs a code from the MFA device ${DEVICE}, but this run can't prompt for it.`,
    );
    expect(stderr).toContain('Run the command in a terminal');
    expect(await readAccount(sandbox)).toEqual(before);
  });
});

describe('setup without usable credentials', () => {
  test.concurrent('says how to renew expired credentials', async () => {
    const sandbox = await openAccount();
    sandbox.addFault({ kind: 'expired-token', times: Number.POSITIVE_INFINITY });
    const wizard = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
    expect(await wizard.exit()).toEqual({ code: 4 });
    expect(wizard.transcript()).toContain('✖ The AWS credentials have expired.');
    expect(wizard.transcript()).toContain("for example with 'aws sso login'");
    expect(wizard.transcript()).toContain('Nothing was changed.');
  });

  test.concurrent('reports what exists when credentials expire during the run, and continues on the next run', async () => {
    const sandbox = await openAccount();
    sandbox.addFault({ action: 'iam:CreateRole', kind: 'expired-token' });
    const first = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
    await first.reply(Q.account);
    await first.choose(Q.confirm, 'Yes');
    expect(await first.exit()).toEqual({ code: 4 });
    const words = shown(first);
    expect(words).toMatch(
      /Changed so far: arn:\S+:secret:studio-a-\S+ \(created\) arn:\S+:policy\/ReadKeys \(created\)/,
    );
    expect(words).toContain('To continue, run the same command again.');
    const second = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
    await second.reply(Q.account);
    await second.waitFor('= keep secret studio-a');
    await second.choose(Q.confirm, 'Yes');
    expect(await second.exit()).toEqual({ code: 0 });
  });

  test.concurrent('says how to provide credentials when there are none', async () => {
    const wizard = startWizard(flagsWithout(), {
      env: { ...STUDIO_KEY, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      sandbox: 'none',
    });
    expect(await wizard.exit()).toEqual({ code: 4 });
    expect(wizard.transcript()).toContain('✖ No AWS credentials found.');
    expect(wizard.transcript()).toContain("Run 'aws configure' or 'aws sso login'");
  });
});

describe('setup with both a profile and access keys in the environment', () => {
  test.concurrent('uses the profile and says so', async () => {
    const sandbox = await openAccount();
    const env = { ...withProfile(sandbox), AWS_PROFILE: 'home', AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' };
    const flags = ['setup', ...flagsWithout(), '--yes', '--region', 'us-west-2'];
    const { code, stderr } = await run(flags, { env: { ...env, AWS_SECRET_ACCESS_KEY: 'example' } });
    expect(code, stderr).toBe(0);
    expect(stderr.replace(/\s+/g, ' ')).toContain('the profile is used instead.');
    expect(stderr).not.toMatch(/Multiple credential sources|@aws-sdk/);
  });
});
