import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname } from 'node:path';
import { DEFAULTS } from '../../defaults.ts';
import { Failure } from '../../failure.ts';
import { keyWarnings, repairedKey } from '../../key/check.ts';
import {
  ALGORITHMS,
  type Algorithm,
  type CheckedKey,
  checkKey,
  generateKey,
  type KeyRules,
  type KeyType,
  loadKey,
} from '../../key/index.ts';
import { looksLikeKey } from '../../key-detection.ts';
import type { KeyAnswers } from '../../options/read-options.ts';
import { clean } from '../../text.ts';
import { type DialogStep, runDialog, unlessBack } from '../../ui/dialog.ts';
import { messageText } from '../../ui/plan.ts';
import { askChoice, askHidden, askText } from '../../ui/prompt.ts';
import { type WizardContext, warn } from './context.ts';
import { wizardMessages as messages } from './messages.ts';

/** Where a key comes from; `existing` is a secret that already holds it. */
export type KeyOrigin = 'typed' | 'file' | 'generate' | 'generate-other' | 'existing';

/** The answers of the questions about a key. */
export interface KeyDialog<Answers> {
  answers: Answers;
  origin?: KeyOrigin;
  checked?: CheckedKey;
}

/** Asks what will use the key, unless the answers say it, and for a new key. */
export async function askKey<A extends KeyAnswers>(
  context: WizardContext<A>,
): Promise<{ answers: A; checked: CheckedKey }> {
  const { answers, checked } = await runDialog<KeyDialog<A>>({ answers: context.answers }, [
    keyTypeStep(),
    keyOriginStep(() => []),
    newKeyStep(context),
  ]);
  if (!checked) throw new Error('the dialog ended without a key');
  return { answers, checked };
}

/** The question what will use the key. */
export function keyTypeStep<A extends KeyAnswers, D extends KeyDialog<A>>(): DialogStep<D> {
  return {
    isNeeded: ({ answers, checked }) => !checked && !answers.keyType && !answers.algorithm,
    ask: async (dialog) => ({ ...dialog, answers: { ...dialog.answers, keyType: await askKeyType() } }),
  };
}

export async function askKeyType(): Promise<KeyType> {
  const types: KeyType[] = [DEFAULTS.keyType, 'srt-password'];
  return askChoice(
    messages.keyType,
    types.map((value) => ({ value, name: messages.keyTypes[value] })),
  );
}

/**
 * The question where the key comes from.
 * @param moreOrigins further choices
 */
export function keyOriginStep<A extends KeyAnswers, D extends KeyDialog<A>>(
  moreOrigins: (dialog: D) => { value: KeyOrigin; name: string }[],
): DialogStep<D> {
  return {
    isNeeded: ({ checked }) => !checked,
    async ask(dialog) {
      const { algorithm } = dialog.answers;
      const canGenerate = keyTypeOf(dialog.answers) === 'static-key';
      const generateChoices = [
        { value: 'generate' as const, name: messages.keyGenerated(algorithm ?? DEFAULTS.example.algorithm) },
        ...(algorithm ? [] : [{ value: 'generate-other' as const, name: messages.keyGeneratedOther }]),
      ];
      const origin = await askChoice<KeyOrigin>(
        messages.keyFrom,
        [
          { value: 'typed', name: messages.keyTyped },
          { value: 'file', name: messages.keyFile },
          ...(canGenerate ? generateChoices : []),
          ...moreOrigins(dialog),
        ],
        { hint: messages.keyFromHint },
      );
      // A key that needs no further question is there at once, so that Esc leads back here.
      return origin === 'generate' ? generated({ ...dialog, origin }, algorithm) : { ...dialog, origin };
    },
  };
}

/** The question for a new key: its text, its file, or the algorithm of a key to generate. */
export function newKeyStep<A extends KeyAnswers, D extends KeyDialog<A>>(
  context: Pick<WizardContext, 'output' | 'keyInput'>,
): DialogStep<D> {
  return {
    isNeeded: ({ checked, origin }) => !checked && origin !== 'existing',
    async ask(dialog) {
      const { answers, origin } = dialog;
      const keyType = keyTypeOf(answers);
      const rules: KeyRules = { keyType, algorithm: answers.algorithm };
      if (origin === 'generate-other') return generated(dialog, await askAlgorithm());
      if (origin === 'file') {
        const { path, checked } = await askFile(context, rules);
        return { ...dialog, answers: { ...answers, keyType, keySource: { kind: 'file', path } }, checked };
      }
      return { ...dialog, answers: { ...answers, keyType }, checked: await askTyped(context, rules) };
    },
  };
}

/** Returns the dialog with a generated key. */
function generated<D extends KeyDialog<KeyAnswers>>(
  dialog: D,
  algorithm: Algorithm = DEFAULTS.example.algorithm,
): D {
  const keySource = { kind: 'generate' as const, algorithm };
  const answers = { ...dialog.answers, keyType: 'static-key' as const, algorithm, keySource };
  return { ...dialog, answers, checked: { key: generateKey(algorithm), generated: true } };
}

/** A key for an algorithm is a static key. */
export function keyTypeOf({ keyType, algorithm }: KeyAnswers): KeyType {
  return keyType ?? (algorithm ? 'static-key' : DEFAULTS.keyType);
}

function askAlgorithm(): Promise<Algorithm> {
  return askChoice(
    messages.algorithm,
    [...ALGORITHMS].reverse().map((value) => ({ value, name: messages.algorithmName(value) })),
    { hint: messages.algorithmHint },
  );
}

/**
 * Asks for the key, hidden, until it is valid. A typed one is asked for twice; a second paste would have the same mistake. Esc at
 * the second question leads back to the first.
 */
async function askTyped({ output }: Pick<WizardContext, 'output'>, rules: KeyRules): Promise<CheckedKey> {
  const { keyType } = rules;
  const validKey = (text: string) => {
    const repaired = repairedKey(text, rules);
    return { repaired, result: checkKey(repaired?.text ?? text, rules) };
  };
  const check = (text: string) => {
    const { result } = validKey(text);
    return result.ok ? undefined : result.problems.map(({ message }) => message).join(' ');
  };
  for (;;) {
    const first = await askHidden({
      message: messages.key[keyType],
      hint: (text) => messages.keyHint[keyType](text.length),
      check,
    });
    const { repaired, result } = validKey(first.text);
    if (!result.ok) throw new Error('the prompt returned an invalid key');
    const { key, algorithm } = result;
    const isSame = (text: string) => {
      const again = validKey(text).result;
      return again.ok && key.equals(again.key, keyType);
    };
    const askAgain = () =>
      askHidden({
        message: messages.keyAgain[keyType],
        hint: () => messages.keyAgainHint,
        check: (text) => (isSame(text) ? undefined : messages.keysDiffer),
      });
    if (!first.isPasted && !(await unlessBack(askAgain))) continue;
    output.info(`  ${messages.keyAccepted(key.length, algorithm)}`);
    warn({ output }, [
      ...(repaired ? [messages.repaired(repaired.removed)] : []),
      ...keyWarnings(key, keyType),
    ]);
    return { key, generated: false };
  }
}

/** Asks for a key file until it holds a valid key. */
async function askFile(
  context: Pick<WizardContext, 'output' | 'keyInput'>,
  rules: KeyRules,
): Promise<{ path: string; checked: CheckedKey }> {
  // Read once, because a named pipe can't be read again.
  let loaded: Awaited<ReturnType<typeof loadKey>> | undefined;
  const loadProblem = async (path: string) => {
    try {
      loaded = await loadKey({ kind: 'file', path: expandHome(path) }, rules, context.keyInput);
      return undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const sentence = error.message.replace(/^--key-file:? (.)/, (_, first: string) => first.toUpperCase());
      return [sentence, ...error.details.map(messageText)].join(' ');
    }
  };
  const path = await askText({
    message: messages.file,
    hint: messages.fileHint,
    check: async (answer) => pathProblem(answer) ?? (await loadProblem(answer)),
    checkTyped: pathProblem,
    complete: completedPath,
  });
  if (!loaded) throw new Error('the prompt returned an invalid path');
  const { warnings, ...checked } = loaded;
  warn(context, warnings);
  return { path: expandHome(path), checked };
}

function pathProblem(answer: string): string | undefined {
  if (answer === '') return messages.fileMissing;
  return looksLikeKey(answer) && !/[/\\.]/.test(answer) ? messages.fileNotKey : undefined;
}

/** No shell expands `~` here. */
function expandHome(path: string): string {
  return path.replace(/^~(?=[/\\]|$)/, homedir());
}

/** Returns a path completed as far as the names in its folder allow. */
function completedPath(path: string): string {
  const folder = /[/\\]$/.test(path) ? expandHome(path) : dirname(expandHome(path));
  const start = /[/\\]$/.test(path) ? '' : basename(path);
  let entries: { name: string; isDirectory(): boolean }[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return path;
  }
  const names = entries
    .filter(({ name }) => name.startsWith(start) && (start !== '' || !name.startsWith('.')))
    // A name with control characters can't be typed, and would change the terminal.
    .filter(({ name }) => clean(name) === name)
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort();
  const [first = start, last = first] = [names[0], names.at(-1)];
  let length = start.length;
  while (length < first.length && first[length] === last[length]) length += 1;
  return path + first.slice(start.length, length);
}
