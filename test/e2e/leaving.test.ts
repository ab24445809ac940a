import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { clientsFor } from '../sandbox/clients.ts';
import { type AccountState, KEYS, makeSecret, readAccount, writesTo } from '../support/account.ts';
import { partOf } from '../support/exhaustive.ts';
import {
  CHOICE,
  type COMPLETE,
  flagsWithout,
  openAccount,
  Q,
  STUDIO_KEY,
  startWizard,
  type Wizard,
} from './wizard.ts';

interface Place {
  question: string;
  missing: (keyof typeof COMPLETE)[];
  flags?: string[];
  /** Answers the questions between the account and this one. */
  before?: (wizard: Wizard) => Promise<void>;
}

const typed = (wizard: Wizard) => wizard.choose(Q.keyFrom, CHOICE.typed);
const toNames = (wizard: Wizard) => wizard.reply(Q.secretName, 'studio-b');
const toName = (choice: string) => async (wizard: Wizard) => {
  await toNames(wizard);
  await wizard.choose(Q.names, choice);
};
const staticKey = ['--key-type', 'static-key'];

const places: Place[] = [
  { question: Q.region, missing: ['--region'] },
  {
    question: Q.regions,
    missing: ['--region'],
    before: (wizard) => wizard.choose(Q.region, CHOICE.severalRegions),
  },
  {
    question: Q.existing,
    missing: ['--key-env', '--secret-name'],
    flags: staticKey,
    before: (wizard) => wizard.choose(Q.keyFrom, CHOICE.existing),
  },
  { question: Q.keyType, missing: ['--key-env'] },
  { question: Q.keyFrom, missing: ['--key-env'], flags: staticKey },
  { question: Q.key, missing: ['--key-env'], flags: staticKey, before: typed },
  {
    question: Q.keyAgain,
    missing: ['--key-env'],
    flags: staticKey,
    before: async (wizard) => {
      await typed(wizard);
      await wizard.enter(Q.key, KEYS.aes128);
    },
  },
  {
    question: Q.file,
    missing: ['--key-env'],
    flags: staticKey,
    before: (wizard) => wizard.choose(Q.keyFrom, CHOICE.file),
  },
  {
    question: Q.algorithm,
    missing: ['--key-env'],
    flags: staticKey,
    before: (wizard) => wizard.choose(Q.keyFrom, CHOICE.generateOther),
  },
  { question: Q.secretName, missing: ['--secret-name'] },
  { question: Q.names, missing: ['--secret-name', '--policy-name', '--role-name'], before: toNames },
  {
    question: Q.policyName,
    missing: ['--secret-name', '--policy-name'],
    before: toName('Change the policy name'),
  },
  {
    question: Q.roleName,
    missing: ['--secret-name', '--role-name'],
    before: toName('Change the role name'),
  },
  { question: Q.conflict, missing: ['--secret-name'], flags: ['--secret-name', 'taken'] },
  {
    question: Q.restoreThen,
    missing: ['--secret-name'],
    flags: ['--secret-name', 'deleted'],
    before: (wizard) => wizard.choose(Q.conflict, 'Restore the secret'),
  },
  { question: Q.confirm, missing: [] },
  {
    question: Q.whichAnswer,
    missing: [],
    before: (wizard) => wizard.choose(Q.confirm, CHOICE.change),
  },
];

describe('setup in a terminal', () => {
  let sandbox: Sandbox;
  let atFirst: AccountState;

  // One account for all tests, because none of them changes anything.
  beforeAll(async () => {
    sandbox = await openAccount();
    await makeSecret(sandbox, { Name: 'taken', SecretString: KEYS.other });
    const SecretId = await makeSecret(sandbox, { Name: 'deleted' });
    await clientsFor(sandbox).secrets.send(new DeleteSecretCommand({ SecretId }));
    atFirst = await readAccount(sandbox);
    sandbox.clearRequests();
  });

  afterAll(async () => {
    expect(writesTo(sandbox)).toEqual([]);
    expect(await readAccount(sandbox)).toEqual(atFirst);
  });

  const leaves = async (wizard: Wizard, question: string, key: 'ctrl-c' | 'ctrl-d') => {
    await wizard.waitFor(`? ${question}`);
    await wizard.press(key);
    expect(await wizard.exit()).toEqual({ code: 130 });
    const [, parting = ''] = wizard.transcript().split('Interrupted.\n');
    expect(parting).toMatch(/^Nothing was changed\.\n.*\bicanon\b.*\becho\b/s);
    expect(parting).not.toMatch(/-icanon|-echo\b|^ {2,}at |Error/m);
    expect(wizard.raw().lastIndexOf('\x1b[?25h')).toBeGreaterThanOrEqual(
      wizard.raw().lastIndexOf('\x1b[?25l'),
    );
  };

  const start = (flags: string[]) => startWizard(flags, { sandbox, env: STUDIO_KEY, afterwards: 'stty -a' });

  for (const key of ['ctrl-c', 'ctrl-d'] as const) {
    test.concurrent(`changes nothing and restores the terminal on ${key} at: ${Q.account}`, () =>
      leaves(start(flagsWithout()), Q.account, key));

    test.concurrent.for(partOf(places, key === 'ctrl-c' ? 2 : 6))(
      `changes nothing and restores the terminal on ${key} at: $question`,
      async ({ question, missing, flags, before }) => {
        const wizard = start([...flagsWithout(...missing), ...(flags ?? [])]);
        await wizard.reply(Q.account);
        await before?.(wizard);
        await leaves(wizard, question, key);
      },
    );
  }
});

test.concurrent('setup changes nothing and restores the terminal when its input ends before the first question', async () => {
  const through = ['bash', '-c', 'echo starting; sleep 0.5; exec "$@"', 'bash'];
  const wizard = startWizard(flagsWithout(), { env: STUDIO_KEY, through, afterwards: 'stty -a' });
  await wizard.waitFor('starting');
  await wizard.press('ctrl-d');
  expect(await wizard.exit()).toEqual({ code: 130 });
  expect(wizard.transcript()).toMatch(/Interrupted\.\nNothing was changed\.\n[\s\S]* icanon [\s\S]* echo /);
});
