import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { Chalk } from 'chalk';
import { beforeAll, describe, expect, test } from 'vitest';
import { statusText } from '../../../src/commands/status/report.ts';
import { performStatus } from '../../../src/commands/status/run.ts';
import type { Status } from '../../../src/inventory/types.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import {
  ACCOUNT,
  clientsOf,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  REGION,
} from '../../support/account.ts';
import { closing } from '../../support/closing.ts';
import { runInProcess } from '../../support/runs/command.ts';
import { livedInAccount, statusOf } from './account.ts';

/** Returns the text for a terminal of that many columns. */
const shown = (status: Status, width: number) =>
  statusText(status, { resultWidth: width, paintResult: new Chalk({ level: 0 }), command: (text) => text });

const COPIED = /^ *(\S+|[✔!?✖] \S+|mc-static-key verify .*)$/;

/** Returns lines that are too wide although they could be wrapped. Names, ARNs and commands are not wrapped, so that they can be copied. */
const tooWide = (text: string, width: number) =>
  text.split('\n').filter((line) => line.length > width && !COPIED.test(line));

describe('status of an account with many roles and secrets', () => {
  const SECRETS = 105;
  const ROLES = 210;
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
    closing(() => sandbox.close());
    const { iam, secrets } = clientsOf(sandbox);
    const AssumeRolePolicyDocument = JSON.stringify(guideTrust('ec2.amazonaws.com'));
    const numbers = (count: number) =>
      Array.from({ length: count }, (_, index) => String(index).padStart(3, '0'));
    await Promise.all([
      ...numbers(ROLES).map((at) =>
        iam.send(new CreateRoleCommand({ RoleName: `worker-${at}`, AssumeRolePolicyDocument })),
      ),
      ...numbers(SECRETS).map((at) =>
        secrets.send(new CreateSecretCommand({ Name: `feed-${at}`, SecretString: KEYS.aes256 })),
      ),
    ]);
    const feeds = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:feed-*`;
    await makeRole(sandbox, { attached: [await makePolicy(sandbox, 'Feeds', guidePolicy(feeds))] });
  });

  test('reads the account page by page, and reports progress', async () => {
    sandbox.clearRequests();
    const { code, stdout, log } = await runInProcess(
      sandbox,
      (run) => performStatus(run, { regions: [REGION] }),
      { common: { json: false } },
    );
    expect(code).toBe(0);
    const pages = (action: string) => sandbox.requests.filter((request) => request.action === action).length;
    expect([pages('ListRoles'), pages('ListSecrets')]).toEqual([2, 2]);
    expect(log).toContain('Scanning roles (200 so far)');
    expect(log).toContain('Scanning secrets (100 so far)');
    const rows = stdout
      .split('\n')
      .filter((line) => /^feed-\d{3} +us-west-2 +0 d {2}never +MediaConnect-ASM {2}✔$/.test(line));
    expect(rows).toHaveLength(SECRETS);
    expect(new Set(rows.map((line) => line.indexOf(' d '))).size).toBe(1);
    expect(tooWide(stdout, 80)).toEqual([]);
  });
});

describe('status in a terminal', () => {
  let status: Status;
  beforeAll(async () => {
    const sandbox = await livedInAccount();
    closing(() => sandbox.close());
    status = (await statusOf(sandbox)).json;
  });

  test.each([40, 80])('wraps lines to %i columns, except what is to be copied', (width) => {
    const text = shown(status, width);
    expect(tooWide(text, width)).toEqual([]);
    for (const { name } of status.secrets) expect(text).toContain(name);
  });

  test('prints each secret once, on one line of 80 columns under the column titles', () => {
    const today = new Date().toISOString().slice(0, 10);
    const text = shown(status, 80);
    expect(text).toContain('SECRET    REGION     KEY AGE  LAST READ   ROLE         STATE\n');
    expect(text).toMatch(new RegExp(`\\nstudio-a  us-west-2      0 d  ${today}  HandMade \\+1 +✔\\n`));
  });

  test('prints a problem in a word in the table, and in full below', () => {
    const text = shown(status, 80);
    expect(text).toMatch(/\nold +us-west-2 +- {2}never +HandMade +✖ pending deletion\n/);
    expect(text).toMatch(
      /\n {2}✖ old \(us-west-2\): scheduled for deletion on \d{4}-\d\d-\d\d; it can't be read\s+until restored\n/,
    );
  });

  test('marks an age that is a minimum, and explains the mark', () => {
    const secrets = status.secrets.map((secret) => ({ ...secret, keySinceFrom: 'last-change' as const }));
    const text = shown({ ...status, secrets }, 80);
    expect(text).toMatch(/studio-a +us-west-2 +≥ 0 d /);
    expect(text).toContain('≥ means “at least”');
    expect(shown(status, 80)).not.toContain('≥');
  });

  test('prints a long name in full, with its details below', () => {
    const name = 'n'.repeat(70);
    const secrets = status.secrets.map((secret) => ({ ...secret, name }));
    expect(shown({ ...status, secrets }, 80)).toMatch(new RegExp(`\\n${name}\\n +us-west-2 +0 d {2}never`));
  });

  test('removes control characters that come from the account', () => {
    const name = 'red\u001b[31m\u0007';
    const roles = status.roles.map((role) => ({ ...role, name }));
    const secrets = status.secrets.map((secret) => ({ ...secret, name }));
    const text = shown({ ...status, roles, secrets }, 80);
    expect(text).toContain('red  ');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});
