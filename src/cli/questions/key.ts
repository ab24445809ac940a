import { homedir } from 'node:os';
import { DEFAULTS } from '../../defaults.ts';
import { Failure } from '../../failure.ts';
import { keyWarnings } from '../../key/check.ts';
import {
  ALGORITHMS,
  type CheckedKey,
  checkKey,
  generateKey,
  type KeyRules,
  type KeyType,
  loadKey,
} from '../../key/index.ts';
import { looksLikeKey } from '../../key-detection.ts';
import type { KeyAnswers } from '../../options/read-options.ts';
import { askChoice, askHidden, askText } from '../../ui/prompt.ts';
import { explain, type WizardContext, warn } from './context.ts';
import { wizardMessages as messages } from './messages.ts';

type KeyContext = WizardContext<KeyAnswers>;

/** Asks what will use the key, unless the answers say it, and for the key. */
export async function askKey<A extends KeyAnswers>(
  context: WizardContext<A>,
): Promise<{ answers: A; checked: CheckedKey }> {
  const keyType =
    context.answers.keyType ?? (context.answers.algorithm ? 'static-key' : await askKeyType(context));
  const answers = { ...context.answers, keyType };
  const rules: KeyRules = { keyType, algorithm: answers.algorithm };
  for (;;) {
    const source = await askSource(context, keyType);
    if (source === 'generate') {
      const algorithm = answers.algorithm ?? (await askAlgorithm(context));
      const checked = { key: generateKey(algorithm), generated: true };
      return { answers: { ...answers, algorithm }, checked };
    }
    const checked = await (source === 'file' ? askFile(context, rules) : askTyped(context, rules));
    if (checked) return { answers, checked };
  }
}

export async function askKeyType(context: Pick<KeyContext, 'output' | 'common'>): Promise<KeyType> {
  explain(context, messages.keyTypeWhy);
  const types: KeyType[] = [DEFAULTS.keyType, 'srt-password'];
  return askChoice(
    messages.keyType,
    types.map((value) => ({ value, name: messages.keyTypes[value] })),
  );
}

async function askSource(context: KeyContext, keyType: KeyType): Promise<'typed' | 'file' | 'generate'> {
  explain(context, messages.keyFromWhy);
  return askChoice<'typed' | 'file' | 'generate'>(messages.keyFrom, [
    { value: 'typed', name: messages.keyTyped },
    { value: 'file', name: messages.keyFile },
    ...(keyType === 'static-key' ? [{ value: 'generate' as const, name: messages.keyGenerated }] : []),
  ]);
}

async function askAlgorithm(context: KeyContext) {
  explain(context, messages.algorithmWhy);
  return askChoice(
    messages.algorithm,
    [...ALGORITHMS].reverse().map((value) => ({ value, name: value })),
  );
}

/**
 * Asks for the key twice, hidden, until it is valid and both match. Each time asks for the whole key: the user can't edit hidden
 * text, and pasting again must not append.
 */
async function askTyped(context: KeyContext, rules: KeyRules): Promise<CheckedKey> {
  const { output } = context;
  const printProblem = (problem: string) => output.warn(output.paint.red(`✖ ${problem}`));
  for (;;) {
    explain(context, messages.keyWhy[rules.keyType]);
    const first = checkKey(await askHidden(messages.key), rules);
    if (!first.ok) {
      for (const { message } of first.problems) printProblem(message);
      continue;
    }
    explain(context, messages.keyAgainWhy);
    const second = checkKey(await askHidden(messages.keyAgain), rules);
    if (second.ok && first.key.equals(second.key, 'srt-password')) {
      output.info(messages.keyTaken(first.key.length, first.algorithm));
      warn(context, keyWarnings(first.key, rules.keyType));
      return { key: first.key, generated: false };
    }
    printProblem(messages.keysDiffer);
  }
}

/** Asks for a key file. Returns undefined if the file is invalid, so that the user can choose a different source. */
async function askFile(context: KeyContext, rules: KeyRules): Promise<CheckedKey | undefined> {
  const { output } = context;
  explain(context, messages.fileWhy);
  const answer = await askText(messages.file, '', fileProblem, output.paint.red);
  // No shell expands ~ here.
  const path = answer.replace(/^~(?=[/\\]|$)/, homedir());
  try {
    const { warnings, ...checked } = await loadKey({ kind: 'file', path }, rules, context.keyInput);
    warn(context, warnings);
    return checked;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    output.warn(error.message);
    return undefined;
  }
}

function fileProblem(answer: string): string | undefined {
  if (answer === '') return messages.fileWhy;
  return looksLikeKey(answer) && !/[/\\.]/.test(answer) ? messages.fileNotKey : undefined;
}
