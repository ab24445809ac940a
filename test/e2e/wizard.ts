import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';
import { KEYS } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { program } from '../support/runs/run.ts';
import { openTerminal, type Terminal, type TerminalOptions } from '../support/terminal/terminal.ts';

const CLEAR_LINE = '\x15';
/** For half a second after Esc, a prompt takes the next key for the rest of a sequence. */
const ESC_MS = 800;
/** A list from its selected line to its last one. Output can arrive in pieces, and half a list can lack the selection. */
const WHOLE_LIST = /^❯ [\s\S]*?⏎ select/m;

/** An invalid answer, and the sentence that rejects it. */
export type Refused = readonly [answer: string, sentence: string];

/** A user at a terminal in which the built program runs. */
export interface Wizard extends Terminal {
  /** Waits for the question, types the answer and presses Enter; without an answer, takes the default. */
  reply(question: string, answer?: string): Promise<void>;
  /** Waits for the question and selects the choice that begins with this text. */
  choose(question: string, choice: string): Promise<void>;
  /** Selects the choice that begins with this text in the list that shows already. */
  pick(choice: string): Promise<void>;
  /** Waits for the question, types a part of a name and takes the choice that is then at the top. */
  search(question: string, term: string, choice: string): Promise<void>;
  /** Waits for the question, types the answer one key at a time, which is not taken for a paste, and presses Enter. */
  enter(question: string, answer: string): Promise<void>;
  /** Waits for the question and selects several choices that begin with these texts, in the order of the list. */
  tick(question: string, ...choices: string[]): Promise<void>;
  /** Waits for the question and returns with Esc to the question before. */
  goBack(question: string): Promise<void>;
  /** Presses Esc where it must have no effect, and waits for as long as it would take one. */
  pressEscInVain(): Promise<void>;
  /** Empties the answer, and waits until what was wrong with it shows no longer. */
  clear(): Promise<void>;
  /** Gives answers that must be rejected with these sentences, and then a valid one. The question stays open meanwhile. */
  insist(question: string, refused: readonly Refused[], answer: string): Promise<void>;
  /** Sends a signal to the program, which must have been started with `signalled`. */
  signal(name: NodeJS.Signals): void;
}

export interface WizardOptions extends Pick<TerminalOptions, 'env' | 'columns' | 'cwd'> {
  /** The command to start; `setup` by default. */
  command?: 'setup' | 'rotate' | 'teardown';
  /** The account. Without one, the program starts its own (`--sandbox`); with 'none', the environment decides. */
  sandbox?: Sandbox | 'none';
  /** A shell command to run in the same terminal after the program. The exit code is still that of the program. */
  afterwards?: string;
  /** A redirection of input or output away from the terminal, such as `< /dev/null`. */
  redirect?: string;
  /** Runs the program as a job of a shell, which prints '[stopped]' when it is suspended and continues it on Enter. */
  asJob?: boolean;
  /** A command that runs its arguments; it starts the program in place of the shell. */
  through?: readonly string[];
  /** Prints the process ID on the first line of the screen, for `signal`. */
  signalled?: boolean;
}

/** Returns the text of the terminal without its line breaks. */
export function shown(terminal: Terminal): string {
  return terminal.transcript().replace(/\s+/g, ' ');
}

/** Starts an account for one test; it is closed after the tests of the file. */
export async function openAccount(options?: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  closing(() => sandbox.close());
  return sandbox;
}

/** Starts a command with these flags in a terminal. */
export function startWizard(flags: readonly string[] = [], options: WizardOptions = {}): Wizard {
  const { sandbox, env, columns = 80, cwd = process.cwd(), command = 'setup', through = [] } = options;
  const account = sandbox ? [] : ['--sandbox'];
  const variables = sandbox && sandbox !== 'none' ? sandbox.env : {};
  const terminal = openTerminal({
    command: 'bash',
    args: [
      ...['-c', shellScript(options), 'bash', ...through, process.execPath],
      ...[program, command, ...account, ...flags],
    ],
    env: { ...variables, ...env },
    columns,
    cwd,
  });
  closing(() => terminal.kill());
  const asked = (question: string) => terminal.waitFor(`? ${question}`);
  const exit = terminal.exit.bind(terminal);
  const pick = async (choice: string) => {
    while (!terminal.screen().includes(`❯ ${choice}`)) {
      await terminal.press('down');
      await terminal.waitFor(WHOLE_LIST);
    }
    await terminal.press('enter');
  };
  const clear = async () => {
    await terminal.type(CLEAR_LINE);
    await vi.waitFor(() => expect(terminal.screen()).not.toMatch(/^ {2}✖/m), 10_000);
  };
  return Object.assign(terminal, {
    clear,
    async reply(question: string, answer = '') {
      await asked(question);
      await terminal.type(`${answer}\r`);
    },
    async choose(question: string, choice: string) {
      await asked(question);
      await terminal.waitFor(WHOLE_LIST);
      await pick(choice);
    },
    pick,
    async search(question: string, term: string, choice: string) {
      await asked(question);
      await terminal.type(term);
      await terminal.waitFor(`❯ ${choice}`);
      await terminal.press('enter');
    },
    async enter(question: string, answer: string) {
      await asked(question);
      for (const character of answer) await terminal.type(character);
      await terminal.press('enter');
    },
    async tick(question: string, ...choices: string[]) {
      await asked(question);
      for (const choice of choices) {
        while (!terminal.screen().includes(`❯◯ ${choice}`)) {
          await terminal.press('down');
          await terminal.waitFor(/^❯[◯◉] [\s\S]*?⏎ submit/m);
        }
        await terminal.press('space');
        await terminal.waitFor(`❯◉ ${choice}`);
      }
      await terminal.press('enter');
    },
    async goBack(question: string) {
      await asked(question);
      await terminal.press('escape');
    },
    async pressEscInVain() {
      await terminal.press('escape');
      await sleep(ESC_MS);
    },
    async insist(question: string, refused: readonly Refused[], answer: string) {
      await asked(question);
      for (const [wrong, sentence] of refused) {
        await terminal.type(`${wrong}\r`);
        await terminal.waitFor(`✖ ${sentence}`);
        await clear();
      }
      await terminal.type(`${answer}\r`);
    },
    async exit(timeoutMs?: number) {
      // After a setup, the program asks which settings to show. Enter is for none.
      const isAsked = await asked(Q.settings).then(
        () => true,
        () => false,
      );
      if (isAsked) await terminal.press('enter');
      return exit(timeoutMs);
    },
    signal(name: NodeJS.Signals) {
      const [, process] = /^process (\d+)/.exec(terminal.transcript()) ?? [];
      globalThis.process.kill(Number(process), name);
    },
  });
}

/**
 * A shell with job control. It prints the terminal state each time it gets the terminal back. A suspended job has an exit
 * code above 143. It calls itself, because bash leaves a loop when a job in it is suspended.
 */
const JOB = `set -m
back() {
  code=$?
  stty -a
  [ $code -gt 143 ] || exit $code
  jobs -p | sed 's/^/process /'
  echo '[stopped]'
  read -r
  fg
  back
}
"$@"
back`;

function shellScript({ afterwards, redirect = '', signalled, asJob }: WizardOptions): string {
  if (asJob) return JOB;
  if (afterwards !== undefined) return `"$@" ${redirect}; code=$?; ${afterwards}; exit $code`;
  return `${signalled ? 'echo "process $$";' : ''} exec "$@" ${redirect}`;
}

/** The questions, in their order. */
export const Q = {
  account: 'Use this account?',
  region: 'Which Region is your flow in?',
  regions: 'Which Regions are your flows in?',
  keyType: 'What will use this key?',
  keyFrom: 'How do you want to provide the key?',
  existing: 'Which secret?',
  key: 'Static key',
  keyAgain: 'Confirm static key',
  password: 'SRT password',
  passwordAgain: 'Confirm SRT password',
  file: 'Path to the key file',
  algorithm: 'Encryption algorithm',
  secretName: 'Secret name',
  names: 'Use these names?',
  policyName: 'Policy name',
  roleName: 'Role name',
  prefix: 'Secret name prefix',
  conflict: 'What do you want to do?',
  restoreThen: 'If the restored secret holds a different key:',
  confirm: 'Apply this plan?',
  whichAnswer: 'Which answer do you want to change?',
  settings: 'Show settings for',
} as const;

/** The choices that the tests select. */
export const CHOICE = {
  typed: 'Paste or type it',
  file: 'Read it from a file',
  generate: 'Generate a random key (AES-256)',
  generateOther: 'Generate a random key of another length',
  existing: 'Use a secret that already exists',
  severalRegions: 'More than one Region',
  showDocuments: 'Show the policy JSON',
  change: 'Change an answer',
} as const;

/** Flags that leave only the questions about the account, if it is not the sandbox, and the plan. The key is in the variable `STUDIO_KEY`. */
export const COMPLETE = {
  '--region': 'us-west-2',
  '--key-env': 'STUDIO_KEY',
  '--secret-name': 'studio-a',
  '--policy-name': 'ReadKeys',
  '--role-name': 'MediaConnect-Keys',
  '--role-description': 'Reads keys.',
};

export const STUDIO_KEY = { STUDIO_KEY: KEYS.aes256 };

/** The complete flags without some of them, so that the wizard asks for what is missing. */
export function flagsWithout(...missing: (keyof typeof COMPLETE)[]): string[] {
  return Object.entries(COMPLETE)
    .filter(([flag]) => !missing.some((one) => one === flag))
    .flat();
}
