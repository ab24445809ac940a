import { expect } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';
import { type AccountState, KEYS, readAccount, withoutSuffixes } from '../support/account.ts';
import { type RunOptions, type RunResult, run } from '../support/runs/run.ts';
import type { SetupDocument } from '../support/runs/setup.ts';
import { STORIES, type Story } from './stories.ts';

/** Long enough for a request that is never answered, and its retry. */
const PATIENCE_MS = 120_000;

export interface Played extends RunResult {
  json: SetupDocument;
}

/** Starts an account, prepares it for the story, runs `work` with it, and closes it. */
export async function inAccount<T>(
  story: Story,
  work: (sandbox: Sandbox) => Promise<T>,
  options: SandboxOptions = {},
): Promise<T> {
  const sandbox = await startSandbox(options);
  try {
    await story.prepare(sandbox);
    sandbox.clearRequests();
    return await work(sandbox);
  } finally {
    await sandbox.close();
  }
}

/** Runs the command of the story with the built program, and expects no key in its output. */
export async function play(story: Story, sandbox: Sandbox, options: RunOptions = {}): Promise<Played> {
  const env = { ...sandbox.env, STUDIO_KEY: KEYS.aes256 };
  const args = [...story.args, '--yes', '--json'];
  const result = await run(args, { timeoutMs: PATIENCE_MS, ...options, env });
  expect(result.stdout + result.stderr).not.toContain(KEYS.aes256);
  // A killed program prints no document.
  return { ...result, json: result.stdout ? JSON.parse(result.stdout) : undefined };
}

/** The resources of an account in a form that can be compared. */
export type ComparableState = Awaited<ReturnType<typeof stateOf>>;

/** Reads the account without what differs between runs: ARN suffixes, generated keys, and policy version numbers. */
export async function stateOf(story: Story, sandbox: Sandbox) {
  const { secrets, policies, roles } = withoutSuffixes(await readAccount(sandbox));
  if (story.args.includes('--generate')) {
    const keys = new Set(secrets.map(({ values }) => values.AWSCURRENT));
    expect(keys.size).toBeLessThanOrEqual(1);
    for (const secret of secrets) secret.values.AWSCURRENT = 'the generated key';
  }
  return { secrets, policies: policies.map(withoutNumbers), roles };
}

/** IAM never reuses a version number, so a run that completes another one leaves other numbers. */
function withoutNumbers({ versions, defaultVersion = '', ...policy }: AccountState['policies'][number]) {
  const oldestFirst = Object.keys(versions).sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  const isDefault = oldestFirst.map((version) => version === defaultVersion);
  return { ...policy, versions: oldestFirst.map((version) => versions[version]), isDefault };
}

/**
 * Returns the state without the history of policies and the order of their secrets: a key that failed in a batch is added
 * to the policy later.
 */
export function withoutHistory(state: ComparableState): object {
  const policies = state.policies.map(({ name, description, tags, document }) => ({
    ...{ name, description, tags },
    parts: JSON.stringify(document).split('"').sort(),
  }));
  return { ...state, policies };
}

/** A request of an undisturbed run: the nth of its action in its Region. */
export interface Step {
  service: string;
  action: string;
  region: string;
  nth: number;
  change: boolean;
  /** True if the run makes no change after it. */
  afterChanges: boolean;
}

/** The requests of an undisturbed run, and the account after it. */
export interface Recording {
  story: Story;
  steps: Step[];
  after: ComparableState;
  /** What the run reports for each resource. */
  actions: string[];
}

let recorded: Promise<Recording[]> | undefined;

/** Records every story, once for all files. */
export function recordAll(): Promise<Recording[]> {
  recorded ??= Promise.all(STORIES.map(record));
  return recorded;
}

function record(story: Story): Promise<Recording> {
  return inAccount(story, async (sandbox) => {
    const { code, json } = await play(story, sandbox);
    expect(code).toBe(0);
    const seen = new Map<string, number>();
    const isChange = (action: string) => !/^(Get|List|Describe|Simulate)/.test(action);
    const last = sandbox.requests.findLastIndex(({ action }) => isChange(action));
    const steps = sandbox.requests.map(({ service, action, region }, index): Step => {
      const name = `${service}:${action} ${region}`;
      const nth = seen.get(name) ?? 0;
      seen.set(name, nth + 1);
      return { service, action, region, nth, change: isChange(action), afterChanges: index > last };
    });
    return { story, steps, after: await stateOf(story, sandbox), actions: actionsOf(json) };
  });
}

export function actionsOf({
  secrets,
  policies = [],
  role,
  roles = role ? [role] : [],
}: Partial<SetupDocument> & Pick<SetupDocument, 'secrets'>): string[] {
  return [...secrets, ...policies, ...roles].map(({ name, action }) => `${name}: ${action}`);
}

/** Returns the request as a part of a test title. */
export function stepName({ service, action, region, nth }: Step): string {
  const where = service === 'secretsmanager' ? ` in ${region}` : '';
  return `${service}:${action}${where}${nth > 0 ? `, time ${nth + 1}` : ''}`;
}

/** Returns the members of a fault that select this request. */
export function at({ service, action, region, nth }: Step) {
  return { action: `${service}:${action}`, region, skip: nth };
}
