import { describe, expect, test, vi } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { type RunOptions, runCommand } from '../support/runs/run.ts';
import { leaks, watchArguments } from './leaks.ts';
import {
  expectNoLeak,
  heldKeys,
  KEY,
  KEYLESS,
  keyFile,
  newScene,
  PASSWORD,
  type Scene,
  SECRETS,
  setup,
} from './scene.ts';
import { CHOICE, Q, startWizard, type Wizard } from './wizard.ts';

const processArguments = watchArguments();

test('leaks() finds a key, or a piece of it, in every encoding', () => {
  const spelled = {
    piece: `x${KEY.slice(20, 32)}x`,
    upper: KEY.toUpperCase(),
    base64: Buffer.from(`{"SecretString":"${KEY}"}`).toString('base64'),
    url: `Secret=${encodeURIComponent(PASSWORD)}`,
    json: JSON.stringify({ PASSWORD }),
    hexadecimal: Buffer.from(PASSWORD).toString('hex'),
  };
  expect(leaks({ ...spelled, nothing: `${KEY.slice(0, 11)}-` }, SECRETS)).toHaveLength(6);
});

describe('setup that stores a key', () => {
  const sources: { from: string; flags: (scene: Scene) => string[]; options?: RunOptions; holds?: string }[] =
    [
      { from: 'a file', flags: keyFile },
      { from: 'a file, with --json and --debug', flags: (scene) => [...keyFile(scene), '--json', '--debug'] },
      {
        from: 'standard input',
        flags: () => ['--key-file', '-', '--debug'],
        options: { stdin: `${KEY}\r\n` },
      },
      {
        from: 'an environment variable',
        flags: () => ['--key-env', 'STUDIO_KEY', '--debug'],
        options: { env: { STUDIO_KEY: KEY } },
      },
      {
        from: 'a file that holds an SRT password',
        flags: (scene) => [...keyFile(scene, PASSWORD), '--key-type', 'srt-password', '--debug', '--json'],
        holds: PASSWORD,
      },
    ];

  test.concurrent.for(sources)(
    'leaves no copy outside the secret of a key from $from',
    async ({ flags, options, holds = KEY }) => {
      const scene = await newScene();
      expect((await setup(scene, flags(scene), options)).code).toBe(0);
      expect(await heldKeys(scene)).toEqual([holds]);
      expect(leaks({ requests: JSON.stringify(scene.sandbox.requests) }, SECRETS)).toEqual([]);
    },
  );

  test.concurrent('leaves no copy outside the secret of a key that it generated', async () => {
    const scene = await newScene();
    const { code, stdout, stderr } = await setup(scene, ['--generate', 'aes256', '--debug', '--json']);
    const [made = ''] = await heldKeys(scene);
    expect([code, made.length]).toEqual([0, 64]);
    expectNoLeak(scene.home, { stdout, stderr, arguments: processArguments().join('\n') }, [made]);
  });

  test.concurrent('does not pass the variable with the key on to credential_process', async () => {
    const scene = await newScene();
    const { accessKeyId, secretAccessKey } = scene.sandbox.credentials;
    const found = JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey });
    const environment = scene.home.give('environment', '');
    const script = scene.home.give('credentials.sh', `env > ${environment}; echo '${found}'`);
    const config = scene.home.give('config', `[default]\ncredential_process = sh ${script}\n`);
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const env = { ...none, AWS_CONFIG_FILE: config, STUDIO_KEY: KEY };
    expect((await setup(scene, ['--key-env', 'STUDIO_KEY'], { env })).code).toBe(0);
    const { stdout } = await runCommand('cat', [environment]);
    expect(stdout).toContain('AWS_ENDPOINT_URL=');
    expect(leaks({ environment: stdout }, SECRETS)).toEqual([]);
  });
});

describe('setup with a typed key', () => {
  const start = ({ sandbox, home }: Scene) =>
    startWizard([...KEYLESS, '--debug'], { sandbox, env: home.env, cwd: home.cwd });

  const toKey = async (wizard: Wizard) => {
    await wizard.reply(Q.account);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.typed);
  };

  const typeOnce = async (wizard: Wizard) => {
    await toKey(wizard);
    await wizard.enter(Q.key, KEY);
  };

  const typeTwice = async (wizard: Wizard) => {
    await typeOnce(wizard);
    await wizard.enter(Q.keyAgain, KEY);
  };

  const paste = async (wizard: Wizard) => {
    await toKey(wizard);
    await wizard.reply(Q.key, KEY);
  };

  test.concurrent.for([
    { how: 'typed', give: typeTwice },
    { how: 'pasted', give: paste },
    {
      how: 'pasted with spaces, which are removed',
      give: async (wizard: Wizard) => {
        await toKey(wizard);
        await wizard.reply(Q.key, ` ${KEY.match(/.{16}/g)?.join(' ')} `);
        await wizard.waitFor('! Removed from the key: 5 spaces.');
      },
    },
  ])('never shows the key in a run that succeeds, when it is $how', async ({ give }) => {
    const scene = await newScene();
    const wizard = start(scene);
    await give(wizard);
    await wizard.choose(Q.confirm, CHOICE.showDocuments);
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(await heldKeys(scene)).toEqual([KEY]);
    expectNoLeak(scene.home, { terminal: wizard.raw() });
  });

  const moments: { moment: string; go: (wizard: Wizard, sandbox: Sandbox) => Promise<unknown> }[] = [
    {
      moment: 'with the key half typed',
      async go(wizard) {
        await typeOnce(wizard);
        await wizard.waitFor(`? ${Q.keyAgain}`);
        for (const digit of KEY.slice(0, 40)) await wizard.type(digit);
      },
    },
    {
      moment: 'after the two entries differed',
      async go(wizard) {
        await typeOnce(wizard);
        await wizard.reply(Q.keyAgain, KEY.slice(1));
        await wizard.waitFor("✖ The keys don't match.");
      },
    },
    {
      moment: 'after Esc at the second entry',
      async go(wizard) {
        await typeOnce(wizard);
        await wizard.goBack(Q.keyAgain);
        await wizard.waitFor(`? ${Q.key}`);
      },
    },
    {
      moment: 'after a rejected key',
      async go(wizard) {
        await toKey(wizard);
        await wizard.reply(Q.key, KEY.slice(1));
        await wizard.waitFor('✖ The key has 63 digits');
      },
    },
    {
      moment: 'at the plan',
      async go(wizard) {
        await typeTwice(wizard);
        await wizard.waitFor(`? ${Q.confirm}`);
      },
    },
    {
      moment: 'while the key is stored',
      async go(wizard, sandbox) {
        sandbox.addFault({ action: 'CreateSecret', kind: 'delay', delayMs: 500 });
        await typeTwice(wizard);
        await wizard.choose(Q.confirm, 'Yes');
        await vi.waitFor(() => expect(sandbox.requests.at(-1)?.action).toBe('CreateSecret'));
      },
    },
  ];

  test.concurrent('masks a key that is pasted as the path of a file', async () => {
    const scene = await newScene();
    const wizard = start(scene);
    await wizard.reply(Q.account);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.file);
    await wizard.waitFor(`? ${Q.file}`);
    for (const path of [KEY, `./${KEY}`, `${KEY.slice(0, 32)}/${KEY.slice(32)}`, `${KEY}.`]) {
      await wizard.clear();
      await wizard.type(`${path}\t\r`);
      await wizard.waitFor(path === KEY ? '✖ That looks like the key itself.' : '✖ File not found');
      expect(wizard.transcript()).toMatch(new RegExp(`\\? ${Q.file}\\s+(\\*\\s*){64}`));
    }
    await wizard.press('ctrl-c');
    expect(await wizard.exit()).toEqual({ code: 130 });
    expectNoLeak(scene.home, { terminal: wizard.raw() });
  });

  test.concurrent.for(moments)('never shows the key when Ctrl-C is pressed $moment', async ({ go }) => {
    const scene = await newScene();
    const wizard = start(scene);
    await go(wizard, scene.sandbox);
    await wizard.press('ctrl-c');
    expect(await wizard.exit()).toEqual({ code: 130 });
    expectNoLeak(scene.home, { terminal: wizard.raw() });
  });
});

test('no key appears in the arguments of any process during these tests', () => {
  const seen = processArguments();
  const runs = seen.filter((line) => line.includes('mc-static-key.js setup'));
  expect(runs.filter((line) => line.includes('--yes'))).not.toEqual([]);
  expect(runs.filter((line) => !line.includes('--yes'))).not.toEqual([]);
  expect(leaks({ arguments: seen.join('\n') }, SECRETS)).toEqual([]);
});
