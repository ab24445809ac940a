import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { openTerminal, type Terminal, type TerminalOptions } from './terminal.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const opened: Terminal[] = [];

function open(
  command: string,
  args: string[],
  options: Omit<TerminalOptions, 'command' | 'args'> = {},
): Terminal {
  const terminal = openTerminal({ command, args, cwd: repository, ...options });
  opened.push(terminal);
  return terminal;
}

const node = (script: string, options?: Omit<TerminalOptions, 'command' | 'args'>) =>
  open(process.execPath, ['--input-type=module', '-e', script], options);

/** Asks one question after another, as the program's wizard does. */
const questions = (script: string, options?: Omit<TerminalOptions, 'command' | 'args'>) =>
  node(
    `import inquirer from 'inquirer'; const ask = (q) => inquirer.prompt([{ name: 'a', ...q }]); ${script}`,
    options,
  );

afterEach(() => {
  for (const terminal of opened.splice(0)) terminal.kill();
});

describe('a program in the terminal', () => {
  test('sees a terminal of the given size, and no environment but the given one and PWD', async () => {
    const terminal = node(
      `const { stdin, stdout, stderr, env } = process;
       console.log(JSON.stringify([stdin.isTTY, stdout.isTTY, stderr.isTTY, stdout.columns, stdout.rows]));
       console.log(Object.keys(env).sort().join(' '), env.TERM, env.GREETING);`,
      { columns: 200, rows: 30, env: { GREETING: 'hello', AWS_CONFIG_FILE: undefined } },
    );
    await terminal.waitFor('[true,true,true,200,30]');
    await terminal.waitFor(
      'AWS_EC2_METADATA_DISABLED AWS_SHARED_CREDENTIALS_FILE GREETING HOME PATH PWD TERM xterm-256color hello',
    );
    expect(await terminal.exit()).toEqual({ code: 0 });
  });

  test('can be told that the terminal is a dumb one', async () => {
    const terminal = node('console.log(process.env.TERM)', { env: { TERM: 'dumb' } });
    await terminal.waitFor('dumb');
  });

  test('ends with its exit code', async () => {
    expect(await node('process.exitCode = 3').exit()).toEqual({ code: 3 });
  });

  test('is heard to its last word, even by someone who was busy', async () => {
    const terminal = node('console.log("täglich\\n".repeat(1500) + "the end")', { rows: 3 });
    const busyUntil = Date.now() + 300;
    while (Date.now() < busyUntil);
    await terminal.exit();
    expect(terminal.transcript()).toBe(`${'täglich\n'.repeat(1500)}the end`);
    expect(terminal.screen()).toBe('täglich\nthe end');
  });

  test('that is ended by a signal says which', async () => {
    const terminal = open('bash', ['-c', 'kill -TERM $$']);
    expect(await terminal.exit()).toMatchObject({ signal: 15 });
  });

  test('shows what it erased and wrote anew only in its new form', async () => {
    const terminal = node('process.stdout.write("secret\\r\\x1b[2Kshown\\n")');
    await terminal.exit();
    expect(terminal.transcript()).toBe('shown');
    expect(terminal.raw()).toContain('secret');
  });

  test('shows a long line on several rows of the screen, and as one line in the transcript', async () => {
    const line = 'one two three four five six seven eight nine ten';
    const terminal = node(`console.log('${line}')`, { columns: 40 });
    await terminal.exit();
    expect(terminal.screen()).toBe('one two three four five six seven eight\nnine ten');
    expect(terminal.transcript()).toBe(line);
  });

  test('gets an answer when it asks where the cursor is', async () => {
    const terminal = open('bash', [
      '-c',
      'printf abc; IFS= read -rs -d R -p $\'\\e[6n\' at; printf "at %q" "$at"',
    ]);
    await terminal.waitFor(String.raw`at $'\E[1;4'`);
  });

  test('shows colors as escape sequences in the raw output and as plain text on the screen', async () => {
    const terminal = node(`import chalk from 'chalk'; console.log(chalk.red('danger'))`);
    await terminal.exit();
    expect(terminal.screen()).toBe('danger');
    expect(terminal.raw()).toContain('\x1b[31mdanger\x1b[39m');
  });
});

describe('someone at the terminal', () => {
  test('talks with a shell', async () => {
    const terminal = open('bash', ['--norc', '-i'], { env: { PS1: '> ' } });
    await terminal.type('echo $((6 * 7))');
    await terminal.press('enter');
    await terminal.waitFor(/^42$/m);
    await terminal.press('ctrl-d');
    expect(await terminal.exit()).toEqual({ code: 0 });
  });

  test('answers questions, corrects a slip and chooses from a list', async () => {
    const terminal = questions(`
      const { a } = await ask({ type: 'input', message: 'Name?' });
      const { a: b } = await ask({ type: 'select', message: 'Which?', choices: ['left', 'middle', 'right'] });
      console.log('got', a, b);`);
    await terminal.waitFor('Name?');
    await terminal.type('basebalk');
    await terminal.press('backspace');
    await terminal.type('l');
    await terminal.press('enter');
    await terminal.waitFor('Which?');
    await terminal.press('down');
    await terminal.press('down');
    await terminal.press('up');
    await terminal.press('enter');
    await terminal.waitFor('got baseball middle');
    await terminal.exit();
  });

  test('loses no key that was pressed before the first question was there', async () => {
    const terminal = questions(
      `const { a } = await ask({ type: 'input', message: 'Name?' }); console.log('got', a);`,
    );
    await terminal.type('early');
    await terminal.press('enter');
    await terminal.waitFor('got early');
  });

  test('is not taken for done while only the answered question shows the text', async () => {
    const terminal = questions(`
      await ask({ type: 'input', message: 'Key' });
      console.log('between');
      process.stdin.resume().once('data', async () => {
        await ask({ type: 'input', message: 'Key' });
        console.log('both');
      });`);
    await terminal.waitFor('Key');
    await terminal.type('a');
    await terminal.press('enter');
    await terminal.waitFor('between');
    await expect(terminal.waitFor('Key', 50)).rejects.toThrow(
      /'Key' shows only where it did before the last key\. The screen:\n✔ Key a/,
    );
    await terminal.press('enter');
    await terminal.waitFor('Key');
    await terminal.press('enter');
    await terminal.waitFor('both');
  });

  test('finds a question that was broken into lines of 40 columns', async () => {
    const message = 'Which name should the secret in Secrets Manager have?';
    const terminal = questions(`await ask({ type: 'input', message: '${message}' })`, { columns: 40 });
    await terminal.waitFor(message);
    expect(terminal.screen().split('\n')).toHaveLength(2);
  });

  test('sees nothing of a hidden answer', async () => {
    const terminal = questions(`
      const { a } = await ask({ type: 'password', message: 'Key?' });
      console.log('length', a.length);`);
    await terminal.waitFor('Key?');
    await terminal.type('0123456789abcdef');
    await terminal.press('enter');
    await terminal.waitFor('length 16');
    expect(terminal.raw()).not.toContain('0123');
  });

  test('leaves with Ctrl-C, and the program can say so', async () => {
    const terminal = questions(
      `await ask({ type: 'input', message: 'Name?' }).catch((e) => { console.log(e.name); process.exitCode = 130; });`,
    );
    await terminal.waitFor('Name?');
    await terminal.press('ctrl-c');
    await terminal.waitFor('ExitPromptError');
    expect(await terminal.exit()).toEqual({ code: 130 });
  });
});

describe('waiting in vain', () => {
  test('ends with the screen, after the given time', async () => {
    const terminal = open('bash', ['-c', 'echo ready; sleep 30']);
    await terminal.waitFor('ready');
    await expect(terminal.waitFor('steady', 50)).rejects.toThrow(
      "'steady' does not show. The screen:\nready",
    );
    await expect(terminal.exit(50)).rejects.toThrow('the program has not ended. The screen:\nready');
    terminal.kill();
    expect(await terminal.exit()).toMatchObject({ signal: 9 });
  });

  test('ends at once when the program ends', async () => {
    const terminal = node('console.log("bye")');
    const started = Date.now();
    await expect(terminal.waitFor('hello', 10_000)).rejects.toThrow('the program ended with {"code":0}');
    expect(Date.now() - started).toBeLessThan(5_000);
    await expect(terminal.press('enter')).rejects.toThrow('takes no keys');
  });
});
