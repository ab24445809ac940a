import type { VerifyCheck } from '../../../src/checks/verify/result.ts';
import { readVerifyAnswers, type VerifyOptions } from '../../../src/commands/verify/options.ts';
import { performVerify } from '../../../src/commands/verify/run.ts';
import type { Verdict } from '../../../src/plan-types.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { REGION } from '../account.ts';
import { type InProcessOptions, runInProcess } from './command.ts';
import type { SetupDocument } from './setup.ts';

/** What `verify` is asked for: its options, and the key itself, which goes the way of `--key-env`. */
export type VerifyWishes = VerifyOptions & { key?: string };

export interface VerifyDocument extends Pick<SetupDocument, 'error'> {
  verdict: Verdict;
  checks: VerifyCheck[];
  encryption?: SetupDocument['encryption'];
}

/** Runs `verify` in this process; without other wishes, of `studio-a` in one Region. Answers what it prints as text. */
export async function verifyText(
  sandbox: Sandbox,
  { key, ...options }: VerifyWishes = {},
  inProcess: InProcessOptions = {},
): Promise<{ code: number; stdout: string; log: string }> {
  const source = key === undefined ? {} : { keyEnv: 'STUDIO_KEY' };
  const meant =
    options.secretArn || options.secretName || options.flowArn
      ? {}
      : { secretName: 'studio-a', region: [REGION] };
  const { answers, problems } = readVerifyAnswers({ ...meant, ...source, ...options });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return runInProcess(sandbox, (run) => performVerify({ ...run, answers }), {
    ...(key === undefined ? {} : { env: { STUDIO_KEY: key } }),
    ...inProcess,
  });
}

/** The same with `--json`. */
export async function verifyIt(
  sandbox: Sandbox,
  wishes: VerifyWishes = {},
  inProcess: InProcessOptions = {},
): Promise<{ code: number; json: VerifyDocument; log: string }> {
  const { stdout, ...rest } = await verifyText(sandbox, wishes, inProcess);
  return { ...rest, json: JSON.parse(stdout) };
}

/** The checks that are not as they should be, each as its verdict and ID. */
export function troubles(checks: VerifyCheck[]): string[] {
  return checks.filter(({ verdict }) => verdict !== 'ok').map(({ id, verdict }) => `${verdict} ${id}`);
}

/** What a check and its remedy say, as one text. */
export function saying({ detail, remedy = '', command = '' }: VerifyCheck): string {
  return [detail, remedy, command].join('\n');
}
