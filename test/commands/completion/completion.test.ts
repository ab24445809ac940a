import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { commandsBelow } from '../../../src/cli/options.ts';
import { completionScript } from '../../../src/commands/completion/scripts/index.ts';
import { SHELLS } from '../../../src/options/catalog/index.ts';
import { createProgram } from '../../../src/program.ts';
import { run, runCommand } from '../../support/runs/run.ts';

const program = createProgram({ finish: () => undefined, problems: [] });
const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));
const files = Object.fromEntries(
  SHELLS.map((shell) => [shell, join(folder, `completion.${shell}`)]),
) as Record<(typeof SHELLS)[number], string>;
for (const shell of SHELLS) writeFileSync(files[shell], completionScript(program, shell));
writeFileSync(join(folder, 'studio a.key'), '');

const installed = (shell: (typeof SHELLS)[number]) => spawnSync(shell, ['-c', 'exit 0']).status === 0;
const ask = async (shell: (typeof SHELLS)[number], script: string) => {
  const { stdout, stderr } = await runCommand(shell, ['-c', script], { cwd: folder });
  expect(stderr).toBe('');
  return stdout;
};

/** What is typed before the Tab key, and what the shell then offers. */
const OFFERS: [typed: string[], offered: string[]][] = [
  [['se'], ['setup']],
  [['--v'], ['--version']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [
    ['permissions', 's'],
    ['setup', 'status'],
  ],
  [['permissions', 'setup', '--exi'], ['--existing-key']],
  [
    ['permissions', 'setup', '--existing-key', ''],
    ['keep', 'replace'],
  ],
  [
    ['setup', '--generate', ''],
    ['aes128', 'aes192', 'aes256'],
  ],
  [
    ['setup', '--key-type', 's'],
    ['static-key', 'srt-password'],
  ],
  [
    ['setup', '--policy-scope', ''],
    ['secrets', 'prefix', 'region', 'account'],
  ],
  [
    ['setup', '--region', 'us-w'],
    ['us-west-1', 'us-west-2'],
  ],
  [['setup', '--region', 'us-west-1', '--reg'], ['--region']],
  [['setup', '--key-file', 'stud'], ['studio a.key']],
  [['setup', '--yes', '--ye'], []],
  [['setup', '-y', '--ye'], []],
  [['setup', '--secret-name', ''], []],
  [['setup', '--secret-name', 'sandbox', '--role-n'], ['--role-name']],
  [['sandbox', '--', 'cat', 'stud'], ['studio a.key']],
];
const typedAs = (words: string[]) => `mc-static-key ${words.join(' ')}`;

describe.runIf(installed('bash'))('bash', () => {
  test('offers matching words, except options that are already given', async () => {
    const cases = OFFERS.map(
      ([words]) =>
        `COMP_WORDS=(mc-static-key ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _mc_static_key; printf '%s\\n' "\${COMPREPLY[@]}" .`,
    );
    const answers = (await ask('bash', [`source ${files.bash}`, ...cases].join('\n'))).split(/^\.\n/m);
    const shown = OFFERS.map(([words], index) => [words, answers[index]?.split('\n').filter(Boolean)]);
    expect(shown).toEqual(OFFERS);
  });

  test('completes a value after an equals sign, which bash treats as a word', async () => {
    const words = `COMP_WORDS=(mc-static-key setup --key-type = st); COMP_CWORD=4`;
    const script = `source ${files.bash}; ${words}; _mc_static_key; echo "\${COMPREPLY[@]}"`;
    expect(await ask('bash', script)).toBe('static-key\n');
  });

  test('registers the completion for the program', async () => {
    const shown = await ask('bash', `source ${files.bash}; complete -p mc-static-key`);
    expect(shown).toBe('complete -F _mc_static_key mc-static-key\n');
  });
});

describe.runIf(installed('fish'))('fish', () => {
  test('offers matching words with descriptions, except options that are already given', async () => {
    const cases = OFFERS.map(([words]) => `complete -C '${typedAs(words)}'; echo .`);
    const answers = (await ask('fish', [`source ${files.fish}`, ...cases].join('\n'))).split(/^\.\n/m);
    // Fish sorts them alphabetically, and escapes spaces in them.
    const shown = OFFERS.map(([words], at) => [
      words,
      answers[at]
        ?.split('\n')
        .filter(Boolean)
        .map((line) => line.split('\t')[0]?.replaceAll('\\', '')),
    ]);
    expect(shown).toEqual(OFFERS.map(([words, offered]) => [words, [...offered].sort()]));
    expect(answers[0]).toContain('setup\tStore a key');
  });
});

describe.runIf(installed('zsh'))('zsh', () => {
  const TYPED = [
    ['mc-static-key permissions ', 'create-flow'],
    ['mc-static-key setup --key-ty', 'srt-password'],
    ['mc-static-key setup --key-file stud', 'studio\\\\ a.key'],
  ];

  test('offers matching words in an interactive shell', async () => {
    // zsh completes only in an interactive shell, so one runs in a terminal. The last key clears the line.
    const cases = TYPED.map(
      ([typed, wanted]) =>
        `zpty -w -n z '${typed}'$'\\t\\C-d'; zpty -r -m z shown '*${wanted}*' && print . ; zpty -w -n z $'\\C-u'`,
    );
    const script = `
      zmodload zsh/zpty
      zpty z zsh -f -i
      zpty -w z "PS1= ; autoload -Uz compinit; compinit -u -D; source ${files.zsh}; print REA''DY"
      zpty -r -m z shown '*READY*'
      ${cases.join('\n')}
      zpty -d z`;
    expect(await ask('zsh', script)).toBe('.\n.\n.\n');
  });
});

describe('the completion script', () => {
  test.each(SHELLS)('has every command and every option of the program for %s', (shell) => {
    const script = completionScript(program, shell);
    for (const command of commandsBelow(program)) {
      expect(script).toContain(command.name());
      for (const { long = '' } of command.options) expect(script).toContain(long.slice(2));
    }
  });

  test.each(SHELLS.filter(installed))('has valid syntax for %s', (shell) => {
    expect(spawnSync(shell, ['-n', files[shell]]).status).toBe(0);
  });

  test('is printed by the program without a request to AWS', async () => {
    const { code, stdout, stderr } = await run(['completion', 'zsh'], {
      env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`${completionScript(program, 'zsh')}\n`);
  });
});
