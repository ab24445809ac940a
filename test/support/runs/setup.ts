import { expect } from 'vitest';
import type { CommandRun } from '../../../src/cli/run-command.ts';
import { performSetup } from '../../../src/commands/setup/run.ts';
import { EXIT } from '../../../src/failure.ts';
import { readAnswers, type SetupOptions } from '../../../src/options/setup-request.ts';
import type { Check, EncryptionSettings, Outcomes, RoleOutcome } from '../../../src/plan-types.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { KEYS, REGION, readAccount, writesTo } from '../account.ts';
import { runInProcess } from './command.ts';

/** What `setup` is asked for: its options, and the key itself, which goes the way of `--key-env`. */
export type Wishes = SetupOptions & { key?: string };

/** What was done, as the JSON document has it. */
export type Completed = Pick<Outcomes, 'secrets' | 'policies'> & {
  role?: RoleOutcome;
  /** In its place, where a manifest names the roles. */
  roles?: RoleOutcome[];
};

/** The JSON document, of a success or of a failure. */
export interface SetupDocument extends Completed {
  partition: string;
  encryption: EncryptionSettings[];
  checks: Check[];
  dryRun?: boolean;
  error: {
    code: string;
    message: string;
    step?: string;
    awsAction?: string;
    hint?: string;
    details?: string[];
  };
  completed: Completed;
  /** The keys of a manifest that are not set up. */
  failed?: { name: string; error: SetupDocument['error'] }[];
}

export interface SetupResult {
  code: number;
  /** What `--json` prints. */
  json: SetupDocument;
  /** What standard error shows: plan, progress, warnings, errors. */
  log: string;
}

/**
 * Runs `setup --yes --json` in this process against a sandbox: everything but the parser and the process itself. Without
 * other wishes it stores an AES-256 key as `studio-a` in one Region. It is the account's administrator who runs it, unless
 * other credentials are given.
 */
export async function setUp(
  sandbox: Sandbox,
  { key = KEYS.aes256, ...options }: Wishes = {},
  credentials = sandbox.credentials,
): Promise<SetupResult> {
  const source = options.generate ? {} : { keyEnv: 'STUDIO_KEY' };
  const stored = options.secretArn ? {} : { secretName: 'studio-a', region: [REGION], ...source };
  const { answers, problems } = readAnswers({ ...stored, ...options });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const perform = async (run: CommandRun) => {
    await performSetup({ ...run, answers });
    return EXIT.done;
  };
  const homeRegion = answers.regions[0] ?? REGION;
  const { code, stdout, log } = await runInProcess(sandbox, perform, {
    homeRegion,
    credentials,
    env: { STUDIO_KEY: key },
  });
  return { code, json: JSON.parse(stdout), log };
}

/** Runs `setup`, which must leave the account as it is, without so much as a request that could change it. */
export async function setUpInVain(sandbox: Sandbox, wishes: Wishes = {}): Promise<SetupResult> {
  const before = await readAccount(sandbox);
  sandbox.clearRequests();
  const result = await setUp(sandbox, wishes);
  expect(writesTo(sandbox)).toEqual([]);
  expect(await readAccount(sandbox)).toEqual(before);
  return result;
}

/** Runs `setup` into a conflict that must stop it before it changes anything. */
export async function conflictOf(sandbox: Sandbox, wishes: Wishes = {}): Promise<SetupDocument['error']> {
  const { code, json } = await setUpInVain(sandbox, wishes);
  expect(code).toBe(3);
  expect(json.completed).toEqual({ secrets: [], policies: [] });
  expect(json.error.code).toBe('conflict');
  return json.error;
}
