import type { VerifyCheck } from '../../../src/checks/verify/result.ts';
import { type RotateOptions, readRotateAnswers } from '../../../src/commands/rotate/options.ts';
import { performRotate } from '../../../src/commands/rotate/run.ts';
import type { SecretOutcome } from '../../../src/plan-types.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { KEYS } from '../account.ts';
import { type CommandResult, type InProcessOptions, runInProcess } from './command.ts';
import type { SetupDocument } from './setup.ts';

/** What `rotate` is asked for: its options, and the key itself, which goes the way of `--key-env`. */
export type RotateWishes = RotateOptions & { key?: string };

export interface RotateDocument extends Pick<SetupDocument, 'error' | 'completed' | 'dryRun'> {
  secrets: SecretOutcome[];
  verdict: string;
  checks: VerifyCheck[];
  /** ARNs of the secrets that were not changed yet, after a failure. */
  left: string[];
}

/** Runs `rotate --yes --json` in this process; without other wishes, with another AES-256 key for `studio-a`. */
export async function rotate(
  sandbox: Sandbox,
  { key = KEYS.other, ...options }: RotateWishes = {},
  inProcess: InProcessOptions = {},
): Promise<{ code: number; json: RotateDocument; log: string }> {
  const { stdout, ...rest } = await rotateText(sandbox, { key, ...options }, inProcess, true);
  return { ...rest, json: JSON.parse(stdout) };
}

/** The same without `--json`: returns what it prints as text. */
export async function rotateText(
  sandbox: Sandbox,
  { key = KEYS.other, ...options }: RotateWishes = {},
  { common, ...inProcess }: InProcessOptions = {},
  json = false,
): Promise<CommandResult> {
  const source = options.generate || options.rollback ? {} : { keyEnv: 'STUDIO_KEY' };
  const meant = options.secretArn ? {} : { secretName: 'studio-a' };
  const { answers, problems } = readRotateAnswers({ ...meant, ...source, ...options });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return runInProcess(sandbox, (run) => performRotate({ ...run, answers }), {
    env: { STUDIO_KEY: key },
    common: { json, ...common },
    ...inProcess,
  });
}
