import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/failure.ts';
import { createProgram } from '../../src/program.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { makeFlow } from '../sandbox/mediaconnect/set-up.ts';
import { clientsOf, FAR_REGION, KEYS, policyArn, REGION, roleArn } from '../support/account.ts';
import { pathOf } from '../support/documents.ts';
import { wordsOf } from '../support/printed.ts';
import { setUpAll } from '../support/runs/manifest.ts';
import { runHere } from '../support/runs/run-here.ts';
import { setUp } from '../support/runs/setup.ts';
import { commandsOf, type DocumentedCommand, documents } from './blocks.ts';

const commands = documents().flatMap((document) => commandsOf(document, /^mc-static-key( |$)/));
/** Each command once. */
const different = commands.filter(
  ({ line }, index) => commands.findIndex((other) => other.line === line) === index,
);
/** A command that starts a shell, a server or another program. Its options are only parsed. */
const isSandbox = ({ line }: DocumentedCommand) => /^mc-static-key sandbox\b/.test(line);
/** A command that changes the scene. `setup` finds everything in place. */
const changes = ({ line }: DocumentedCommand) =>
  /^mc-static-key (rotate|teardown) /.test(line) && !line.includes('--dry-run');

const MANIFEST = `
version: 1
defaults: { regions: [${REGION}] }
keys:
  - { secretName: studio-a, regions: [${REGION}, ${FAR_REGION}], key: { env: STUDIO_A_KEY } }
  - { secretName: archive, key: { existing: true } }
`;

const OUTPUT_FILES = ['exported.yaml', 'studio-a.yaml', 'studio-a.sh', 'keys-template.yaml'];

/** An account with the resources that the documents name, and the files that they name. */
interface Scene {
  sandbox: Sandbox;
  folder: string;
  /** What stands for the placeholders and file names of the documents. */
  values: Record<string, string>;
}

/** Creates a scene: `studio-a` with a previous key, `archive`, and a flow with a secret of its own. */
async function openScene(): Promise<Scene> {
  const sandbox = await startSandbox();
  const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-'));
  const file = (name: string, text = '') => {
    const path = join(folder, name);
    if (text !== '') writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const regions = [REGION, FAR_REGION];
  const { json } = await setUpAll(
    sandbox,
    {
      keys: [
        { secretName: 'studio-a', regions, key: { env: 'OTHER_KEY' } },
        { secretName: 'archive' },
        { secretName: 'game' },
      ],
    },
    { env: { FEED_KEY: KEYS.aes128, OTHER_KEY: KEYS.other } },
  );
  const arnOf = (name: string) => json.secrets.find((secret) => secret.name === name)?.arn ?? '';
  // Now `studio-a` has a previous key.
  await setUp(sandbox, { secretName: 'studio-a', region: regions, existingKey: 'replace' });
  const flow = await makeFlow(clientsOf(sandbox), arnOf('game'));
  const secret = arnOf('studio-a');
  const key = file('studio-a.key', KEYS.aes256);
  const values = {
    '--flow-arn ARN': `--flow-arn ${flow}`,
    '--role-arn ARN': `--role-arn ${roleArn('MediaConnect-ASM')}`,
    '--secret-arn ARN': `--secret-arn ${secret}`,
    '--secret-arn …': `--secret-arn ${secret}`,
    'arn:aws:secretsmanager:us-west-2:111122223333:secret:studio-a-AbCdEf': secret,
    '--policy-arn …': `--policy-arn ${policyArn('SecretsManagerForMediaConnect')}`,
    'KEY-FILE': key,
    'studio-a.key': key,
    'new.key': file('new.key', KEYS.other),
    '--output keys.yaml': `--output ${file('exported.yaml')}`,
    'keys.yaml': file('keys.yaml', MANIFEST),
    'studio-a.yaml': file('studio-a.yaml'),
    'studio-a.sh': file('studio-a.sh'),
    'keys-template.yaml': file('keys-template.yaml'),
  };
  return { sandbox, folder, values };
}

/** Returns the words of a documented command with values for its placeholders. */
function wordsFor({ line }: DocumentedCommand, { values }: Pick<Scene, 'values'>): string[] {
  const names = Object.keys(values).map((name) => name.replace(/[.]/g, '\\.'));
  const filled = line.replace(new RegExp(names.join('|'), 'g'), (name) => values[name] ?? name);
  return wordsOf(filled).slice(1);
}

/** A confirmation can't be given here. Without a terminal, a command whose options are missing ends with `missing-options`. */
function unattended(words: string[]): string[] {
  const flags = ['setup', 'rotate', 'teardown'].includes(words[0] ?? '') ? ['--yes', '--json'] : ['--json'];
  return words[0] === 'completion' ? words : [...words, ...flags.filter((flag) => !words.includes(flag))];
}

async function closeScene({ sandbox, folder }: Scene): Promise<void> {
  await sandbox.close();
  rmSync(folder, { recursive: true });
}

/** Runs a command in a scene. Returns the exit code, the error code in the JSON document, and the words. */
async function runIn(scene: Scene, command: DocumentedCommand) {
  const words = unattended(wordsFor(command, scene));
  const env = words.includes('--sandbox') ? {} : { ...scene.sandbox.env, AWS_REGION: REGION };
  // Another command of the documents may have written the file that this one writes.
  for (const name of OUTPUT_FILES) rmSync(join(scene.folder, name), { force: true });
  const { code, stdout, stderr } = await runHere(words, { ...env, STUDIO_A_KEY: KEYS.aes256 });
  const errorCode: string | undefined = words.includes('--json') ? JSON.parse(stdout).error?.code : undefined;
  return { code, errorCode, stderr, words };
}

describe('a documented command', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => closeScene(scene));

  test('is in every document about a command', () => {
    const found = new Set(commands.map(({ place }) => place.split(':')[0]));
    expect(documents().filter((name) => !found.has(name))).toEqual(['docs/networking.md']);
  });

  test.for(different.filter((command) => !isSandbox(command)))('works: $place', async (command) => {
    const ownScene = changes(command) ? await openScene() : undefined;
    const { code, errorCode, stderr, words } = await runIn(ownScene ?? scene, command);
    if (ownScene) await closeScene(ownScene);
    // A command alone asks in a terminal.
    if (errorCode === 'missing-options') expect(words.length, stderr).toBeLessThanOrEqual(3);
    // An example of output can name resources that aren't in the scene.
    else if (command.isOutput) expect(code, stderr).not.toBe(EXIT.usage);
    else expect(code, stderr).toBe(EXIT.done);
  });

  test.for(different.filter(isSandbox))('is parsed: $place', async (command) => {
    const program = createProgram({ finish: () => undefined, problems: [] });
    const parsed: string[][] = [];
    const sandboxCommand = program.commands.find((each) => each.name() === 'sandbox');
    sandboxCommand?.action((args: string[]) => void parsed.push(args));
    await program.parseAsync(wordsFor(command, scene), { from: 'user' });
    expect(parsed).toHaveLength(1);
  });
});

describe('an npm command of the documents', () => {
  const { scripts } = JSON.parse(readFileSync(pathOf('package.json'), 'utf8'));

  test.for(documents().flatMap((document) => commandsOf(document, /^(npm|npx) /)))(
    'is known: $line',
    ({ line }) => {
      const [, name = '', script = ''] = line.split(' ');
      if (['ci', 'link'].includes(name)) return;
      expect(Object.keys(scripts)).toContain(name === 'run' ? script : name);
    },
  );

  test('starts the wizard and runs the tests', () => {
    const lines = commandsOf('README.md', /^npm /).map(({ line }) => line);
    expect(lines).toEqual(expect.arrayContaining(['npm start', 'npm test']));
  });
});
