import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathOf } from '../../src/cli/command.ts';
import { commandsBelow } from '../../src/cli/options.ts';
import { createProgram } from '../../src/program.ts';
import { KEYS } from '../support/account.ts';
import { runHere } from '../support/runs/run-here.ts';

const { columns } = process.stdout;
beforeAll(() => {
  process.stdout.columns = 80;
});
afterAll(() => {
  process.stdout.columns = columns;
});

const program = createProgram({ finish: () => undefined, problems: [] });
const PATHS = commandsBelow(program).map((command) => pathOf(command).split(' ').slice(1));
/** The commands that do something themselves, rather than having subcommands. */
const LEAVES = commandsBelow(program)
  .filter((command) => command.commands.length === 0)
  .map((command) => pathOf(command).split(' ').slice(1));

const helpOf = async (...path: string[]) => {
  const { code, stdout, stderr } = await runHere([...path, '--help']);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
};

describe('the help of the program', () => {
  test('fits a terminal of 24 rows and 80 columns, with usage first and all commands in groups', async () => {
    const { code, stdout, stderr } = await runHere([]);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n').slice(0, -1);
    // The last row is for the prompt.
    expect(lines.length).toBeLessThan(24);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[2]).toBe('Usage: mc-static-key COMMAND [options]');
    expect(lines.filter((line) => /^\S.*:$/.test(line))).toEqual([
      'Set up:',
      'Check:',
      'Automate:',
      'Start here:',
    ]);
    for (const command of program.commands)
      expect(lines).toContainEqual(
        expect.stringMatching(new RegExp(`^  ${command.name()} +${command.description()}$`)),
      );
    expect(stdout).toBe(await helpOf());
  });
});

describe('the help of a command', () => {
  test.each(PATHS)('fits 80 columns: %s %s', async (...path) => {
    const lines = (await helpOf(...path.filter(Boolean))).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines[0]).toMatch(/^Usage: mc-static-key /);
  });

  test.each(LEAVES)('has two or three examples after the options: %s %s', async (...path) => {
    const command = path.filter(Boolean).join(' ');
    const [options = '', examples = ''] = (await helpOf(...path.filter(Boolean))).split('\nExamples:\n');
    expect(options).toContain('General options:');
    const commands = examples.split('\n\n')[0]?.match(/mc-static-key [a-z]/g);
    expect(commands?.length, command).toBeGreaterThanOrEqual(2);
    if (command !== 'completion') expect(commands?.length, command).toBeLessThanOrEqual(3);
  });

  test('offers --yes only where there is a confirmation to skip, and accepts it everywhere', async () => {
    for (const path of LEAVES.filter(([name]) => name !== 'completion')) {
      const confirms = ['setup', 'rotate', 'teardown'].includes(path.join(' '));
      expect((await helpOf(...path)).includes('--yes'), path.join(' ')).toBe(confirms);
    }
    const { code, stdout } = await runHere([
      'status',
      '--sandbox',
      '--region',
      'us-west-2',
      '--yes',
      '--json',
    ]);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { version: 1 }]);
  });

  test('has no options about prompts for the sandbox', async () => {
    expect(await helpOf('sandbox')).not.toMatch(/--(yes|no-input)\b/);
  });
});

test('says nothing about changes if the command only reads', async () => {
  const env = {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'x',
  };
  const lost = async (...words: string[]) => (await runHere([...words, '--region', 'us-west-2'], env)).stderr;
  const secret = ['--secret-name', 'studio-a'];
  expect(await lost('permissions', 'setup', ...secret)).not.toContain('Nothing was changed.');
  expect(await lost('setup', ...secret, '--generate', 'aes256', '--yes')).toContain('Nothing was changed.');
});

describe('a mistake in the name of a command', () => {
  test.each([
    [['stup'], 'Unknown command: stup. Did you mean setup?'],
    [['--region', 'us-west-2'], 'Unknown option: --region.'],
    [['permissions', 'stup'], 'Unknown command: stup. Did you mean setup?'],
    [['export', 'scripts'], 'Unknown command: scripts. Did you mean script?'],
  ])('is reported with the command that was meant: %j', async (args, sentence) => {
    const { code, stdout, stderr } = await runHere(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('Nothing was changed.');
  });

  test('names the subcommands if one is missing', async () => {
    const { code, stderr } = await runHere(['export']);
    expect([code, stderr]).toEqual([
      2,
      `✖ Missing subcommand: mc-static-key export cloudformation | script | manifest
  Run 'mc-static-key export --help' for its commands.
`,
    ]);
  });

  test('names the shells if completion is called without one', async () => {
    const { code, stderr } = await runHere(['completion']);
    expect([code, stderr]).toEqual([
      2,
      `✖ Missing argument: mc-static-key completion (bash, zsh or fish)
  Run 'mc-static-key completion --help' for its options.
`,
    ]);
  });

  test('never repeats a key', async () => {
    for (const key of [
      KEYS.aes128,
      KEYS.aes256,
      'abcdefabcdefabcdefabcdefabcdefab',
      'correct horse battery',
    ]) {
      const { code, stdout, stderr } = await runHere([key]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('Unknown command.\n');
      expect(stderr).not.toContain(key);
    }
  });
});
